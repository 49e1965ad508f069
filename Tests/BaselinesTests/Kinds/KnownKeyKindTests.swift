import Baselines
import TestSupport
import Testing

@Suite struct KnownKeyKindTests {
  /// The public key that Vagrant publishes for boxes (keys/vagrant.pub).
  static let vagrant = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y"

  private func ask(_ line: String, _ path: String = "/home/v/.ssh/authorized_keys") throws -> [Outcome] {
    try answers(KnownKeyKind.self, [:], GuestFixture([path: line + "\n"]))
  }

  @Test(arguments: [
    vagrant, vagrant + " vagrant insecure public key", "from=\"10.0.0.1\",no-pty " + vagrant + " x",
    "  " + vagrant,
  ]) func vagrantsKey(_ line: String) throws {
    let outcomes = try ask("# keys\n" + line)
    #expect(outcomes.map(\.subject) == ["/home/v/.ssh/authorized_keys"])
    #expect(outcomes.map(\.actual) == ["Vagrant's insecure key (Ed25519)"])
    #expect(outcomes.first?.evidence.first?.line == 2)
  }

  @Test(arguments: [
    "", "# " + vagrant, String(vagrant.dropLast()),
    vagrant.replacing("OnX5Y", with: "On5Z").replacing("On5Y", with: "On5Z"),
    "ssh-ed25519 AAAA####", "AAAA", "ssh-rsa",
  ]) func others(_ line: String) throws {
    #expect(try ask(line).map(\.verdict) == [.pass])
  }

  @Test func root() throws {
    #expect(try ask(Self.vagrant, "/root/.ssh/authorized_keys2").map(\.verdict) == [.fail])
  }
}
