import Testing

@testable import Muster

/// How many channels a bastion carries.
struct BastionPlacesTests {
    @Test func asManyAreTaken_asTheLimitAllows() {
        var places = BastionPlaces(limit: 2)
        #expect(places.areLeft)
        places.take()
        places.take()
        #expect(!places.areLeft)
        places.giveBack()
        #expect(places.areLeft)
    }

    @Test func limitIsLowered_whenTheBastionRefusesOneMore() {
        var places = BastionPlaces()
        #expect(places.limit == 64)
        for _ in 0..<10 { places.take() }
        places.giveBack()
        let isOfUse = places.refuse()
        #expect(isOfUse)
        #expect(places.limit == 9)
        #expect(!places.areLeft)
        places.giveBack()
        #expect(places.areLeft)
    }

    @Test func refusalIsFinal_whenNoOtherChannelIsOpen() {
        var places = BastionPlaces(limit: 3)
        places.take()
        places.giveBack()
        let isOfUse = places.refuse()
        #expect(!isOfUse)
        #expect(places.limit == 3)
    }
}
