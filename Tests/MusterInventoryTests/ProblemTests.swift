import MusterInventory
import Testing

/// An inventory and what is said about it, line by line; the file's name, which starts each line, is left out.
struct BadInventory: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let problems: [String]

    init(_ name: String, _ text: String, _ problems: String...) {
        self.name = name
        self.text = text
        self.problems = problems
    }

    var testDescription: String { name }
}

private let keys =
    "expected one of address, port, user, password, passphrase, identity, credentials, enable, secrets, platform, jump, transport, channel, legacy, host_key, groups, "
    + "data"
private let secret = "expected a plain string or one of {env: NAME}, {file: PATH}, {command: [pass, show, x]}, {prompt: \"…\"}"
private let root = "expected a mapping with defaults, groups and hosts"
private let jinja = "Jinja templates are not rendered here; write the value, or a reference such as {env: NAME}"

private let documents = [
    BadInventory("empty", "", "1:1: the inventory is empty; \(root)"),
    BadInventory("only comments", "# nothing\n\n", "1:1: the inventory is empty; \(root)"),
    BadInventory("null", "---\n~\n", "1:1: the inventory is empty; \(root)"),
    BadInventory("plain text", "hello\n", "1:1: found text, \(root)"),
    BadInventory("a list", "- r1\n", "1:1: found a list, \(root)"),
    BadInventory("no hosts", "defaults: {user: a}\nhosts:\n", "2:1: the inventory has no hosts; expected at least one under 'hosts'"),
    BadInventory(
        "hosts as a list", "hosts:\n- r1\n",
        "2:1: 'hosts': found a list, expected a mapping with a key for each host; write each host as 'name:' on a line of its own"),
    BadInventory(
        "a colon in a value", "hosts:\n  r1: {}\n  r2: a: b\n",
        "3:8: not YAML: mapping values are not allowed in this context; a value that contains ': ' needs quotes; "
            + "otherwise check the indentation"),
    BadInventory(
        "a tab", "hosts:\n\tr1:\n",
        "2:1: not YAML: found character that cannot start any token while scanning for the next token; indent with spaces, YAML takes no tabs"
    ),
    BadInventory(
        "an unquoted @", "hosts: {r1: {password: @hunter2}}",
        "1:24: not YAML: found character that cannot start any token while scanning for the next token; put the value in quotes"),
    BadInventory(
        "INI", "; devices\n[leaf]\nr1\n",
        "1:1: found text, \(root); this looks like an INI inventory; Muster reads YAML"),
    BadInventory(
        "wrong indentation", "hosts:\n  r1: {}\n r2: {}\n",
        "3:2: not YAML: did not find expected key while parsing a block mapping that starts in line 1"),
    BadInventory(
        "a bell", "hosts:\n  r\u{7}1: {}\n", "2:4: not YAML: found the control character U+0007; in double quotes, write it as an escape"),
    BadInventory(
        "two documents", "hosts: {a: }\n---\nhosts: {b: }\n", "2:1: a second YAML document starts here; expected one document in the file"),
    BadInventory(
        "an undefined alias", "hosts: {a: *b}",
        "1:12: not YAML: found undefined alias; define it above with '&', or put the value in quotes"),
    BadInventory(
        "an Ansible inventory", "all:\n  hosts: {r1: }\n",
        "1:1: unknown key 'all'; expected one of defaults, groups, hosts; this looks like an Ansible inventory; "
            + "Muster's has defaults, groups and hosts"),
    BadInventory(
        "a mistyped section", "host: {r1: }\n", "1:1: unknown key 'host'; expected one of defaults, groups, hosts; did you mean 'hosts'?"),
]

private let names = [
    BadInventory(
        "an unknown key", "hosts: {r1: {adress: 192.0.2.1}}", "1:14: unknown key 'adress' in host 'r1'; \(keys); did you mean 'address'?"),
    BadInventory(
        "another tool's key", "hosts: {r1: {hostname: 192.0.2.1}}",
        "1:14: unknown key 'hostname' in host 'r1'; \(keys); did you mean 'address'?"),
    BadInventory(
        "an address for a group", "groups: {g: {address: a}}\nhosts: {r1: }",
        "1:14: unknown key 'address' in group 'g'; \(keys.replacing(" address,", with: ""))"),
    BadInventory(
        "duplicate hosts", "hosts:\n  r1: {}\n  r2: {}\n  r1: {port: 0}\n  'r2': {}\n  r1:\n",
        "4:3: duplicate host 'r1'; the first is at inventory.yaml:2",
        "4:14: 'port' in host 'r1': found 0, expected 1 to 65535",
        "5:3: duplicate host 'r2'; the first is at inventory.yaml:3",
        "6:3: duplicate host 'r1'; the first is at inventory.yaml:2"),
    BadInventory(
        "duplicate keys", "hosts:\n  r1:\n    port: 22\n    port: 23\n    data: {a: 1, a: 2}\n",
        "4:5: duplicate key 'port' in host 'r1'; the first is at inventory.yaml:3",
        "5:18: duplicate key 'a' in 'data' in host 'r1'; the first is at inventory.yaml:5"),
    BadInventory(
        "an anchored duplicate", "x-r1: &r1 {}\nhosts:\n  &r1a r1: *r1\n  r1: *r1\n",
        "4:3: duplicate host 'r1'; the first is at inventory.yaml:3"),
    BadInventory(
        "a cycle of groups", "groups:\n  a: {groups: [b]}\n  b:\n    groups:\n    - c\n    - a\n  c: {}\nhosts: {r1: }\n",
        "6:7: the groups form a cycle: a → b → a"),
    BadInventory(
        "a group in itself", "groups: {a: {groups: a}}\nhosts: {r1: }\n", "1:22: the groups form a cycle: a → a"),
    BadInventory(
        "two cycles", "groups: {a: {groups: [b]}, b: {groups: [a]}, c: {groups: [a, d]}, d: {groups: [c]}}\nhosts: {r1: }\n",
        "1:41: the groups form a cycle: a → b → a", "1:80: the groups form a cycle: c → d → c"),
    BadInventory(
        "unknown groups", "groups: {leaf: {groups: [ams]}}\nhosts: {r1: {groups: [leef, spine]}}\n",
        "1:26: unknown group 'ams' in group 'leaf'; expected one of leaf",
        "2:23: unknown group 'leef' in host 'r1'; expected one of leaf; did you mean 'leaf'?",
        "2:29: unknown group 'spine' in host 'r1'; expected one of leaf"),
    BadInventory(
        "groups in one text", "groups: {a: , b: }\nhosts: {r1: {groups: 'a, b'}}\n",
        "2:22: unknown group 'a, b' in host 'r1'; expected one of a, b; write several groups as a list: [a, b]"),
    BadInventory(
        "names that node sets can't hold", "hosts: {'a b': , 'r[1-9]': , '': }\n",
        "1:9: the name of host 'a b' contains ' ', which node sets need",
        "1:18: the name of host 'r[1-9]' contains '[', which node sets need; a range is not expanded here; give each host a key of its own",
        "1:30: the name of a host is empty"),
]

private let values = [
    BadInventory("a port too large", "hosts:\n  r1: {port: 70000}\n", "2:14: 'port' in host 'r1': found 70000, expected 1 to 65535"),
    BadInventory("a port of text", "hosts: {r1: {port: ssh}}", "1:20: 'port' in host 'r1': found 'ssh', expected 1 to 65535"),
    BadInventory("a port as a list", "hosts: {r1: {port: [22]}}", "1:20: 'port' in host 'r1': found a list, expected 1 to 65535"),
    BadInventory(
        "an address with a port", "hosts: {r1: {address: '192.0.2.1:23'}}",
        "1:23: 'address' in host 'r1': found '192.0.2.1:23', expected a host name or an IP address without a port; "
            + "write address: 192.0.2.1, port: 23"),
    BadInventory(
        "a host that is text", "hosts: {r1: 192.0.2.1}", "1:13: host 'r1': found text, expected a mapping of fields; write r1: {address: …}"
    ),
    BadInventory("a user that is a mapping", "hosts: {r1: {user: {name: a}}}", "1:20: 'user' in host 'r1': found a mapping, expected text"),
    BadInventory(
        "data that is a list", "defaults: {data: [a]}\nhosts: {r1: }", "1:18: 'data' in defaults: found a list, expected a mapping"),
    BadInventory(
        "an unquoted template", "hosts: {r1: {user: {{ name }}}}", "1:20: 'user' in host 'r1': found a template, expected text; \(jinja)"),
    BadInventory(
        "a quoted template", "hosts: {r1: {user: '{{ name }}'}}", "1:20: 'user' in host 'r1': found a template, expected text; \(jinja)"),
    BadInventory(
        "a vault", "hosts:\n  r1:\n    password: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n",
        "3:15: 'password' in host 'r1': found an Ansible Vault value (!vault), which Muster can't decrypt; "
            + "use a reference: {env: NAME}, {file: PATH}, {command: [pass, show, x]} or {prompt: \"…\"}"),
    BadInventory(
        "a tag in the data", "hosts: {r1: {data: {a: !x 1}}}",
        "1:24: 'data.a' in host 'r1': found the tag '!x', expected a value without a tag"),
    BadInventory(
        "several at once", "defaults: {port: 0}\nhosts:\n  r1: {users: a, groups: [x]}\n  r2: {port: -1}\n",
        "1:18: 'port' in defaults: found 0, expected 1 to 65535",
        "3:8: unknown key 'users' in host 'r1'; \(keys); did you mean 'user'?",
        "3:27: unknown group 'x' in host 'r1'; none is defined",
        "4:14: 'port' in host 'r2': found -1, expected 1 to 65535"),
]

private let secrets = [
    BadInventory(
        "an unknown reference", "hosts: {r1: {password: {evn: X}}}",
        "1:25: 'password' in host 'r1': found the unknown reference 'evn', \(secret); did you mean 'env'?"),
    BadInventory(
        "a password in braces", "hosts: {r1: {password: {hunter2}}}",
        "1:25: 'password' in host 'r1': found a mapping that is no reference, \(secret); put a plain secret in quotes"),
    BadInventory(
        "a password in brackets", "hosts: {r1: {enable: [hunter2]}}",
        "1:22: 'enable' in host 'r1': found a list, \(secret); put a plain secret in quotes"),
    BadInventory(
        "two references", "hosts: {r1: {password: {env: A, file: b}}}",
        "1:24: 'password' in host 'r1': found a mapping of 2 keys, \(secret)"),
    BadInventory(
        "a command as one text", "hosts: {r1: {password: {command: pass show x}}}",
        "1:34: 'password.command' in host 'r1': found text, expected a list of words such as [pass, show, x]; no shell splits the words"),
    BadInventory(
        "an empty command", "hosts: {r1: {password: {command: []}}}",
        "1:34: 'password.command' in host 'r1': found no command, expected a list of words such as [pass, show, x]"),
    BadInventory(
        "a variable without a name", "hosts: {r1: {password: {env: }}}",
        "1:30: 'password.env' in host 'r1': found nothing, expected the name of an environment variable"),
]

private let entry = "expected a mapping with one of password, identity, agent, otp"
private let entryKeys = "expected one of user, password, identity, passphrase, agent, otp"

private let credentials = [
    BadInventory(
        "credentials without a list", "hosts: {r1: {credentials: {password: hunter2}}}",
        "1:27: 'credentials' in host 'r1': found a mapping, expected a list of credentials; begin the entry with '- '"),
    BadInventory(
        "a credential that is text", "hosts:\n  r1:\n    credentials:\n    - hunter2\n",
        "4:7: 'credentials[1]' in host 'r1': found text, \(entry)"),
    BadInventory(
        "a credential of an unknown kind", "hosts: {r1: {credentials: [{agent: true}, {pasword: hunter2}]}}",
        "1:44: unknown key 'pasword' in 'credentials[2]' in host 'r1'; \(entryKeys); did you mean 'password'?"),
    BadInventory(
        "another tool's name for a code", "hosts: {r1: {credentials: [{totp: {env: X}}]}}",
        "1:29: unknown key 'totp' in 'credentials[1]' in host 'r1'; \(entryKeys); did you mean 'otp'?"),
    BadInventory(
        "a password as a key", "hosts: {r1: {credentials: [{hunter2}]}}",
        "1:29: a word that is no key in 'credentials[1]' in host 'r1'; \(entryKeys)"),
    BadInventory(
        "a credential with a user alone", "hosts: {r1: {credentials: [{user: a}]}}",
        "1:28: 'credentials[1]' in host 'r1': found no credential, \(entry)"),
    BadInventory(
        "two credentials in one", "defaults: {credentials: [{identity: k, password: {env: X}}]}\nhosts: {r1: }",
        "1:40: 'credentials[1]' in defaults: found identity and password, \(entry); give each an entry of its own; they are tried in order"),
    BadInventory(
        "a passphrase without a key", "hosts: {r1: {credentials: [{password: {env: X}, passphrase: {env: Y}}]}}",
        "1:49: 'credentials[1]' in host 'r1': found a passphrase without an identity"),
    BadInventory(
        "an agent that is none", "hosts: {r1: {credentials: [{agent: yes}, {agent: }]}}",
        "1:36: 'credentials[1].agent' in host 'r1': found 'yes', expected true or the path of the agent's socket",
        "1:50: 'credentials[2].agent' in host 'r1': found nothing, expected true or the path of the agent's socket"),
    BadInventory(
        "an unknown reference for a code", "hosts: {r1: {credentials: [{otp: {comand: [x]}}]}}",
        "1:35: 'credentials[1].otp' in host 'r1': found the unknown reference 'comand', \(secret); did you mean 'command'?"),
]

@Suite struct ProblemTests {
    @Test(arguments: documents + names + values + secrets + credentials)
    func everyMistakeIsTold_whenTheInventoryIsBad(_ bad: BadInventory) throws {
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse(bad.text) }
        #expect(error?.description.split(separator: "\n").map(String.init) == bad.problems.map { "inventory.yaml:" + $0 })
    }

    @Test func noMessageShowsASecret_whenItIsWronglyQuoted() throws {
        for value in [
            "{hunter2}", "[hunter2]", "{a: hunter2}", "{hunter2: }", "{? [hunter2] : }", "{{hunter2}}", "!x hunter2", "!vault hunter2",
        ] {
            let error = #expect(throws: InventoryProblems.self) { try Inventory.parse("hosts: {r1: {password: \(value)}}") }
            #expect(error?.description.contains("hunter2") == false, "\(value)")
        }
    }

    @Test func unknownPlatformsAreProblems_whenThePlatformsAreKnown() throws {
        let text = "defaults: {platform: cisco_iosex}\nhosts: {r1: {platform: x}, r2: {platform: arista_eos}}"
        #expect(throws: Never.self) { try Inventory.parse(text) }
        let error = #expect(throws: InventoryProblems.self) {
            try Inventory.parse(text, knownPlatforms: ["cisco_iosxe", "arista_eos"])
        }
        #expect(
            error?.description == """
                inventory.yaml:1:22: unknown platform 'cisco_iosex' in defaults; did you mean 'cisco_iosxe'?
                inventory.yaml:2:24: unknown platform 'x' in host 'r1'; expected one of arista_eos, cisco_iosxe
                """)
    }

    @Test func aFileIsRefused_whenItsAliasesExplode() throws {
        var text = "x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1...8 {
            text += "x-\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        text += "hosts: {r1: {data: {a: *a8}}}\n"
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse(text) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.message == "the aliases in this file stand for more than \(100_000 + 10 * text.utf8.count) values")
    }

    @Test func aFileIsRefused_whenItIsNestedTooDeeply() throws {
        let text = "hosts: {r1: {data: {a: " + String(repeating: "[", count: 100_000)
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse(text) }
        #expect(error?.problems.map(\.message) == ["lists and mappings are nested more than 1000 levels deep"])
        // And what is just within the limit neither fails nor overflows the stack.
        let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(try Inventory.parse("hosts: {r1: {data: {a: \(deep)}}}").hosts.count == 1)
    }

    @Test func nothingElseIsChanged_whenRepeatedKeysAreSoughtOut() throws {
        // The block text and the group begin in the same column with the same word as the repeated host.
        let text =
            "defaults:\n  platform: |\n  \n    x\ngroups:\n  r1: {groups: [r1x]}\nhosts:\n  r1: {user: 'r1'}\n  \"r1\": {groups: r1}\n"
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse(text) }
        #expect(
            error?.description == """
                inventory.yaml:6:17: unknown group 'r1x' in group 'r1'; expected one of r1; did you mean 'r1'?
                inventory.yaml:9:3: duplicate host 'r1'; the first is at inventory.yaml:8
                """)
    }

    @Test func manyRepeatedKeysAreAllTold_whenTheyAreInOneMapping() throws {
        let hosts = (0..<600).map { "  h\($0 % 300): {}\n" }.joined()
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse("hosts:\n" + hosts) }
        #expect(error?.problems.map(\.line) == Array(302...601))
        let flow = "hosts: {" + (0..<30).map { "h\($0 % 15): " }.joined(separator: ", ") + "}"
        let flowError = #expect(throws: InventoryProblems.self) { try Inventory.parse(flow) }
        #expect(flowError?.problems.count == 15)
    }
}
