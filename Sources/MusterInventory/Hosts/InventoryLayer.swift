/// A value and where it is written.
struct Located<Value: Sendable>: Sendable {
    let value: Value
    let position: SourcePosition
}

/// What one host, one group or the defaults sets.
struct InventoryFields: Sendable {
    var address: Located<String>?
    var port: Located<Int>?
    var user: Located<String>?
    var password: Located<SecretSource>?
    var passphrase: Located<SecretSource>?
    var enable: Located<SecretSource>?
    var secrets: [String: Located<SecretSource>] = [:]
    var identity: Located<[String]>?
    var credentials: Located<[InventoryCredential]>?
    var platform: Located<String>?
    var jump: Located<[String]>?
    var transport: Located<InventoryTransport>?
    var channel: Located<InventoryChannel>?
    var legacy: Located<Bool>?
    var hostKey: Located<[HostKeyPin]>?
    var groups: Located<[Located<String>]>?
    var data: [String: Located<InventoryValue>] = [:]

    /// Takes from `other`, a layer further away, what this one leaves open.
    mutating func fill(from other: InventoryFields) {
        address = address ?? other.address
        port = port ?? other.port
        user = user ?? other.user
        password = password ?? other.password
        passphrase = passphrase ?? other.passphrase
        enable = enable ?? other.enable
        secrets.merge(other.secrets) { near, _ in near }
        identity = identity ?? other.identity
        credentials = credentials ?? other.credentials
        platform = platform ?? other.platform
        jump = jump ?? other.jump
        transport = transport ?? other.transport
        channel = channel ?? other.channel
        legacy = legacy ?? other.legacy
        hostKey = hostKey ?? other.hostKey
        if data.isEmpty {
            data = other.data
        } else {
            data.merge(other.data) { near, _ in near }
        }
    }
}

/// A layer of the inventory, shared by all hosts that it applies to.
final class InventoryLayer: Sendable {
    let layer: InventoryOrigin.Layer
    let position: SourcePosition
    let fields: InventoryFields

    init(_ layer: InventoryOrigin.Layer, at position: SourcePosition, _ fields: InventoryFields) {
        self.layer = layer
        self.position = position
        self.fields = fields
    }
}
