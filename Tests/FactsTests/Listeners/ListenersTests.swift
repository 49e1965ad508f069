import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct ListenersTests {
  private func words(_ guest: GuestFixture) throws -> [String] {
    try guest.model(Listeners.self).listeners.map(\.words)
  }

  @Test func socketUnits() throws {
    let guest = bootable()
    guest.addStarted(
      "x.socket",
      """
      [Socket]
      ListenStream=22
      ListenStream=127.0.0.1:80
      ListenStream=[::1]:81
      ListenDatagram=0.0.0.0:111
      ListenStream=/run/x.sock
      ListenStream=@abstract
      ListenStream=vsock::22
      ListenNetlink=audit 1
      """, by: "sockets.target")
    #expect(
      try words(guest) == [
        "tcp *:22", "tcp 127.0.0.1:80", "tcp [::1]:81", "unix /run/x.sock", "unix @abstract",
        "vsock vsock::22", "udp *:111",
      ])
    #expect(
      try guest.model(Listeners.self).listeners.filter(\.isOnNetwork).map(\.service) == ["tcp/22", "udp/111"])
  }

  @Test func aDropInMovesASocket() throws {
    let guest = bootable([
      "/etc/systemd/system/ssh.socket.d/a.conf": "[Socket]\nListenStream=\nListenStream=2222\n"
    ])
    guest.addStarted("ssh.socket", "[Socket]\nListenStream=22\n", by: "sockets.target")
    #expect(try words(guest) == ["tcp *:2222"])
  }

  @Test func ubuntusGeneratorMovesTheSocketOfSSH() throws {
    let guest = bootable([
      "/usr/lib/systemd/system-generators/sshd-socket-generator": "ELF",
      "/etc/ssh/sshd_config": "Port 2222\n",
    ])
    guest.addStarted("ssh.socket", "[Socket]\nListenStream=22\n", by: "sockets.target")
    #expect(try words(guest) == ["tcp *:2222"])
  }

  @Test func whatIsNotStartedDoesNotListen() throws {
    #expect(
      try words(bootable(["/usr/lib/systemd/system/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd -D\n"]))
        .isEmpty)
  }

  @Test func unknownAndSilentServices() throws {
    let guest = bootable()
    for unit in ["cron.service", "systemd-logind.service", "getty@tty1.service", "mystery.service"] {
      guest.addStarted(unit, "[Service]\nExecStart=/x\n")
    }
    guest.addStarted("alone.service", "[Service]\nPrivateNetwork=yes\n")
    guest.addStarted("local.service", "[Service]\nRestrictAddressFamilies=AF_UNIX AF_NETLINK\n")
    guest.addStarted("inet.service", "[Service]\nRestrictAddressFamilies=AF_UNIX AF_INET\n")
    #expect(
      try guest.model(Listeners.self).unknown.map(\.description) == ["inet.service", "mystery.service"])
    guest.addStarted("mystery.service", "[Service]\nType=oneshot\nExecStart=/x\n")
    #expect(try guest.model(Listeners.self).unknown.map(\.description) == ["inet.service"])
  }

  @Test func aGapOfOneServiceIsItsOwn() throws {
    let guest = bootable()
    guest.addStarted("ssh.service", "[Service]\nExecStart=/usr/sbin/sshd -D\n")
    guest.addStarted("nginx.service", "[Service]\n")
    guest.filesystem.addFile("/etc/nginx/nginx.conf", .tooLarge(size: 1 << 40))
    let model = try guest.model(Listeners.self)
    #expect(model.listeners.map(\.words) == ["tcp *:22"] && Array(model.gaps.keys) == ["nginx.service"])
  }

  @Test func anotherInitSystemIsAGap() {
    #expect(throws: EvidenceGap.self) { try GuestFixture(["/sbin/init": "ELF"]).model(Listeners.self) }
  }

  @Test func everySourceNamesUnitsOnce() {
    let units = ListenerSources.all.flatMap { $0.units }
    #expect(units.count == Set(units).count)
    #expect(units.allSatisfy { UnitName(full: $0) != nil })
  }

  @Test(
    arguments: [
      ("80", "*", 80), ("*:80", "*", 80), ("0.0.0.0:80", "*", 80), ("[::]:80", "*", 80),
      ("[::1]:80", "::1", 80),
      ("127.0.0.1:ssh", "127.0.0.1", 22), ("localhost", "localhost", nil), ("::1", "::1", nil),
      ("[::1]", "::1", nil),
      ("", "*", nil), ("a:b:c", "a:b:c", nil),
    ] as [(String, String, Int?)])
  func addresses(_ text: String, _ address: String, _ port: Int?) {
    #expect(SocketAddress(text) == SocketAddress(address: address, port: port))
  }
}
