extension Platform {
    /// The name of a platform that is to be found out.
    package static let detectingName = "auto"

    /// Whether `name` asks for the platform to be found out.
    package static func isDetecting(_ name: String) -> Bool { name == detectingName || name == "autodetect" }

    /// Whether it stands for one that is not known yet.
    var isDetecting: Bool { name == Self.detectingName }

    /// What a device is driven with until its platform is known: the prompts of all of `candidates`, and nothing else of them.
    static func detecting(among candidates: [Platform]) -> Platform {
        let modes = candidates.flatMap(\.modes).filter { $0.prompt.pattern != nil }
            .map { Mode(name: "cli", prompt: $0.prompt, ways: []) }
        return Platform(
            name: detectingName, prompt: PromptRule(pattern: nil), defaultMode: "cli",
            modes: modes.isEmpty ? [Mode(name: "cli", prompt: PromptRule(pattern: nil), ways: [])] : modes)
    }
}
