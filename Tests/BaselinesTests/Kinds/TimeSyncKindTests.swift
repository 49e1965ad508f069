import Baselines
import TestSupport
import Testing

@Suite struct TimeSyncKindTests {
  private func guest(_ units: [String], started: Bool = true, _ files: [String: String] = [:]) -> GuestFixture
  {
    let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
    for unit in units {
      if started {
        guest.addStarted(unit, "[Service]\nExecStart=/x\n")
      } else {
        guest.add(["/usr/lib/systemd/system/\(unit)": "[Service]\nExecStart=/x\n"])
      }
    }
    return guest
  }

  private func verdicts(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [Outcome
    .Verdict]
  {
    try answers(TimeSyncKind.self, parameters, guest).map(\.verdict)
  }

  @Test(arguments: [
    ([], false), (["chrony.service"], true), (["systemd-timesyncd.service"], true),
    (["chrony.service", "systemd-timesyncd.service"], false),
    (["ntpsec.service", "openntpd.service"], false),
  ])
  func exactlyOne(_ units: [String], holds: Bool) throws {
    #expect(try verdicts(["exactly_one": .boolean(true)], guest(units)) == [holds ? .pass : .fail])
  }

  @Test func exactlyTheNamedOne() throws {
    let parameters: [String: ParameterValue] = ["exactly_one": .boolean(true), "service": .list(["chrony"])]
    #expect(try verdicts(parameters, guest(["chrony.service"])) == [.pass])
    #expect(try verdicts(parameters, guest(["systemd-timesyncd.service"])) == [.fail])
  }

  @Test(arguments: [
    ("server a\nserver b\n", 2, true), ("server a\n", 2, false), ("", 1, false), ("pool a\n", 1, true),
  ])
  func numberOfServers(_ text: String, _ number: Int, holds: Bool) throws {
    let parameters: [String: ParameterValue] = [
      "servers_at_least": .integer(number), "service": .list(["chrony"]),
    ]
    let guest = guest(["chrony.service"], started: false, ["/etc/chrony/chrony.conf": text])
    #expect(try verdicts(parameters, guest) == [holds ? .pass : .fail])
  }

  @Test func theCompiledFallbackIsNoServerThatAFileNames() throws {
    #expect(try verdicts(["servers_at_least": .integer(1)], guest(["systemd-timesyncd.service"])) == [.fail])
  }

  @Test func onlyAllowedServers() throws {
    let guest = guest(
      ["chrony.service"], ["/etc/chrony/chrony.conf": "pool 2.debian.pool.ntp.org\nserver evil\n"])
    #expect(try verdicts(["allowed_servers": .list(["*.debian.pool.ntp.org"])], guest) == [.fail])
    #expect(try verdicts(["allowed_servers": .list(["*.debian.pool.ntp.org", "evil"])], guest) == [.pass])
  }

  @Test func asWhom() throws {
    #expect(try verdicts(["run_as": .list(["_chrony"])], guest(["chrony.service"])) == [.pass])
    #expect(
      try verdicts(
        ["run_as": .list(["_chrony"])], guest(["chrony.service"], ["/etc/chrony/chrony.conf": "user root\n"]))
        == [.fail])
  }

  @Test func whatIsNotThereFails() throws {
    #expect(try verdicts(["run_as": .list(["_chrony"]), "service": .list(["chrony"])], guest([])) == [.fail])
    #expect(try verdicts(["servers_at_least": .integer(1)], guest([])) == [.fail])
  }

  @Test(
    arguments: [[:], ["service": .list(["sundial"]), "exactly_one": .boolean(true)]]
      as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try TimeSyncKind(Parameters(parameters)) }
  }
}
