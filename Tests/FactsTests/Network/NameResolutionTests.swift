import Facts
import TestSupport
import Testing

@Suite struct NameResolutionTests {
  @Test func plainFiles() throws {
    let model = try GuestFixture([
      "/etc/resolv.conf":
        "# x\n; y\ndomain old\nsearch a b\nnameserver 10.0.2.3\nnameserver\noptions edns0\n",
      "/etc/hosts":
        "127.0.0.1 localhost\n127.0.1.1 me\n::1 ip6-localhost\nff02::1 ip6-allnodes\n10.0.0.9 build mirror # x\n# 10.0.0.8 no\n10.0.0.7\n",
    ]).model(NameResolution.self)
    #expect(model.nameservers.map(\.value) == ["10.0.2.3"] && model.searches.map(\.value) == ["a", "b"])
    #expect(
      model.foreignHosts.map(\.value) == ["10.0.0.9 build mirror"] && model.foreignHosts[0].origin.line == 5)
  }

  @Test(arguments: ["../run/systemd/resolve/stub-resolv.conf", "/run/resolvconf/resolv.conf"])
  func aLinkIntoRunIsWrittenAtBoot(_ target: String) throws {
    let guest = GuestFixture(["/run/systemd/resolve/stub-resolv.conf": "nameserver 10.0.0.1\n"])
    guest.filesystem.addLink("/etc/resolv.conf", to: target)
    let model = try guest.model(NameResolution.self)
    #expect(model.isWrittenAtBoot && model.nameservers.isEmpty)
  }

  @Test func withoutFiles() throws {
    let model = try GuestFixture().model(NameResolution.self)
    #expect(!model.isWrittenAtBoot && model.nameservers.isEmpty && model.foreignHosts.isEmpty)
  }
}
