import Baselines
import TestSupport
import Testing

@Suite struct CloudInitKindTests {
  private func ask(_ parameters: [String: ParameterValue], _ text: String) throws -> [Outcome] {
    try answers(
      CloudInitKind.self, parameters,
      GuestFixture([
        "/etc/cloud/cloud.cfg": "disable_root: true\nusers: [default]\n",
        "/etc/cloud/cloud.cfg.d/50.cfg": text,
      ]))
  }

  @Test(arguments: [
    ("", true), ("disable_root: false\n", false), ("disable_root: no\n", false), ("disable_root: 1\n", true),
    ("disable_root: ~\n", true),
  ]) func aDropInBeatsTheMainFile(_ text: String, _ passes: Bool) throws {
    let outcomes = try ask(
      [
        "key": .text("disable_root"), "as": .text("boolean"), "default": .text("yes"), "equals": .text("yes"),
      ], text)
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test(arguments: [
    ("", [true]), ("users:\n - {name: a, plain_text_passwd: x}\n - {name: b}\n", [false, true]),
    ("users: {a: {plain_text_passwd: x}}\n", [false]),
  ]) func aPasswordOfAnyUser(_ text: String, _ expected: [Bool]) throws {
    let outcomes = try ask(["key": .text("users.*.plain_text_passwd"), "exists": .boolean(false)], text)
    #expect(outcomes.map { $0.verdict == .pass } == expected)
  }

  @Test(arguments: [
    ("", true), ("ssh_pwauth: false\n", true), ("ssh_pwauth: yes\n", false),
    ("ssh_pwauth: unchanged\n", true),
  ]) func passwordsForSSH(_ text: String, _ passes: Bool) throws {
    let outcomes = try ask(
      [
        "key": .text("ssh_pwauth"), "default": .text("unchanged"), "ignore_case": .boolean(true),
        "in": .list(["false", "no", "0", "off", "unchanged"]),
      ], text)
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test(arguments: [
    ("datasource_list: [NoCloud, None]\n", true), ("datasource_list: [Ec2]\n", false), ("", false),
  ])
  func listsAreCompared(_ text: String, _ passes: Bool) throws {
    let outcomes = try ask(["key": .text("datasource_list"), "subset_of": .list(["NoCloud", "None"])], text)
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test func fixes() throws {
    let kind = try CloudInitKind(
      Parameters(["key": .text("a.b"), "as": .text("boolean"), "equals": .text("no")]))
    #expect(kind.fix?.shell == "printf '%s\\n' a: '  b: false' > /etc/cloud/cloud.cfg.d/99-a-b.cfg")
    #expect(
      kind.fix?.ansible
        == "ansible.builtin.copy:\n  dest: \"/etc/cloud/cloud.cfg.d/99-a-b.cfg\"\n  mode: \"0644\"\n"
        + "  content: |\n    a:\n      b: false"
    )
  }
}
