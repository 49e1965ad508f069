import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@testable import Reports

/// Answers what it is told, for each subject.
private struct FixedKind: CheckKind {
  static let name = "fixed"
  static let summary = "Answers what it is told."
  static let parameters: [ParameterSpecification] = []
  var outcomes: [Outcome] = []
  var gap: EvidenceGap?
  var plan: CollectionPlan { CollectionPlan() }

  init(_ parameters: Parameters) {}
  init(_ outcomes: Outcome...) { self.outcomes = outcomes }
  init(gap: EvidenceGap) { self.gap = gap }

  func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    if let gap { throw gap }
    return outcomes
  }
}

@Suite struct ReportBuilderTests {
  private static let status =
    "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u5\n"

  private func check(_ id: String, _ kind: FixedKind, requires: [String] = []) -> Check {
    Check(id: id, title: "T", severity: .high, requires: requires, kind: kind, definedIn: "test")
  }

  private func fail(_ subject: String) -> Outcome {
    Outcome(.fail, subject: subject, expected: "no", actual: "yes")
  }

  private func guest(
    _ checks: [Check], _ fixture: GuestFixture, storage: [StorageDevice] = [], waivers: [Waiver] = []
  ) throws -> (report: Report, guest: GuestReport) {
    var evidence = try fixture.evidence()
    evidence.storage = storage
    let identity = BaselineIdentity(id: "test", title: "Test", version: "1", digest: "sha256:0")
    let union = BaselineUnion([LoadedBaseline(identity: identity, checks: checks)])
    let facts = GuestFacts(evidence, asOf: fixture.asOf)
    var builder = ReportBuilder(checks: union.checks)
    builder.add(
      CollectedTarget(target: "x.qcow2", storage: storage, guests: [CollectedGuest(evidence: evidence)]),
      guests: [
        .init(facts: facts, judgement: union.judge(facts, waivers: waivers), timings: ["index": 0.12345])
      ])
    let report = builder.report(
      tool: .init(name: "brinell", version: "1"), startedAt: 1_795_546_800, asOf: fixture.asOf, duration: 2,
      gate: Gate(), baselines: union.baselines.map(\.identity))
    if let problem = try JSONSchema.problem(of: try report.json(), schema: "report.schema.json") {
      Issue.record("\(problem)")
    }
    return (report, try #require(report.targets.first?.guests.first))
  }

  private func fixture(_ files: [String: String] = [:]) -> GuestFixture {
    GuestFixture(
      ["/var/lib/dpkg/status": Self.status, "/etc/hostname": "# set by us\n\n web1 \n"].merging(files) { $1 })
  }

  @Test func describesTheGuestAndItsPackages() throws {
    let (report, guest) = try guest(
      [],
      fixture([
        "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n",
        "/etc/apt/sources.list": "deb http://security.debian.org bookworm-security main\n",
      ]))
    #expect(report.startedAt == "2026-11-24T19:00:00Z")
    #expect(report.asOf == "2026-11-24")
    #expect(guest.name == "Debian 12")
    #expect(guest.distribution == "debian")
    #expect(guest.hostname == "web1")
    #expect(guest.architecture == "amd64")
    #expect(guest.packageFormat == "dpkg")
    #expect(guest.support == .init(level: "lts", ends: "2028-06-30"))
    #expect(
      guest.packages.map(\.purl) == ["pkg:deb/debian/base-files@12.4%2Bdeb12u5?arch=amd64&distro=debian-12"])
    #expect(guest.timings == ["index": 0.123])
    #expect(report.conclusion.word == .incomplete)
    #expect(report.conclusion.reasons == ["no check was applicable"])
  }

  @Test func foldsBlockedChecksUnderTheOneThatBlocksThem() throws {
    let (_, guest) = try guest(
      [
        check("a.rule", FixedKind(), requires: ["a.installed"]),
        check("a.installed", FixedKind(fail("auditd"))),
        check("b.many", FixedKind(fail("one"), fail("two"))),
      ], fixture())
    #expect(guest.findings.map(\.check) == ["a.installed", "b.many", "b.many"])
    #expect(guest.findings[0].blocks == ["a.rule"])
    #expect(guest.summary.verdicts.blocked == 1)
    #expect(guest.summary.findings.high == 3)
    #expect(guest.coverage.percent == 100)
    #expect(Set(guest.findings.map(\.fingerprint)).count == 3)
  }

  @Test func aGapOfACheckIsAFindingWithItsReason() throws {
    let (report, guest) = try guest(
      [check("a.x", FixedKind(gap: EvidenceGap(path: "/etc/x", reason: "too large to read: 9 bytes")))],
      fixture())
    #expect(guest.findings.map(\.verdict) == [.undecided])
    #expect(guest.findings[0].subject == "/etc/x")
    #expect(guest.findings[0].reason == "too large to read: 9 bytes")
    #expect(guest.coverage.unanswered == [.init(check: "a.x", reason: "/etc/x: too large to read: 9 bytes")])
    #expect(report.conclusion.reasons == ["coverage 0% is below 90%"])
  }

  @Test func aFileSystemThatTheGuestMountsAndNobodyCouldReadIsNotJudgedAsAsked() throws {
    let fixture = fixture()
    fixture.filesystem.addGap("/var/log", reason: "/dev/sda3: damaged", kind: .mount)
    let (report, guest) = try guest(
      [check("a.x", FixedKind())], fixture,
      storage: [
        StorageDevice(name: "/dev/sda1", kind: .partition, content: "ext4"),
        StorageDevice(name: "/dev/sda3", kind: .partition, content: "ext4", problem: "damaged"),
      ])
    #expect(guest.findings.map(\.check) == ["brinell.mounts-readable"])
    #expect(guest.findings[0].subject == "/var/log")
    #expect(guest.verdicts.map(\.verdict) == [.undecided, .pass])
    #expect(guest.coverage.asked == 2)
    #expect(guest.coverage.answered == 1)
    #expect(report.checks.map(\.id) == ["a.x", "brinell.mounts-readable"])
    #expect(report.conclusion.word == .incomplete)
    #expect(report.conclusion.reasons[0] == "/var/log, which the guest mounts, could not be read")
  }

  @Test(arguments: [
    (FileIndex.Gap.Kind.networkMount, "brinell.network-mounts"), (.directory, "brinell.directories-readable"),
  ]) func otherGapsCountAgainstCoverageAlone(_ kind: FileIndex.Gap.Kind, _ check: String) throws {
    let fixture = fixture()
    fixture.filesystem.addGap("/srv", reason: "unknown", kind: kind)
    let (report, guest) = try guest((0..<20).map { self.check("a.x\($0)", FixedKind()) }, fixture)
    #expect(guest.findings.map(\.check) == [check])
    #expect(guest.coverage.asked == 21)
    #expect(report.conclusion.word == .pass)
  }

  @Test func aPartitionThatNobodyMountsIsListedToo() throws {
    let (report, guest) = try guest(
      (0..<20).map { check("a.x\($0)", FixedKind()) }, fixture(),
      storage: [StorageDevice(name: "/dev/sda5", kind: .partition, problem: "could not be mounted: damaged")])
    #expect(guest.findings.map(\.check) == ["brinell.partitions-readable"])
    #expect(guest.findings[0].subject == "/dev/sda5")
    #expect(report.conclusion.word == .pass)
  }

  @Test(arguments: [
    (
      "/var/lib/dpkg/status", "Package: x\n", "/var/lib/dpkg/status: 1 record cannot be read, first in line 1"
    ),
    ("/etc/hostname", "x\n", "/: no package database that this version reads"),
  ]) func packagesThatAreNotKnownAreAFinding(_ path: String, _ text: String, _ reason: String) throws {
    let (_, guest) = try guest([check("a.x", FixedKind())], GuestFixture([path: text]))
    #expect(guest.findings.map(\.check) == ["brinell.packages-readable"])
    #expect(guest.coverage.unanswered.map(\.reason) == [reason])
  }

  @Test func aWaivedFindingKeepsItsWaiver() throws {
    let expires = try #require(CalendarDate("2027-01-31"))
    let (report, guest) = try guest(
      [check("a.x", FixedKind(fail("s")))], fixture(),
      waivers: [Waiver(check: "a.x", reason: "Because", owner: "ops", ticket: "T-1", expires: expires)])
    #expect(guest.findings.map(\.verdict) == [.waived])
    #expect(
      guest.findings[0].waiver
        == .init(reason: "Because", owner: "ops", ticket: "T-1", expires: "2027-01-31"))
    #expect(guest.summary.findings.high == 0)
    #expect(report.conclusion.word == .pass)
  }
}
