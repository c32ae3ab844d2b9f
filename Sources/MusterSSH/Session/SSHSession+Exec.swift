/// Commands over channels of their own, without a terminal.
extension SSHSession {
    /// Opens a channel for a command.
    ///
    /// libssh2 gets lost where replies for several channels cross, so one is opened when the one before is done with.
    package func openExec() async throws(SSHError) -> ChannelID {
        try await openSessionChannel()
    }

    /// Starts a command, which has nothing to read; what it prints on both of its streams comes by the channel in the order of its arrival.
    ///
    /// - Throws: `SSHError` of kind `execRefused` when the server runs no commands that way; of any other, whether it ran is not known.
    package func start(_ command: String, on id: ChannelID) async throws(SSHError) -> SSHChannel {
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
