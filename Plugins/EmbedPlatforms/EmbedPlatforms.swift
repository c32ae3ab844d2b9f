import Foundation
import PackagePlugin

/// Makes the platform definitions of a target's folder `Platforms` part of the program.
@main
struct EmbedPlatforms: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Platforms")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "PlatformTexts.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) platform definitions",
                executable: try context.tool(named: "PlatformEmbedder").url,
                arguments: [output.path] + files.map(\.path), inputFiles: files, outputFiles: [output])
        ]
    }
}
