import Baselines
import TestSupport
import Testing

@Suite struct ConsoleLoginKindTests {
  private func guest(_ options: String) -> GuestFixture {
    let guest = bootable([
      "/usr/lib/systemd/system/serial-getty@.service":
        "[Service]\nExecStart=-/sbin/agetty \(options) - $TERM\n",
      "/etc/systemd/system/multi-user.target.wants/serial-getty@ttyS0.service":
        "-> /usr/lib/systemd/system/serial-getty@.service",
    ])
    return guest
  }

  @Test func aPromptThatAsksNobody() throws {
    let asked: [String: ParameterValue] = ["automatic": .boolean(false)]
    let outcomes = try answers(ConsoleLoginKind.self, asked, guest("--autologin root"))
    #expect(outcomes.first { $0.subject == "ttyS0" }?.actual == "logs in root unasked")
    #expect(outcomes.allSatisfy { $0.verdict == .fail })
    #expect(try answers(ConsoleLoginKind.self, asked, guest("--keep-baud")).map(\.verdict) == [.pass])
  }

  @Test func aPromptOnASerialLine() throws {
    let asked: [String: ParameterValue] = ["serial": .boolean(false)]
    #expect(try answers(ConsoleLoginKind.self, asked, guest("")).map(\.subject) == ["ttyS0"])
    #expect(try answers(ConsoleLoginKind.self, asked, bootable()).map(\.verdict) == [.pass])
  }

  @Test func senseless() {
    #expect(throws: ParameterError.self) { try ConsoleLoginKind(Parameters([:])) }
    #expect(throws: ParameterError.self) { try ConsoleLoginKind(Parameters(["serial": .boolean(true)])) }
  }
}
