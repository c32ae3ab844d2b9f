/// How paths in an inventory are read: `~` is the home folder, and a relative path starts at the inventory's own folder.
struct InventoryPaths {
    private let folder: String

    init(file: String) {
        folder = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[...$0]) } ?? ""
    }

    func resolved(_ path: String) -> String {
        if path == "~" || path.hasPrefix("~/") {
            return HomeFolder.path.map { $0 + path.dropFirst() } ?? path
        }
        return path.hasPrefix("/") ? path : folder + path
    }

    /// Whether the name of a platform is the path of its definition.
    static func isDefinition(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }
}
