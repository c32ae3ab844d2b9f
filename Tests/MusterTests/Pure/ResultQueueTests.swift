import Foundation
import Testing

@testable import Muster

@Suite(.timeLimit(.minutes(5))) struct ResultQueueTests {
    private func result(_ host: String) -> DeviceResult {
        DeviceResult(host: host, address: host, port: 22, platform: "generic", status: .ok, started: Date(timeIntervalSince1970: 0))
    }

    @Test func handsOutInOrder_whenResultsCameBefore() async {
        let queue = ResultQueue()
        queue.append(result("a"))
        queue.append(result("b"))
        queue.finish()
        #expect(await queue.next()?.host == "a")
        #expect(await queue.next()?.host == "b")
        #expect(await queue.next() == nil)
        #expect(await queue.next() == nil)
    }

    @Test func wakesTheReader_whenAResultComes() async {
        let queue = ResultQueue()
        async let first = queue.next()
        queue.append(result("a"))
        #expect(await first?.host == "a")
        async let end = queue.next()
        queue.finish()
        #expect(await end == nil)
    }

    @Test func handsOutEverything_whenTheReaderIsCancelled() async {
        let queue = ResultQueue()
        let hosts = await withTaskGroup(of: [String].self) { group in
            group.addTask {
                var hosts: [String] = []
                for await result in DeviceResults(queue: queue) { hosts.append(result.host) }
                return hosts
            }
            group.cancelAll()
            queue.append(result("a"))
            queue.append(result("b"))
            queue.finish()
            return await group.next()
        }
        #expect(hosts == ["a", "b"])
    }
}
