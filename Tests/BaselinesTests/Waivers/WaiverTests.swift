import TestSupport
import Testing

@testable import Baselines

struct WaiverTests {
  /// The fixture's guest is judged as of 2026-11-24 00:00 UTC.
  private func judge(
    _ text: String, _ checks: String = check("a.b", "fail"),
    image: JudgedImage = JudgedImage(name: "/img/web.qcow2"),
    asOf: Int64 = 1_795_478_400
  ) throws -> Judgement {
    let fixture = try BaselineFixture(["b.yaml": baseline("b", "checks:\n" + checks), "w.yaml": text])
    var guest = GuestFixture()
    guest.asOf = asOf
    return BaselineUnion([try fixture.load("b")]).judge(
      try guest.facts(), waivers: try WaiverFile.read("\(fixture.folder)/w.yaml"), image: image)
  }

  private func waiver(_ check: String = "a.b", scope: String = "", expires: String = "2027-01-01") -> String {
    "waivers:\n  - {check: \(check), reason: Known, owner: ops, ticket: T-1, expires: \(expires)"
      + (scope.isEmpty ? "" : ", scope: {\(scope)}") + "}\n"
  }

  @Test func aFindingIsWaived() throws {
    let judgement = try judge(waiver())
    #expect(judgement.results[0].verdict == .waived && judgement.results[0].underlying == .fail)
    let finding = judgement.findings[0]
    #expect(finding.verdict == .waived && finding.underlying == .fail)
    #expect(finding.waiver?.ticket == "T-1" && finding.waiver?.place?.line == 2)
    #expect(judgement.waivers.map(\.state) == [.used])
    #expect(judgement.waivers.compactMap(\.notice).isEmpty)
    #expect(judgement.coverage.percent == 100)
    #expect(judgement.failureCounts.isEmpty)
    #expect(judgement.scores.last?.value == 0)
  }

  // The end of that day in UTC: 2026-11-24 is over at 1795564800.
  @Test(arguments: [(1_795_564_799, true), (1_795_564_800, false)])
  func endOfTheDay(asOf: Int64, isValid: Bool) throws {
    let judgement = try judge(waiver(expires: "2026-11-24"), asOf: asOf)
    #expect(judgement.results[0].verdict == (isValid ? .waived : .fail))
    #expect(judgement.findings[0].expiredWaiver?.owner == (isValid ? nil : "ops"))
    #expect(judgement.waivers[0].state == (isValid ? .used : .expired))
    let notice = judgement.waivers[0].notice
    #expect(
      notice?.hasSuffix("of ops expired at the end of 2026-11-24: 1 finding is back")
        == (isValid ? nil : true))
  }

  @Test(arguments: [
    ("image: web.qcow2", true), ("image: '*.qcow2'", true), ("image: '/img/*'", true), ("image: db*", false),
    ("image: 'sha256:abc'", true), ("image: 'sha256:abd'", false), ("subject: 'the *'", true),
    ("subject: other", false), ("image: '*web*', subject: the guest", true),
    ("image: db, subject: the guest", false),
  ])
  func scope(scope: String, isWaived: Bool) throws {
    let image = JudgedImage(name: "/img/web.qcow2", digests: ["sha256:abc"])
    #expect(try judge(waiver(scope: scope), image: image).results[0].verdict == (isWaived ? .waived : .fail))
  }

  @Test func someSubjects() throws {
    let checks = "  - {id: a.b, title: t, severity: low, echo: {verdict: fail, subjects: [/x/1, /x/2, /y]}}\n"
    let judgement = try judge(waiver(scope: "subject: '/x/*'"), checks)
    #expect(judgement.results[0].verdict == .fail)
    #expect(judgement.findings.map(\.verdict) == [.waived, .waived, .fail])
    #expect(judgement.waivers[0].findings == 2)
  }

  @Test func whatIsOpenBesideAWaivedFailureIsUndecided() throws {
    let checks =
      "  - {id: a.b, title: t, severity: low, all: [{echo: {verdict: fail, subjects: [x]}}, {echo: {verdict: gap}}]}\n"
    let judgement = try judge(waiver(scope: "subject: x"), checks)
    #expect(judgement.results[0].verdict == .undecided)
    #expect(judgement.coverage.unanswered == [.init(check: "a.b", reason: "cannot be read")])
  }

  /// A waiver accepts what is not known, it does not answer it.
  @Test func anUndecidedFinding() throws {
    let judgement = try judge(waiver(), check("a.b", "gap"))
    #expect(judgement.results[0].verdict == .waived && judgement.results[0].underlying == .undecided)
    #expect(judgement.coverage.percent == 0)
  }

  @Test func whatIsBlockedByAWaivedFindingStaysBlocked() throws {
    let checks = check("a.b", "fail") + check("a.c", more: "requires: a.b")
    #expect(try judge(waiver(), checks).results.map(\.verdict) == [.waived, .blocked])
  }

  @Test(arguments: [
    (check("a.b"), "", WaiverUse.State.removable), (check("a.c", "fail"), "", .unused),
    (check("a.b", "fail"), "image: db", .unused), (check("a.b", "fail"), "subject: gone", .removable),
    (check("a.b", "gap"), "subject: gone", .unused), (check("a.b", more: "when: {file: /x}"), "", .unused),
  ])
  func whatIsNotInUse(checks: String, scope: String, state: WaiverUse.State) throws {
    let use = try judge(waiver(scope: scope), checks).waivers[0]
    #expect(use.state == state)
    #expect(use.notice?.contains(state == .removable ? "can be removed" : "is unused") == true)
  }

  @Test func usesOfSeveralImages() throws {
    let text = waiver()
    let judgements = try [judge(text, check("a.c")), judge(text), judge(text, check("a.b"))]
    #expect(WaiverUse.combined(judgements).map(\.state) == [.used])
    #expect(WaiverUse.combined([]).isEmpty)
  }

  @Test(arguments: [
    ("waiver: []", "w.yaml:1:1: a file of waivers has no key 'waiver'; did you mean 'waivers'?"),
    ("{}", "w.yaml:1:1: a file of waivers lacks 'waivers'"),
    ("waivers: {}", "w.yaml:1:10: 'waivers' is a list, not a mapping"),
    ("waivers: [{check: a.b, reason: r, owner: o}]", "w.yaml:1:11: a waiver lacks 'expires'"),
    ("waivers: [{check: a.b, reason: r, expires: 2027-01-01}]", "w.yaml:1:11: a waiver lacks 'owner'"),
    ("waivers: [{check: a.b, owner: o, expires: 2027-01-01}]", "w.yaml:1:11: a waiver lacks 'reason'"),
    (
      "waivers: [{check: a.b, reason: r, owner: o, expires: 2027-02-29}]",
      "w.yaml:1:54: 'expires' is a day, YYYY-MM-DD, not '2027-02-29'"
    ),
    (
      "waivers: [{check: a.b, reason: r, owner: o, expires: never}]",
      "w.yaml:1:54: 'expires' is a day, YYYY-MM-DD, not 'never'"
    ),
    (
      "waivers: [{check: a.b, reason: r, owner: o, expires: 2027-01-01, scope: {img: x}}]",
      "w.yaml:1:74: the scope of a waiver has no key 'img'; it takes image and subject"
    ),
    (
      "waivers: [{check: a.b, reason: r, owner: o, expires: 2027-01-01, scope: {}}]",
      "w.yaml:1:73: an empty scope; leave it out for every image and subject"
    ),
    (
      "waivers: [{check: '*', reason: r, owner: o, expires: 2027-01-01}]",
      "w.yaml:1:19: '*' is not an id of a check"
    ),
  ])
  func malformed(text: String, message: String) throws {
    let fixture = try BaselineFixture(["w.yaml": text])
    #expect(fixture.messages { _ = try WaiverFile.read("\(fixture.folder)/w.yaml") } == [message])
  }

  @Test func aMissingFile() throws {
    let fixture = try BaselineFixture([:])
    #expect(fixture.messages { _ = try WaiverFile.read("/nowhere.yaml") } == ["/nowhere.yaml: no such file"])
  }

  @Test(arguments: [
    ("1970-01-01", 86_400), ("2000-02-29", 951_868_800), ("2026-11-24", 1_795_564_800),
    ("2100-03-01", 4_107_628_800),
  ])
  func dates(text: String, end: Int64) {
    #expect(CalendarDate(text)?.end == end)
    #expect(CalendarDate(text)?.description == text)
  }

  @Test(arguments: [
    "2026-1-01", "2026-13-01", "2026-00-10", "2026-04-31", "2100-02-29", "20260101", "2026/01/01",
    "٢٠٢٦-01-01", "1969-12-31", "",
  ])
  func noDates(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test func whatIsSaidOfVulnerabilities() throws {
    func exposure(_ keys: String) throws -> Exposure? {
      try judge(waiver().replacing("ticket: T-1", with: keys)).findings[0].waiver?.exposure
    }
    #expect(try exposure("ticket: T-1") == nil)
    #expect(try exposure("status: under_investigation") == Exposure(.underInvestigation))
    #expect(
      try exposure("status: not_affected, justification: component_not_present")
        == Exposure(.notAffected, justification: .componentNotPresent))
  }

  @Test(arguments: [
    ("status: fine", "'status' is one of affected, under_investigation, not_affected, not 'fine'"),
    (
      "status: affected, justification: component_not_present",
      "'justification' stands beside 'status: not_affected' only"
    ), ("justification: inline_mitigations_already_exist", "'justification' stands beside"),
    ("status: not_affected, justification: because", "'justification' is one of component_not_present, "),
  ])
  func whatCannotBeSaidOfVulnerabilities(_ keys: String, _ message: String) {
    let error = #expect(throws: BaselineErrors.self) {
      try judge(waiver().replacing("ticket: T-1", with: keys))
    }
    #expect(error?.description.contains(message) == true)
  }
}
