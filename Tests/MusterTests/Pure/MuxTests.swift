import Testing

@testable import Muster

/// What is said to and by an `ssh` that shares its connection, and what it writes of that.
struct MuxTests {
    private static let hello: [UInt8] = [0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 4]
    private static let opened: [UInt8] = [0, 0, 0, 12, 0x80, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 2]

    @Test func requestIsAsTheProtocolHasIt() {
        let request: [UInt8] = [
            0, 0, 0, 23, 0x10, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, UInt8(ascii: "r"), UInt8(ascii: "1"), UInt8(ascii: "x"), 0, 0,
            0, 22,
        ]
        #expect(MuxMessage.connection(to: "r1x", port: 22) == Self.hello + request)
    }

    @Test(arguments: [1, 3, 100]) func repliesAreRead_howeverTheyAreCut(size: Int) throws {
        let refused: [UInt8] = [0, 0, 0, 14, 0x80, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, UInt8(ascii: "n"), UInt8(ascii: "o")]
        let exit: [UInt8] = [0, 0, 0, 4, 0x80, 0, 0, 4]
        var rest = (Self.hello + Self.opened + refused + exit)[...]
        var reader = MuxReader()
        var replies: [MuxMessage.Reply] = []
        while !rest.isEmpty {
            let piece = reader.receive(rest.prefix(size))
            replies += try #require(piece)
            rest = rest.dropFirst(size)
        }
        #expect(replies == [.hello(version: 4), .opened, .refused("no"), .other])
    }

    @Test func nothingIsRead_whenALengthIsAbsurd() {
        var reader = MuxReader()
        let replies = reader.receive([0x7F, 0, 0, 0, 1])
        #expect(replies == nil)
    }

    @Test func truncatedMessagesAreNoMessages() {
        var reader = MuxReader()
        let replies = reader.receive([0, 0, 0, 0] + [0, 0, 0, 4, 0, 0, 0, 1] + [0, 0, 0, 6, 0x80, 0, 0, 3, 0, 0])
        #expect(replies == [.other, .other, .refused("")])
    }

    @Test func reasonBelongsToItsTarget_whenSeveralAreAskedFor() {
        var log = ForwardLog()
        let lines = """
            debug1: multiplexing control connection
            debug1: channel 1: new mux-control [mux-control] (inactive timeout: 0)
            debug1: channel_connect_stdio_fwd: 127.0.0.1:1
            debug1: channel 2: new stdio-forward [stdio-forward] (inactive timeout: 0)
            debug1: channel 3: new mux-control [mux-control] (inactive timeout: 0)
            debug1: channel_connect_stdio_fwd 2001:db8::1:22
            debug1: channel 4: new [stdio-forward]
            channel 4: open failed: administratively prohibited: open failed
            channel 2: open failed: connect failed: Connection refused
            channel 2: open failed: connect failed: again
            channel 9: open failed: nobody asked
            channel x
            """
        let seen = lines.split(separator: "\n").compactMap { log.read(String($0)) }
        #expect(seen.map(\.target) == ["2001:db8::1:22", "127.0.0.1:1"])
        #expect(seen.map(\.reason) == ["administratively prohibited: open failed", "connect failed: Connection refused"])
    }
}
