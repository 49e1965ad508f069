import Baselines
import TestSupport
import Testing

@Suite struct AppArmorKindTests {
  @Test func profiles() throws {
    let guest = GuestFixture([
      "/etc/apparmor.d/a": "/usr/bin/a {\n}\n", "/etc/apparmor.d/b": "profile b flags=(complain) {\n}\n",
      "/etc/apparmor.d/c": "profile c flags=(unconfined) {\n}\n",
    ])
    let enforced = try answers(AppArmorKind.self, ["profiles": .text("enforce")], guest)
    #expect(enforced.filter { $0.verdict == .fail }.map(\.subject) == ["b", "c"])
    let either = try answers(AppArmorKind.self, ["profiles": .text("enforce_or_complain")], guest)
    #expect(either.filter { $0.verdict == .fail }.map(\.subject) == ["c"])
    #expect(either[2].actual == "unconfined" && either[2].evidence.first?.path == "/etc/apparmor.d/c")
  }

  @Test func nothingLoaded() throws {
    let outcomes = try answers(
      AppArmorKind.self, ["profiles": .text("enforce"), "enabled": .boolean(true)], GuestFixture())
    #expect(outcomes.map(\.verdict) == [.fail, .fail])
    #expect(outcomes.map(\.actual) == ["apparmor_parser is not installed", "no profile is loaded"])
  }

  @Test(arguments: [[:], ["enabled": .boolean(false)]] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try AppArmorKind(Parameters(parameters)) }
  }
}
