import Testing

@testable import MusterInventory

/// Names in braces, filled in from what the inventory says of a host.
@Suite struct TemplateTests {
    private let host = InventoryHost(
        name: "leaf-01", address: "192.0.2.11", platform: "arista_eos",
        data: [
            "site": .string("ams"), "vlan": .integer(10), "on": .bool(true), "uplinks": .array([.string("Et1"), .string("Et2")]),
            "loop": .object(["v4": .string("10.0.0.1")]), "none": .null, "lines": .string("a\nb"),
            "ports": .array([.object(["name": .string("Et3")])]),
        ])

    private func render(_ text: String) throws -> String {
        try Template(text).rendered(for: TemplateValues(host, defaultUser: "alice"))
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try Template(text).rendered(for: TemplateValues(host, defaultUser: nil))
            return []
        } catch let error as TemplateProblems {
            return error.all.map { "\($0.column): \($0.message)" + ($0.hint.map { "; \($0)" } ?? "") }
        } catch let error as TemplateProblem {
            return ["\(error.column): \(error.message)" + (error.hint.map { "; \($0)" } ?? "")]
        } catch {
            return ["\(error)"]
        }
    }

    @Test(
        arguments: [
            ("hostname {{ host }}", "hostname leaf-01"), ("{{address}} {{ user }} {{ platform }}", "192.0.2.11 alice arista_eos"),
            ("vlan {{ data.vlan }}", "vlan 10"), ("{{ data.on }}", "true"), ("{{ data.uplinks[1] }}/{{ data.uplinks.0 }}", "Et2/Et1"),
            ("{{ data.loop.v4 }}", "10.0.0.1"), ("{{ data.ports[0].name }}", "Et3"), ("show version", "show version"),
            ("show run | include {{ '{{' }}", "show run | include {{"), ("{{ \"{{ host }}\" }}", "{{ host }}"),
            ("a }} b { c", "a }} b { c"), ("a {% b {# c", "a {% b {# c"), ("{{ '{%' }} a {{ '%}' }}", "{% a %}"),
            ("{ {host} }", "{ {host} }"),
        ])
    func namesAreFilledIn(text: String, expected: String) throws {
        #expect(try render(text) == expected)
    }

    @Test(arguments: ["auto", "autodetect"]) func thePlatformIsAProblem_whenItIsToBeFoundOut(platform: String) throws {
        var host = host
        host.platform = platform
        let template = try Template("x {{ platform }}")
        let error = #expect(throws: TemplateProblems.self) { try template.rendered(for: TemplateValues(host, defaultUser: nil)) }
        #expect(error?.all.first?.message.contains("'platform' is '\(platform)'") == true)
        #expect(try Template("x {{ host }}").rendered(for: TemplateValues(host, defaultUser: nil)) == "x leaf-01")
    }

    @Test(
        arguments: [
            ("x {{ data.sit }}", ["3: there is no 'data.sit'; did you mean 'data.site'?"]),
            ("{{ site }}", ["1: there is no 'site'; did you mean 'data.site'?"]),
            ("{{ hots }} {{ data.x }}", ["1: there is no 'hots'; did you mean 'host'?", "12: there is no 'data.x'"]),
            ("{{ user }}", ["1: 'user' is nothing, not a text"]),
            ("{{ data.uplinks }}", ["1: 'data.uplinks' is a list, not a text"]),
            ("{{ data.loop }}", ["1: 'data.loop' is a mapping, not a text"]),
            ("{{ data.none }}", ["1: 'data.none' is nothing, not a text"]),
            ("{{ data.uplinks[2] }}", ["1: 'data.uplinks[2]': the list 'data.uplinks' has 2, counted from 0"]),
            ("{{ data.uplinks.first }}", ["1: 'data.uplinks.first': 'data.uplinks' is a list of 2; name an element as data.uplinks[0]"]),
            ("{{ data.site.x }}", ["1: 'data.site.x': 'data.site' has nothing below it"]),
            ("{{ data.lines }}", ["1: 'data.lines' has a line end or another control character in it"]),
        ] as [(String, [String])])
    func everyNameThatIsMissingIsAProblem(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }

    @Test(
        arguments: [
            ("a {{ host", "3: '{{' without its '}}'; write {{ '{{' }} for two braces that are meant as such"),
            ("{{ 'x }}", "1: '{{' without its '}}'; write {{ '{{' }} for two braces that are meant as such"),
            (
                "{{ data.site | upper }}",
                "1: 'data.site | upper' has a filter, and these templates have none; put the value into the inventory"
            ),
            (
                "{{.Names}}",
                "1: '.Names' is no name; names are like host, address or data.site; write {{ '{{' }} for two braces that are meant as such"
            ),
            (
                "{% if x %}",
                "1: '{%' begins a statement of Jinja, which these templates don't have; only {{ NAME }} is filled in; write {{ '{%' }} for the "
                    + "characters themselves"
            ),
            (
                "x {% if {{ host }} %}y",
                "3: '{%' begins a statement of Jinja, which these templates don't have; only {{ NAME }} is filled in; write {{ '{%' }} for the "
                    + "characters themselves"
            ),
            (
                "x {# why #}",
                "3: '{#' begins a statement of Jinja, which these templates don't have; only {{ NAME }} is filled in; write {{ '{#' }} for the "
                    + "characters themselves"
            ),
        ])
    func whatIsNoTemplateIsExplained(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }
}
