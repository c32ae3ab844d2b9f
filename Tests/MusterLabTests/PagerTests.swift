import Testing

@testable import MusterLab

struct PagerTests {
    private func lines(_ text: String) -> Int { text.utf8.count { $0 == 10 } }

    @Test func stopsAtAPage_whenOutputIsLonger() {
        var typist = Typist(rows: 10)
        let page = typist.type("show ip route\n")
        #expect(page.hasSuffix(" --More-- "))
        // The echoed line and nine of output.
        #expect(lines(page) == 10)
        let second = typist.type(" ")
        #expect(lines(second) == 9)
        #expect(second.hasPrefix(String(repeating: "\u{8}", count: 9)))
        #expect(lines(typist.type("\r")) == 1)
        let end = typist.type("q")
        #expect(end.hasSuffix("r1#"))
        #expect(lines(end) == 0)
    }

    @Test func showsAllLines_whenPagedThrough() {
        var paged = Typist(rows: 10)
        var whole = Typist(rows: 10)
        whole.type("terminal length 0\n")
        let expected = whole.type("show ip route\n")
        var output = paged.type("show ip route\n")
        let erased = LabPagerStyle.backspaces.erase
        while output.hasSuffix(" --More-- ") {
            let page = paged.type(" ")
            #expect(page.hasPrefix(erased))
            output = String(output.dropLast(10)) + page.dropFirst(erased.count)
        }
        #expect(output == expected)
    }

    @Test func doesNotPage_whenOutputFits() {
        var typist = Typist(rows: 100)
        #expect(!typist.type("show version\n").contains("--More--"))
    }

    @Test func goesOn_whenPagingWasTurnedOff() {
        var typist = Typist(rows: 10)
        typist.type("terminal length 0\nshow running-config\n")
        #expect(typist.screen.contains("\r\nend\r\n"))
        #expect(!typist.screen.contains("--More--"))
        #expect(typist.screen.hasSuffix("r1#"))
    }

    @Test func pagesOn_whenThePagerCannotBeTurnedOff() {
        var typist = Typist(faults: [.pagerAlways])
        #expect(typist.type("terminal length 0\n") == "terminal length 0\r\nr1#")
        #expect(typist.type("show ip route\n").hasSuffix(" --More-- "))
        #expect(lines(typist.type(" ")) > 1)
    }

    @Test func saysSoAndPagesOn_whenTurningThePagerOffIsRefused() {
        var typist = Typist(faults: [.pagerRefused])
        #expect(typist.type("terminal length 0\n").contains("% Authorization failed."))
        #expect(typist.type("show ip route\n").hasSuffix(" --More-- "))
    }

    @Test(arguments: [
        (LabPlatform.ciscoNXOS, "show running-config", "--More--"), (.juniperJunos, "show configuration", "---(more)---"),
        (.aristaEOS, "show running-config", " --More-- "), (.ciscoIOSXR, "show route", " --More-- "),
        (.nokiaSRLinux, "show interface brief", "--More--"), (.frr, "show ip route", "--More--"),
    ])
    func showsItsOwnText_whenAPlatformPages(_ platform: LabPlatform, _ command: String, _ more: String) {
        var typist = Typist(platform, rows: 4)
        let page = typist.type(command + "\n")
        // Junos counts how much was shown.
        #expect(page.hasSuffix(more) || (platform == .juniperJunos && page.hasSuffix("%)---")))
        #expect(!typist.type("q").hasSuffix(more))
    }

    @Test func countsPercent_whenJunosPages() {
        var typist = Typist(.juniperJunos)
        typist.type("show configuration\n")
        #expect(typist.type(" ").contains("%)---"))
    }
}
