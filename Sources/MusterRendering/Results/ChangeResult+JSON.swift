import Muster

extension ChangeResult {
    /// Writes the member `change` of a result; its lines are the result's commands.
    func write(to json: inout JSONWriter) {
        json.key("change")
        json.object { json in
            json.member("state", state.rawValue)
            json.member("diff", diff)
            json.key("saved")
            if let isSaved { json.bool(isSaved) } else { json.null() }
            json.key("steps")
            json.array(steps) { json, step in step.write(to: &json) }
        }
    }
}
