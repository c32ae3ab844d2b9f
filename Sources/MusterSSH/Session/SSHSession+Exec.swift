/// Commands over channels of their own, without a terminal.
extension SSHSession {
    /// Starts a command, which has nothing to read; what it prints on both of its streams comes by the channel in the order of its arrival.
    ///
    /// libssh2 gets lost where replies for several channels cross, so one command is started when the one before is over.
    ///
    /// - Throws: `SSHError` of kind `execRefused` when the server runs no commands that way.
    package func openExec(_ command: String) async throws(SSHError) -> SSHChannel {
        guard case .opened(let id) = try await perform(.openSession, stage: .open) else {
            throw SSHError(.channel, stage: .open, "the device opened no channel")
        }
        do {
            _ = try await perform(.exec(id, command: command), stage: .open)
        } catch {
            // Nobody reads from it any more; it is freed when the next one is open.
            channels[id] = ChannelState(hasEnded: true)
            close(id)
            throw error
        }
        channels[id] = ChannelState(awaitsExit: true)
        // The word that there is nothing to read.
        flush()
        return SSHChannel(session: self, id: id)
    }

    /// How the command of a channel ended, once the channel's end has been told.
    package func exit(of channel: SSHChannel) async throws(SSHError) -> CommandExit {
        // A server may end the connection right behind its last word.
        if isOver, case .exited(let exit) = engine.perform(.exit(channel.id)) { return exit }
        guard case .exited(let exit) = try await perform(.exit(channel.id), stage: .open) else {
            throw SSHError(.connectionLost, stage: .open, "the device told nothing of the command's end")
        }
        return exit
    }
}
