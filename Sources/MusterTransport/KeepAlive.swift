/// How a connection is kept alive, and how soon a peer that has gone is noticed.
package struct KeepAlive: Sendable, Hashable {
    /// The time between two signs of life; zero sends none, and leaves TCP's to the system, as ssh does.
    package var interval: Duration
    /// How many may go unanswered before the connection counts as lost.
    package var count: Int
    /// Whether the system asks an idle peer, too.
    package var asksByTCP: Bool

    package init(interval: Duration = .seconds(15), count: Int = 3, asksByTCP: Bool = true) {
        self.interval = interval
        self.count = count
        self.asksByTCP = asksByTCP
    }
}
