extension ConfigRules {
    /// Answers to a line of configuration that look like a rejection and are none, on a platform whose definition names none.
    ///
    /// A device says so of a line that it has taken: the wording is that of Cisco's manuals, and of those who have learnt from them.
    package static let information: [Pattern] =
        [
            // Said to be no more than that.
            #"^\W{0,4}(warning|note|notice|info|information|informational|caution|hint|reminder)\b"#,
            // What the device has done, or does, on the line's account.
            #"\b(has|have) been (added|applied|changed|configured|created|disabled|enabled|modified|removed|set|updated)\b"#,
            #"\bremoved due to\b"#,
            #"^\W{0,4}(applying|building|confirming|converting|copying|creating|disabling|enabling|generating|loading|removing|saving|updating|waiting|writing) "#,
            #"does not exist\W{1,3}creating "#,
            #"^\W{0,4}the key modulus size is "#,
            #"^\W{0,4}you already have \w{2,5} keys defined"#,
            #"\bbandwidth is changed\b"#,
            // What comes of it, and when.
            #"\bwill (be|have|only|remain|take|not take)\b"#,
            #"\btakes? effect\b"#,
            #"\bmay (take|impact|affect|cause)\b"#,
            #"\bplease wait\b"#,
            #"\bincomplete until\b"#,
            // What it thinks of it.
            #"\b(is|are) (deprecated|obsolete|recommended|not recommended)\b"#,
            #"\bunreleased and unsupported feature\b"#,
            // There was nothing to take away.
            #"\bno matching \w{2,20} to delete\b"#,
        ].compactMap { try? Pattern($0) }
}
