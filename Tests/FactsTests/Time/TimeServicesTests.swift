import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct TimeServicesTests {
  private func guest(
    _ unit: String, _ files: [String: String] = [:], text: String = "[Service]\nExecStart=/x\n"
  )
    -> GuestFixture
  {
    let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
    guest.addStarted(unit, text)
    return guest
  }

  private func service(_ guest: GuestFixture) throws -> TimeService {
    try #require(guest.model(TimeServices.self).services.first)
  }

  @Test func chronyWithWhatItIncludes() throws {
    let chrony = try service(
      guest(
        "chrony.service",
        [
          "/etc/chrony/chrony.conf":
            "! c\n# c\nconfdir /etc/chrony/conf.d\nPool 2.debian.pool.ntp.org iburst\nsourcedir /etc/chrony/sources.d\ninclude /etc/more.conf\n",
          "/etc/chrony/conf.d/a.conf": "server a\n", "/etc/chrony/conf.d/b.txt": "server b\n",
          "/etc/chrony/sources.d/c.sources": "server c\n", "/etc/more.conf": "peer d\n",
          "/etc/chrony.conf": "server no\n",
        ]))
    #expect(
      chrony.sources.map { "\($0.kind) \($0.address)" } == [
        "server a", "pool 2.debian.pool.ntp.org", "server c", "peer d",
      ])
    #expect(chrony.start?.by == "multi-user.target" && chrony.user.value == "_chrony")
  }

  @Test(arguments: [
    ("user bob\n", "/x", "", "bob"), ("", "/x -u eve", "", "eve"),
    ("user bob\n", "/x $OPTS", "OPTS=\"-F 1 -u eve\"\n", "eve"),
    ("", "/x $OPTS", "# OPTS=\"-u eve\"\n", "_chrony"),
  ])
  func asWhomChronyRuns(_ configuration: String, _ command: String, _ defaults: String, _ user: String) throws
  {
    let chrony = try service(
      guest(
        "chrony.service", ["/etc/chrony/chrony.conf": configuration, "/etc/default/chrony": defaults],
        text: "[Service]\nEnvironmentFile=-/etc/default/chrony\nExecStart=\(command)\n"))
    #expect(chrony.user.value == user)
  }

  @Test func filesThatIncludeThemselvesAreAGap() throws {
    let guest = guest(
      "chronyd.service", ["/etc/chrony.conf": "include /etc/chrony.conf\ninclude /etc/chrony.conf\n"])
    #expect(throws: EvidenceGap.self) { try guest.model(TimeServices.self) }
  }

  @Test func timesyncdMergesItsDropIns() throws {
    let service = try service(
      guest(
        "systemd-timesyncd.service",
        [
          "/etc/systemd/timesyncd.conf": "[Time]\n#NTP=\nNTP=a\n",
          "/etc/systemd/timesyncd.conf.d/1.conf": "[Time]\nNTP=b c\nFallbackNTP=d\n",
          "/usr/lib/systemd/timesyncd.conf.d/0.conf": "[Time]\nNTP=\nNTP=z\n",
        ], text: "[Service]\nUser=systemd-timesync\n"))
    #expect(
      service.sources.map { "\($0.kind) \($0.address)" } == [
        "server z", "server b", "server c", "fallback d",
      ])
    #expect(service.user.value == "systemd-timesync")
  }

  @Test func timesyncdHasACompiledFallback() throws {
    #expect(try service(guest("systemd-timesyncd.service")).sources.map(\.origin.kind) == [.compiledDefault])
    #expect(
      try service(
        guest("systemd-timesyncd.service", ["/etc/systemd/timesyncd.conf": "[Time]\nFallbackNTP=\n"])
      )
      .sources.isEmpty)
  }

  @Test func theOlderDaemons() throws {
    let ntpsec = try service(
      guest(
        "ntpsec.service",
        [
          "/etc/ntpsec/ntp.conf": "pool p iburst # x\nrestrict default\n",
          "/etc/ntpsec/ntp.d/a.conf": "server s\n",
        ]))
    #expect(ntpsec.name == "ntpsec" && ntpsec.sources.map(\.address) == ["p", "s"])
    let openntpd = try service(
      guest("openntpd.service", ["/etc/openntpd/ntpd.conf": "servers pool.ntp.org\n"]))
    #expect(openntpd.name == "openntpd" && openntpd.sources.count == 1)
  }

  @Test func aMaskedServiceIsThereButNotStarted() throws {
    let guest = guest("chrony.service", ["/etc/systemd/system/chrony.service": "-> /dev/null"])
    #expect(try service(guest).start == nil)
  }
}
