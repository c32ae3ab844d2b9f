package import Muster

extension DeviceResult {
    /// Writes the result as an object of the schema `muster.result/1`.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("schema", "muster.result/1")
            json.member("host", host)
            json.member("address", address)
            json.member("port", port)
            json.member("platform", platform)
            json.member("status", status.rawValue)
            json.member("started", started.timestamp)
            json.member("elapsed", elapsed)
            json.member("attempts", attempts)
            json.key("phases")
            json.object { phases.write(to: &$0) }
            json.key("commands")
            json.array(commands) { json, command in command.write(to: &json) }
            if let change { change.write(to: &json) }
            json.key("legacy")
            json.array(legacyAlgorithms) { $0.string($1) }
            json.key("warnings")
            json.array(warnings) { $0.string($1) }
            json.key("error")
            if let error { error.write(to: &json) } else { json.null() }
        }
    }
}

extension PhaseTimes {
    /// The phases that were reached, in order.
    var reached: [(name: String, time: Duration)] {
        let all = [
            ("resolve", resolve), ("connect", connect), ("handshake", handshake), ("authenticate", authenticate), ("open", open),
            ("login", login), ("commands", commands),
        ]
        return all.compactMap { name, time in time.map { (name, $0) } }
    }

    func write(to json: inout JSONWriter) {
        for (name, time) in reached { json.member(name, time) }
    }
}

extension CommandResult {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("command", command)
            json.member("status", status.rawValue)
            json.member("output", output)
            json.member("elapsed", elapsed)
            json.member("mode", mode)
            json.member("prompt", prompt)
            json.member("failure", failure)
            json.key("exit_status")
            if let exitStatus { json.number(exitStatus) } else { json.null() }
            json.member("truncated", truncated)
            json.member("output_file", outputFile)
            json.member("pages", pages)
        }
    }
}

extension MusterError {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("code", code.rawValue)
            json.member("phase", phase.rawValue)
            json.member("message", message)
            json.member("hint", hint)
        }
    }
}
