import Baselines
import TestSupport
import Testing

@Suite struct AptConfigKindTests {
  @Test(arguments: [
    ("", "false", true), ("APT::Get::AllowUnauthenticated \"true\";", "false", false),
    ("APT::Get::AllowUnauthenticated \"0\";", "false", true),
    ("apt::get::allowunauthenticated \"no\";", "false", true),
    ("APT { Get { AllowUnauthenticated \"yes\"; }; };", "false", false),
  ])
  func unauthenticated(_ text: String, _ required: String, holds: Bool) throws {
    let outcomes = try answers(
      AptConfigKind.self, ["option": .text("APT::Get::AllowUnauthenticated"), "equals": .text(required)],
      GuestFixture(["/etc/apt/apt.conf": text]))
    #expect(outcomes.map(\.verdict) == [holds ? .pass : .fail])
  }

  @Test func anUnknownOptionHasNoDefault() throws {
    let parameters: [String: ParameterValue] = ["option": .text("X::Y"), "equals": .text("1")]
    #expect(try answers(AptConfigKind.self, parameters, GuestFixture()).map(\.verdict) == [.fail])
    #expect(
      try answers(AptConfigKind.self, parameters.merging(["default": .text("1")]) { $1 }, GuestFixture()).map(
        \.verdict)
        == [.pass])
  }

  @Test func fixIsLastOfTheParts() throws {
    let kind = try AptConfigKind(Parameters(["option": .text("A::B"), "equals": .text("x")]))
    #expect(kind.fix?.shell.contains("'A::B \"x\";' >> /etc/apt/apt.conf.d/zz-hardening") == true)
  }
}
