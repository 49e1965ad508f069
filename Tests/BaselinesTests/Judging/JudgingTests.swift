import TestSupport
import Testing

@testable import Baselines

struct JudgingTests {
  private func judge(
    _ checks: String, guest: GuestFixture = GuestFixture(), head: String = "", waivers: [Waiver] = []
  ) throws -> Judgement {
    let fixture = try BaselineFixture(["b.yaml": baseline("b", head + "checks:\n" + checks)])
    return BaselineUnion([try fixture.load("b")]).judge(try guest.facts(), waivers: waivers)
  }

  private func verdicts(_ judgement: Judgement) -> [String] {
    judgement.results.map { "\($0.check.id) \($0.verdict.rawValue)" + ($0.reason.map { ": \($0)" } ?? "") }
  }

  @Test(arguments: [
    ("pass", "a.b pass"), ("fail", "a.b fail"), ("undecided", "a.b undecided: nobody knows"),
    ("gap", "a.b undecided: /etc/echo: cannot be read"),
  ])
  func oneAnswer(answer: String, verdict: String) throws {
    #expect(try verdicts(judge(check("a.b", answer))) == [verdict])
  }

  @Test(arguments: [
    (
      "[{echo: {verdict: pass}}, {echo: {verdict: undecided}}, {echo: {verdict: fail}}]", "fail", "undecided",
      "pass", "fail"
    ),
    ("[{echo: {verdict: pass}}, {echo: {verdict: pass}}]", "pass", "pass", "pass", "fail"),
    ("[{echo: {verdict: fail}}, {echo: {verdict: fail}}]", "fail", "fail", "fail", "pass"),
    ("[{echo: {verdict: fail}}, {echo: {verdict: gap}}]", "fail", "fail", "undecided", "undecided"),
    ("[{echo: {verdict: pass}}, {echo: {verdict: gap}}]", "undecided", "undecided", "pass", "fail"),
    ("[{echo: {subjects: []}}]", "pass", "fail", "pass", "fail"),
  ])
  func combinations(parts: String, all: String, two: String, any: String, none: String) throws {
    let forms = [
      "all: \(parts)", "count: {of: \(parts), at_least: 2}", "any: \(parts)", "none: \(parts)",
    ]
    let checks = forms.enumerated().map { "  - {id: a.c\($0), title: t, severity: low, \($1)}\n" }.joined()
    #expect(try judge(checks).results.map(\.verdict.rawValue) == [all, two, any, none])
  }

  @Test(arguments: [(0, "pass"), (1, "pass"), (2, "fail")])
  func atMost(passing: Int, verdict: String) throws {
    let parts = (0..<3).map { "{echo: {verdict: \($0 < passing ? "pass" : "fail")}}" }.joined(separator: ", ")
    let text = "  - {id: a.b, title: t, severity: low, count: {of: [\(parts)], at_most: 1}}\n"
    #expect(try judge(text).results.map(\.verdict.rawValue) == [verdict])
  }

  @Test func whatACombinationSays() throws {
    let any =
      "  - {id: a.b, title: t, severity: low, any: [{pair: {path: /f, key: x, equals: 1}}, {pair: {path: /f, key: y, at_least: 2}}]}\n"
    let finding = try judge(any, guest: GuestFixture(["/f": "x=0\n"])).findings[0]
    #expect(finding.subject == "x, y")
    #expect(finding.expected == "x 1 or y at least 2")
    #expect(finding.actual == "0; not set")
  }

  @Test func theFixOfAllIsTheirs() throws {
    func fix(_ parts: String) throws -> Fix? {
      try judge("  - {id: a.b, title: t, severity: low, all: [\(parts)]}\n").results[0].check.kind.fix
    }
    let both = try fix("{echo: {text: a}}, {echo: {text: b}}")
    #expect(both?.shell == "echo a\necho b")
    #expect(both?.ansible == "block:\n  - shell: echo a\n  - shell: echo b")
    #expect(try fix("{echo: {text: a}}, {echo: {}}") == nil)
    #expect(try fix("{echo: {text: a}}")?.ansible == "shell: echo a")
  }

  @Test func severalSubjects() throws {
    let checks =
      "  - {id: a.b, title: t, severity: high, all: [{echo: {verdict: fail, subjects: [x, y, x]}}, {echo: {verdict: undecided, subjects: [z]}}]}\n"
    let judgement = try judge(checks)
    #expect(judgement.results[0].verdict == .fail)
    #expect(judgement.findings.map(\.subject) == ["x", "y", "x", "z"])
    #expect(judgement.findings.map(\.verdict) == [.fail, .fail, .fail, .undecided])
    #expect(Set(judgement.findings.map(\.fingerprint)).count == 4)
    #expect(judgement.failureCounts == [.high: 3])
  }

  /// A change of this changes the identity of every finding that anybody has recorded.
  @Test func fingerprintsAreStable() throws {
    #expect(Finding.fingerprint(check: "ssh.root-login", subject: "PermitRootLogin") == "f047a1e803c5dea0")
    #expect(
      try judge(check("a.b", "fail")).findings[0].fingerprint
        == Finding.fingerprint(check: "a.b", subject: "the guest"))
  }

  @Test func tooManySubjects() throws {
    let subjects = (0..<1500).map { "s\($0)" }.joined(separator: ", ")
    let judgement = try judge(
      "  - {id: a.b, title: t, severity: low, echo: {verdict: fail, subjects: [\(subjects)]}}\n")
    #expect(judgement.findings.count == 1000)
    #expect(judgement.results[0].omitted == 500)
  }

  @Test func whatFailsBlocksWhatRequiresIt() throws {
    let judgement = try judge(
      check("a.leaf", more: "requires: a.middle") + check("a.middle", more: "requires: [a.root]")
        + check("a.root", "fail") + check("a.other", "fail", more: "requires: a.root"))
    #expect(
      verdicts(judgement) == [
        "a.root fail", "a.middle blocked: a.root fails", "a.leaf blocked: a.root fails",
        "a.other blocked: a.root fails",
      ])
    #expect(judgement.findings.map(\.check) == ["a.root"])
    #expect(judgement.findings[0].blocks == ["a.middle", "a.leaf", "a.other"])
    #expect(judgement.coverage.percent == 100)
  }

  @Test(arguments: [
    ("pass", "a.b fail"), ("undecided", "a.b undecided: a.r is undecided: nobody knows"),
    ("gap", "a.b undecided: a.r is undecided: /etc/echo: cannot be read"),
  ])
  func whatDoesNotFailDoesNotBlock(required: String, verdict: String) throws {
    let judgement = try judge(check("a.r", required) + check("a.b", "fail", more: "requires: a.r"))
    #expect(verdicts(judgement).last == verdict)
  }

  @Test func whatDoesNotApplyPassesItsReasonOn() throws {
    let when = "when: {file: /etc/x}"
    let judgement = try judge(check("a.r", "fail", more: when) + check("a.b", "fail", more: "requires: a.r"))
    #expect(
      verdicts(judgement) == [
        "a.r not_applicable: /etc/x does not exist", "a.b not_applicable: /etc/x does not exist",
      ])
    #expect(judgement.coverage.notApplicable == [.init(reason: "/etc/x does not exist", count: 2)])
    #expect(judgement.coverage.asked == 0 && judgement.coverage.percent == 0)
  }

  @Test func coverageAndScores() throws {
    let judgement = try judge(
      check("a.one") + check("a.two") + check("a.three", "fail") + check("a.four", "gap")
        + check("b.one") + check("b.two", "fail", more: "when: {file: /x}"))
    let coverage = judgement.coverage
    #expect((coverage.asked, coverage.answered) == (5, 4))
    #expect(coverage.percent == 80)
    #expect(coverage.unanswered == [.init(check: "a.four", reason: "/etc/echo: cannot be read")])
    #expect(judgement.verdictCounts == [.pass: 3, .fail: 1, .undecided: 1, .notApplicable: 1])
    // Area a: 50, area b: 100.
    #expect(
      judgement.scores == [
        Score(model: "urn:xccdf:scoring:default", value: 75, maximum: 100),
        Score(model: "urn:xccdf:scoring:flat", value: 3, maximum: 5),
      ])
  }

  @Test func guestsOfABaseline() throws {
    let head = "applies_to: {distribution: debian, version: 12}\n"
    func verdict(_ release: [String: String]) throws -> [String] {
      try verdicts(judge(check("a.b", "fail"), guest: GuestFixture(release), head: head))
    }
    #expect(try verdict(["/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n"]) == ["a.b fail"])
    #expect(try verdict(["/etc/os-release": "ID=debian\nVERSION_ID=12.5\n"]) == ["a.b fail"])
    #expect(
      try verdict(["/usr/lib/os-release": "ID=alpine\nVERSION_ID=3.20\n"]) == [
        "a.b not_applicable: b is for debian 12, this is alpine 3.20"
      ])
    #expect(
      try verdict(["/etc/os-release": "ID=debian\nVERSION_ID=\"120\"\n"]) == [
        "a.b not_applicable: b is for debian 12, this is debian 120"
      ])
    #expect(try verdict(["/etc/os-release": "ID=debian\n"])[0].hasSuffix("this is debian"))
    let unknown = "a.b undecided: /etc/os-release: the guest does not say which distribution it is"
    #expect(try verdict([:]) == [unknown])
    #expect(try verdict(["/etc/os-release": "NAME=x\n"]) == [unknown])
  }

  @Test func plansAreUnited() throws {
    let fixture = try BaselineFixture([
      "b.yaml": baseline(
        "b",
        "checks:\n" + check("a.b", more: "when: {package: x}") + check("a.c", more: "when: {package: y}")
          + "  - {id: a.d, title: t, severity: low, pair: {path: /f, key: x, equals: 1}}\n")
    ])
    let plan = BaselineUnion([try fixture.load("b")]).plan
    #expect(plan.needs.isSuperset(of: ["/f", "/etc/echo"]))
    #expect(plan.needs.contains { $0.pattern.description.contains("dpkg") })
    #expect(plan.follow.isEmpty && plan.followByModel.count == 1)
  }
}
