extension Pager {
    /// The pagers that are answered on a platform whose definition names none.
    ///
    /// Each matches the whole unfinished line, so a line of output that merely speaks of "more" is left alone.
    package static let common: [Pager] =
        [
            // Cisco, Arista, Brocade and most others; more(1) with its percentage.
            #"^[\s\S]{0,3}?-{2,4} ?\(?more\)? ?-{2,4}(\s*\(\d+%\))?(.{0,60})$"#,
            // Cisco ASA and its kin.
            #"^<-+ ?more ?-+>\s*$"#,
            // Junos.
            #"^-+\(more( \d+%)?\)-+\s*$"#,
            // Words instead of dashes.
            #"^(press|hit) (any key|<?space>?|<?enter>?|<?return>?)( bar)? (to|for) (continue|more|next page).{0,60}$"#,
            #"^.{0,20}(press )?<?space>? (bar )?(to|for) (next page|continue).{0,60}$"#,
            // less(1) between the first page and the last.
            #"^lines \d+-\d+(/\d+)?( \d+%)?\s*$"#,
        ].compactMap { try? Pager(pattern: Pattern($0)) }
        + [#"^(lines \d+-\d+(/\d+)? )?\(END\)\s*$"#].compactMap { try? Pager(pattern: Pattern($0), answer: [0x71]) }
}
