/// Reads what a server offers, up to the end of its KEXINIT.
///
/// It sends its version line, without which some servers say nothing, and not a byte more.
package struct OfferMachine: ProbeMachine {
    private var packets = PlainPackets()

    package init() {}

    package var greeting: [UInt8] { PlainPackets.ownVersion + Array("\r\n".utf8) }
    package var seen: String { packets.seen }

    package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> ProbeStep<ServerOffer> {
        do throws(SSHError) {
            try packets.receive(bytes)
            guard let payload = try packets.next(), let version = packets.version else { return .wait }
            guard let lists = KeyExchangeInit(payload: payload[...]) else {
                throw PlainPackets.unusable("its first packet, of type \(payload[0]), is no key exchange")
            }
            return .done(ServerOffer(banner: PlainPackets.text(of: version[...]), linesBefore: packets.linesBefore, lists: lists))
        } catch {
            return .failed(error)
        }
    }
}
