// swift-tools-version: 6.2
import PackageDescription

/// The settings of the runner, the same as those of the package that it measures.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["MUSTER_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "muster-benchmarks",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "CLibSSH2", path: "Peers/CLibSSH2", pkgConfig: "libssh2"),
        .executableTarget(name: "bare-loop", dependencies: ["CLibSSH2"], path: "Peers", sources: ["bare-loop.c"]),
        .executableTarget(name: "delay-proxy", path: "Peers", sources: ["delay-proxy.c"]),
        .executableTarget(name: "measured", path: "Peers", sources: ["measured.c"]),
        .executableTarget(name: "muster-bench", path: "Sources/MusterBench", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
