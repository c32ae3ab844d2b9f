/// One thing that every transport does.
package enum TransportBehaviour: String, CaseIterable, Sendable, CustomStringConvertible {
    /// What came before there was a receiver is the first that it gets.
    case deliversWhatCameBeforeTheStart
    /// Much that is sent in pieces arrives whole and in order, and so does the answer.
    case carriesMuchBothWaysInOrder
    /// What is sent from within a delivery goes out like anything else.
    case sendsFromWithinADelivery
    /// A burst's end is told after its bytes.
    case tellsTheEndOfEachBurst
    /// The other side's end is told once, after its last bytes, though this side could still send.
    case tellsTheOthersEndOnceAfterTheLastBytes
    /// Closing is told once, however often it is asked for.
    case tellsItsOwnEndOnce
    /// What was sent before the close still arrives, and what is sent after it does not.
    case writesWhatWasSentBeforeTheClose
    /// A receiver may close the transport while it is given bytes.
    case canBeClosedFromWithinADelivery
    /// Bytes that the other side does not take yet are kept for it, and hold nobody up.
    case takesMuchThoughNobodyReads
    /// A connection that breaks is told once.
    case tellsABreakOnce
    /// After the end nothing is sent and nothing happens.
    case ignoresWhatIsSentAfterTheEnd

    package var description: String { rawValue }
}
