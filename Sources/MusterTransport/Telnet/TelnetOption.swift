/// The options that matter here, by their numbers.
enum TelnetOption {
    /// RFC 856.
    static let binary: UInt8 = 0
    /// RFC 857.
    static let echo: UInt8 = 1
    /// RFC 858.
    static let suppressGoAhead: UInt8 = 3
    /// RFC 1091.
    static let terminalType: UInt8 = 24
    /// RFC 1073.
    static let windowSize: UInt8 = 31

    /// What the peer may do: echo what is typed, leave out the go-aheads, send eight bits.
    static let ofThePeer: Set<UInt8> = [binary, echo, suppressGoAhead]
    /// What this side does when it is asked to.
    ///
    /// Never echo: a device that gets its own output back takes it for commands.
    static let ofThisSide: Set<UInt8> = [binary, suppressGoAhead, terminalType, windowSize]

    /// The first parameter of a terminal type's subnegotiation.
    static let `is`: UInt8 = 0
    static let send: UInt8 = 1
}

/// What a side says of an option (RFC 854).
enum TelnetVerb: UInt8 {
    case will = 251
    case wont = 252
    case `do` = 253
    case dont = 254
}

/// Bytes with a meaning of their own on the wire.
enum TelnetByte {
    static let lf: UInt8 = 10
    static let cr: UInt8 = 13
    /// The lowest number of a command: the end of file of RFC 1184.
    static let firstCommand: UInt8 = 236
    static let se: UInt8 = 240
    static let sb: UInt8 = 250
    /// "Interpret as command".
    static let iac: UInt8 = 255
}
