import Facts
import TestSupport
import Testing

@Suite struct ResourceLimitsTests {
  private static let root = ResourceLimits.Subject.account(name: "root", uid: 0, gid: 0, groups: ["root"])
  private static let user = ResourceLimits.Subject.account(
    name: "u", uid: 1000, gid: 100, groups: ["g", "h"])

  struct Case: Sendable {
    var text: String
    var soft: [String?]
    var hard: [String?]
  }

  /// Limits of core for anyone, u and root.
  static let cases: [Case] = [
    Case(text: "* hard core 0", soft: [nil, nil, nil], hard: ["0", "0", nil]),
    Case(text: "* - core 0", soft: ["0", "0", nil], hard: ["0", "0", nil]),
    Case(text: "root hard core 0", soft: [nil, nil, nil], hard: [nil, nil, "0"]),
    Case(text: "* hard core 0\n* hard core 5", soft: [nil, nil, nil], hard: ["5", "5", nil]),
    Case(text: "u hard core 1\n* hard core 5", soft: [nil, nil, nil], hard: ["5", "1", nil]),
    Case(
      text: "@g hard core 1\n* hard core 5\nu hard core 7\n@h hard core 2", soft: [nil, nil, nil],
      hard: ["5", "7", nil]),
    Case(
      text: "@h hard core unlimited\n* hard core 0", soft: [nil, nil, nil], hard: ["0", "unlimited", nil]),
    Case(text: "@root hard core 0", soft: [nil, nil, nil], hard: [nil, nil, nil]),
    Case(text: "1000: hard core 3\n* hard core 0", soft: [nil, nil, nil], hard: ["0", "3", nil]),
    Case(text: "1:999 hard core 3\n:1000 hard core 4", soft: [nil, nil, nil], hard: [nil, "4", nil]),
    Case(text: "@100: hard core 3", soft: [nil, nil, nil], hard: [nil, "3", nil]),
    Case(text: "* soft core 9\n* hard core 5", soft: ["5", "5", nil], hard: ["5", "5", nil]),
    Case(text: "* soft core unlimited\n* hard core 5", soft: ["5", "5", nil], hard: ["5", "5", nil]),
    Case(text: "* HARD Core -1", soft: [nil, nil, nil], hard: ["unlimited", "unlimited", nil]),
    Case(text: "# * hard core 0\n* hard core\n* firm core 0", soft: [nil, nil, nil], hard: [nil, nil, nil]),
    Case(text: "* hard core 0 # none", soft: [nil, nil, nil], hard: ["0", "0", nil]),
    Case(text: "* hard core 0\nu -", soft: [nil, nil, nil], hard: ["0", nil, nil]),
    // A line for both is given up where its soft limit is outweighed.
    Case(text: "u soft core 1\n* - core 0", soft: ["0", "1", nil], hard: ["0", nil, nil]),
  ]

  @Test(arguments: cases) func whatHoldsForWhom(_ sample: Case) throws {
    let model = try GuestFixture(["/etc/security/limits.conf": sample.text]).model(ResourceLimits.self)
    let subjects = [ResourceLimits.Subject.anyone, Self.user, Self.root]
    #expect(subjects.map { model.limit("core", .soft, for: $0)?.value } == sample.soft, "\(sample.text)")
    #expect(subjects.map { model.limit("core", .hard, for: $0)?.value } == sample.hard, "\(sample.text)")
  }

  @Test func dropInsComeAfterTheMainFileByName() throws {
    let model = try GuestFixture([
      "/etc/security/limits.conf": "* hard core 1", "/etc/security/limits.d/10-a.conf": "* hard core 2",
      "/etc/security/limits.d/20-b.conf": "* hard core 3", "/etc/security/limits.d/99.txt": "* hard core 4",
      "/usr/etc/security/limits.d/30-c.conf": "* hard core 5", "/etc/security/limits.d/30-c.conf": "",
    ]).model(ResourceLimits.self)
    let limit = try #require(model.limit("core", .hard, for: .anyone))
    #expect(limit.value == "3" && limit.shadowed.map(\.value) == ["2", "1"])
    #expect(limit.origin.path == "/etc/security/limits.d/20-b.conf" && limit.origin.kind == .dropIn)
  }

  @Test func negativePrioritiesAreNumbers() throws {
    let model = try GuestFixture(["/etc/security/limits.conf": "* hard nice -1\n"]).model(ResourceLimits.self)
    #expect(model.limit("nice", .hard, for: .anyone)?.value == "-1")
  }
}
