import Baselines
import TestSupport
import Testing

@Suite struct CleartextKindTests {
  private func answer(_ parameters: [String: ParameterValue]) throws -> [Outcome] {
    let guest = bootable(["/etc/fstab": "nas:/x /m nfs defaults 0 0\n", "/etc/exports": "/srv *(rw)\n"])
    guest.filesystem.addFile(
      "/usr/lib/systemd/system-generators/systemd-fstab-generator", "ELF", mode: 0o755)
    guest.addStarted("remote-fs.target", "[Unit]\n")
    guest.addStarted("telnet.socket", "[Socket]\nListenStream=23\n", by: "sockets.target")
    return try answers(CleartextKind.self, parameters, guest)
  }

  @Test func findsWhatIsAsked() throws {
    #expect(try answer(["protocols": .list(["telnet"])]).map(\.subject) == ["telnet tcp/23"])
    let shares = try answer(["protocols": .list(["nfs", "nfs-mount"])])
    #expect(shares.map(\.subject) == ["/m"] && shares.map(\.verdict) == [.fail])
    #expect(shares.first?.evidence.first?.path == "/etc/fstab")
    #expect(try answer(["protocols": .list(["nfs-mount"]), "except": .list(["/m"])]).isEmpty)
    #expect(try answer(["protocols": .list(["ldap", "vnc"])]).isEmpty)
  }

  @Test func whatCannotBeReadIsUndecidedOnce() throws {
    let guest = bootable()
    guest.addStarted("nfs-server.service", "[Service]\n")
    guest.filesystem.addFile("/etc/exports", .tooLarge(size: 1 << 40))
    let outcomes = try answers(CleartextKind.self, ["protocols": .list(["nfs", "smb"])], guest)
    #expect(outcomes.count == 1)
    #expect(try answers(CleartextKind.self, ["protocols": .list(["vnc"])], guest).isEmpty)
  }

  @Test(
    arguments: [[:], ["protocols": .list([])], ["protocols": .list(["gopher"])]] as [[String: ParameterValue]]
  )
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try CleartextKind(Parameters(parameters)) }
  }
}
