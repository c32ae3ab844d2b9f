/// A public key to offer, and who signs when the device wants it.
package struct KeyOffer: Sendable {
    /// What messages call it.
    package var name: String
    /// The key or certificate as it goes to the device.
    package var publicKey: PublicKey
    package var signer: Signer

    package init(name: String, publicKey: PublicKey, signer: Signer) {
        self.name = name
        self.publicKey = publicKey
        self.signer = signer
    }
}

/// Who makes a signature.
package enum Signer: Sendable {
    /// At once.
    case key(PrivateKey)
    /// Somebody else, later.
    case remote(any RemoteSigner)
    /// Nobody yet: the key is to be decrypted first, when it is known that the device wants it.
    case locked
}

/// Makes signatures elsewhere.
package protocol RemoteSigner: Sendable {
    /// Signs a message.
    ///
    /// - Parameters:
    ///   - message: What is signed.
    ///   - algorithm: The signature's, such as `rsa-sha2-256`.
    ///   - done: Called once, from any thread, with what stands behind the algorithm's name in a signature.
    /// - Returns: What says, from any thread, that nobody waits for it any more.
    func sign(
        _ message: [UInt8], algorithm: String, then done: @escaping @Sendable (Result<[UInt8], KeyProblem>) -> Void
    ) -> @Sendable () -> Void
}
