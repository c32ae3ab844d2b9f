import Testing

@testable import Muster

struct RefusalCountTests {
    @Test func noMoreThanTheLimitAreUnderWay_untilOneWasTaken() {
        var count = RefusalCount(limit: 3)
        let first = (0..<5).map { count.request($0) }
        #expect(first == [.granted, .granted, .granted, .waits, .waits])
        let ready = count.settle(.accepted)
        #expect(ready.map(\.id) == [3, 4])
        #expect(ready.allSatisfy { $0.answer == .granted })
        let later = (5..<100).map { count.request($0) }
        #expect(later.allSatisfy { $0 == .granted })
    }

    @Test func wrongCredential_isSeenByTheLimitAndNoMore() {
        for limit in 1...5 {
            var count = RefusalCount(limit: limit)
            var seen = 0
            var left = 0
            for id in 0..<100 where count.request(id) == .granted { seen += 1 }
            while count.underWay > 0 {
                for (_, answer) in count.settle(.refused) {
                    if answer == .granted { seen += 1 } else { left += 1 }
                }
            }
            #expect(seen == limit)
            #expect(left == 100 - limit)
            #expect(count.request(1000) == .withheld)
        }
    }

    @Test func undecidedOffer_letsTheNextOneTry() {
        var count = RefusalCount(limit: 2)
        let first = (0..<3).map { count.request($0) }
        #expect(first == [.granted, .granted, .waits])
        let none = count.settle(.refused)
        #expect(none.isEmpty)
        let ready = count.settle(.undecided)
        #expect(ready.map(\.id) == [2])
        let noneLeft = count.settle(.refused)
        #expect(noneLeft.isEmpty)
        #expect(count.isBroken)
    }

    @Test func refusalsInARowCount_afterOneWasTaken() {
        var count = RefusalCount(limit: 2)
        for outcome: RefusalCount.Outcome in [.refused, .accepted, .refused, .accepted, .refused] {
            #expect(count.request(0) == .granted)
            _ = count.settle(outcome)
        }
        #expect(!count.isBroken)
        #expect(count.request(0) == .granted)
        _ = count.settle(.refused)
        #expect(count.isBroken)
    }

    @Test func whoIsNotWaitingAnyMore_takesNobodysPlace() {
        var count = RefusalCount(limit: 1)
        let first = (0..<3).map { count.request($0) }
        #expect(first == [.granted, .waits, .waits])
        let isWithdrawn = [count.withdraw(1), count.withdraw(1)]
        #expect(isWithdrawn == [true, false])
        let ready = count.settle(.undecided)
        #expect(ready.map(\.id) == [2])
    }

    @Test func refusalsAndOffersTogether_neverPassTheLimit_whateverTheOrder() {
        // Every sequence of eight steps: ask, refuse, leave open.
        for number in 0..<6561 {
            var count = RefusalCount(limit: 2)
            var seen = 0
            var rest = number
            for id in 0..<8 {
                switch rest % 3 {
                case 0: if count.request(id) == .granted { seen += 1 }
                case 1 where count.underWay > 0:
                    seen += count.settle(.refused).count { $0.answer == .granted }
                case 2 where count.underWay > 0:
                    seen -= 1
                    seen += count.settle(.undecided).count { $0.answer == .granted }
                default: break
                }
                rest /= 3
                #expect(count.underWay + count.refusals <= 2)
                #expect(seen <= 2)
            }
        }
    }
}
