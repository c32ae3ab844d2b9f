/// The tokens that a value may hold, such as `%h`, each with what it stands for (TOKENS of ssh_config(5)).
struct Tokens {
    /// A token that the value may not hold.
    struct Unknown: Error {
        let token: String
    }

    /// By the letter after the percent sign; `%%` is known anyway.
    let values: [Character: String]

    /// The text with its tokens replaced.
    func expanded(_ text: String) throws(Unknown) -> String {
        guard text.contains("%") else { return text }
        var result = ""
        var iterator = text.makeIterator()
        while let character = iterator.next() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            guard let letter = iterator.next() else { throw Unknown(token: "% at the end") }
            if letter == "%" {
                result.append("%")
            } else if let value = values[letter] {
                result += value
            } else {
                throw Unknown(token: "%\(letter)")
            }
        }
        return result
    }
}
