import CLibSSH

/// One of libssh's binds: the host keys and algorithms that a connection is served with.
///
/// Read only after `init`, so that every connection's thread may use it: `ssh_bind_accept_fd` copies from it and changes nothing.
final class LabBind: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ configuration: LabConfiguration, keys: LabHostKeySet) throws(LabError) {
        guard let bind = ssh_bind_new() else { throw .ssh("out of memory") }
        pointer = bind
        muster_lab_bind_flag(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, 0)
        muster_lab_bind_string(bind, SSH_BIND_OPTIONS_BANNER, "MusterLab_1.0")
        for type in configuration.hostKeyTypes {
            let key = try keys.copy(type)
            guard muster_lab_bind_key(bind, key) == SSH_OK else { throw .ssh("could not use a \(type.rawValue) host key") }
        }
        let algorithms = configuration.algorithms
        try Self.set(bind, [SSH_BIND_OPTIONS_KEY_EXCHANGE], algorithms.keyExchange)
        try Self.set(bind, [SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS], algorithms.hostKey)
        try Self.set(bind, [SSH_BIND_OPTIONS_CIPHERS_C_S, SSH_BIND_OPTIONS_CIPHERS_S_C], algorithms.cipher)
        try Self.set(bind, [SSH_BIND_OPTIONS_HMAC_C_S, SSH_BIND_OPTIONS_HMAC_S_C], algorithms.mac)
        try Self.set(bind, [SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES], algorithms.userKey)
    }

    deinit { ssh_bind_free(pointer) }

    private static func set(_ bind: OpaquePointer, _ options: [ssh_bind_options_e], _ value: String?) throws(LabError) {
        guard let value else { return }
        for option in options where muster_lab_bind_string(bind, option, value) != SSH_OK {
            throw .ssh("none of the algorithms '\(value)' is known")
        }
    }
}
