// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target.
///
/// CI sets MUSTER_WARNINGS_AS_ERRORS; for everyone else a newer compiler with newer warnings still builds.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["MUSTER_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "muster",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Muster", targets: ["Muster", "MusterInventory", "MusterSSHConfig"]),
        .executable(name: "muster", targets: ["MusterMain"]),
        .executable(name: "muster-lab", targets: ["MusterLabMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // System libraries
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"]), .brew(["libssh2"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"]), .brew(["libssh"])]),
        .systemLibrary(name: "CMalloc"),

        // Calls of the C library that Swift does not see
        .target(name: "CProcess"),

        // The library, from the bytes up
        .target(
            name: "MusterTransport",
            dependencies: [
                "CMalloc", "CProcess",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(name: "MusterSSH", dependencies: ["CLibSSH2", "CLibCrypto", "CLibSSH", "MusterTransport"], swiftSettings: strict),
        .target(
            name: "MusterConsole",
            dependencies: ["CPCRE2", "MusterTransport", "Yams"],
            swiftSettings: strict,
            // For encodings; on Linux it is part of the C library.
            linkerSettings: [.linkedLibrary("iconv", .when(platforms: [.macOS]))],
            plugins: ["EmbedPlatforms"]),
        .target(
            name: "MusterInventory",
            dependencies: ["MusterSSHConfig", "Yams", .product(name: "Subprocess", package: "swift-subprocess")],
            swiftSettings: strict),
        .target(name: "MusterSSHConfig", swiftSettings: strict),
        .target(
            name: "Muster",
            dependencies: [
                "MusterTransport", "MusterSSH", "MusterConsole", "MusterInventory", "MusterSSHConfig",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // The command line
        .target(name: "MusterRendering", dependencies: ["Muster"], swiftSettings: strict),
        .target(
            name: "MusterCommands",
            dependencies: [
                "Muster", "MusterInventory", "MusterConsole", "MusterSSH", "MusterSSHConfig", "MusterTransport", "MusterRendering",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "MusterMain", dependencies: ["MusterCommands"], swiftSettings: strict),

        // Makes Sources/MusterConsole/Platforms part of the program
        .executableTarget(name: "PlatformEmbedder", swiftSettings: strict),
        .plugin(name: "EmbedPlatforms", capability: .buildTool(), dependencies: ["PlatformEmbedder"]),

        // Simulated devices; shares no code with the side under test
        .target(name: "MusterLab", dependencies: ["CLibSSH", "Yams"], swiftSettings: strict),
        .executableTarget(
            name: "MusterLabMain",
            dependencies: ["MusterLab", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),

        // Tests
        .target(
            name: "MusterTestSupport",
            dependencies: ["CProcess", "MusterTransport"],
            path: "Tests/MusterTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "MusterTransportTests",
            dependencies: [
                "MusterTransport", "MusterTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MusterSSHTests",
            dependencies: ["CLibCrypto", "MusterSSH", "MusterTransport", "MusterLab", "MusterTestSupport", "CMalloc"],
            swiftSettings: strict),
        .testTarget(
            name: "MusterConsoleTests",
            dependencies: [
                "MusterConsole", "MusterTransport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "MusterInventoryTests", dependencies: ["MusterInventory"], swiftSettings: strict),
        .testTarget(
            name: "MusterSSHConfigTests",
            dependencies: ["MusterSSHConfig", "MusterSSH", "MusterTestSupport"],
            exclude: ["Corpus"],
            swiftSettings: strict),
        .testTarget(
            name: "MusterTests",
            dependencies: [
                "Muster", "MusterConsole", "MusterInventory", "MusterLab", "MusterSSH", "MusterSSHConfig", "MusterTestSupport",
                "MusterTransport",
            ],
            swiftSettings: strict),
        .testTarget(name: "MusterRenderingTests", dependencies: ["MusterRendering", "Muster"], swiftSettings: strict),
        .testTarget(
            name: "MusterCommandsTests",
            dependencies: ["MusterCommands", "MusterLab", "MusterSSHConfig", "MusterTestSupport"],
            swiftSettings: strict),
        .testTarget(name: "MusterLabTests", dependencies: ["MusterLab"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
