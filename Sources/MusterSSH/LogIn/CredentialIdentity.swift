/// What makes two offers of a credential the same: the user, the kind, and the secret or key.
///
/// It knows the secret, so that a wrong password is known again on another device, and shows it to nobody.
package struct CredentialIdentity: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The user whose account it is.
    package let user: String
    /// The credential without its secret, for messages.
    package let name: String
    private let secret: String

    /// Makes the identity of a credential.
    ///
    /// A password has one identity by whichever method it goes to the device: it is one account that counts its refusals.
    package init(user: String, credential: Credential) {
        self.user = user
        name = credential.description
        secret =
            switch credential {
            case .password(let password): password
            case .key(let source): source.identity
            case .oneTimeCode, .keys, .unusable: ""
            }
    }

    package var description: String { "\(name) of \(user)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
