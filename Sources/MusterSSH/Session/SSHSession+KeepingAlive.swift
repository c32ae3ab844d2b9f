package import MusterTransport

extension SSHSession {
    /// Gives a sign of life every so often while nothing comes, so that firewalls and address translators between do not forget the
    /// connection, and ends the session when the other side has gone.
    ///
    /// The system is told to look after the connection at the first of these, which most sessions do not live to see; it counts the silence
    /// before that, too.
    package func keepAlive(_ settings: KeepAlive) {
        guard !isOver else { return }
        guard settings.interval > .zero else {
            if !settings.asksByTCP { transport.keepAlive(settings) }
            return
        }
        pulse = Pulse(settings, serverVersion: serverVersion, now: loop.now)
        awaitPulse()
    }

    private func awaitPulse() {
        guard let next = pulse?.next else { return }
        pulseTimer = loop.schedule(at: next) { [weak self] in self?.assumeIsolated { $0.beat() } }
    }

    private func beat() {
        guard !isOver, var pulse else { return }
        if pulse.isWatched == nil { pulse.isWatched = transport.keepAlive(pulse.settings) }
        switch pulse.turn(at: loop.now) {
        case .rest:
            self.pulse = pulse
        case .sign(let wantsAnswer):
            pulse.signed(went: engine.keepAlive(wantsAnswer: wantsAnswer), at: loop.now)
            self.pulse = pulse
            flush()
        case .gone(let silence):
            return finish(lost(.gone(silence)), .gone(silence))
        }
        awaitPulse()
    }
}
