import Baselines
import Facts
import TestSupport
import Testing

@Suite struct TripwireKindTests {
  private static let whole = [
    "/etc/tripwire/tw.cfg": "x", "/etc/tripwire/tw.pol": "x", "/etc/tripwire/site.key": "x",
    "/etc/tripwire/vm-local.key": "x", "/var/lib/tripwire/vm.twd": "x",
  ]
  /// As Debian's package brings it.
  private static let daily =
    "#!/bin/sh -e\n\ntripwire=/usr/sbin/tripwire\n\n$tripwire --check --quiet --email-report\n"

  private func outcomes(_ question: String, _ files: [String: String], cron: UInt32? = nil) throws
    -> [Outcome]
  {
    let guest = bootable(files)
    if let cron {
      guest.addStarted("cron.service", "[Service]\nExecStart=/usr/sbin/cron -f\n")
      guest.filesystem.addFile("/etc/cron.daily/tripwire", Self.daily, mode: cron)
    }
    let facts = try guest.collected(for: [Tripwire.self])
    return try TripwireKind(Parameters(["asks": .text(question)])).evaluate(facts)
  }

  private func failing(_ question: String, _ files: [String: String]) throws -> [String] {
    try outcomes(question, files).filter { $0.verdict == .fail }.map(\.subject)
  }

  @Test func whatARunNeeds() throws {
    #expect(try failing("complete", Self.whole) == [])
    #expect(try failing("complete", [:]) == ["configuration", "policy", "database", "site key", "local key"])
    var files = Self.whole
    files["/var/lib/tripwire/vm.twd"] = ""
    #expect(try failing("complete", files) == ["database"])
  }

  @Test func theTextOfTheConfigurationNamesOtherPlaces() throws {
    var files = Self.whole
    files["/etc/tripwire/twcfg.txt"] = "ROOT =/usr/sbin\nDBFILE        =/srv/$(HOSTNAME).twd\n"
    #expect(try failing("complete", files) == ["database"])
    files["/srv/vm.twd"] = "x"
    #expect(try failing("complete", files) == [])
    #expect(try failing("no_sources", files) == ["sources"])
    #expect(try failing("no_sources", Self.whole) == [])
  }

  @Test(
    arguments: [(0o755, Outcome.Verdict.pass), (0o644, .fail), (nil, .fail)] as [(UInt32?, Outcome.Verdict)])
  func debiansJob(_ mode: UInt32?, _ verdict: Outcome.Verdict) throws {
    #expect(try outcomes("scheduled", Self.whole, cron: mode).map(\.verdict) == [verdict])
  }

  @Test(arguments: [
    ("/usr/sbin/tripwire --check", "daily", Outcome.Verdict.pass),
    ("/usr/sbin/tripwire -m c -q", "weekly", .pass),
    ("/usr/sbin/tripwire --update", "daily", .fail), ("/usr/sbin/tripwire --check", "monthly", .fail),
    ("/usr/bin/aide --check", "daily", .fail),
  ])
  func timers(_ command: String, _ calendar: String, _ verdict: Outcome.Verdict) throws {
    let guest = bootable(["/usr/lib/systemd/system/tw.service": "[Service]\nExecStart=\(command)\n"])
    guest.addStarted("tw.timer", "[Timer]\nOnCalendar=\(calendar)\n", by: "timers.target")
    let facts = try guest.collected(for: [Tripwire.self])
    #expect(
      try TripwireKind(Parameters(["asks": .text("scheduled")])).evaluate(facts).map(\.verdict) == [verdict])
  }

  @Test func whatCannotBeAsked() {
    #expect(throws: ParameterError.self) { try TripwireKind(Parameters(["asks": .text("x")])) }
  }
}
