import Baselines
import TestSupport
import Testing

@Suite struct NameResolutionKindTests {
  private func failing(_ parameters: [String: ParameterValue] = [:]) throws -> [String] {
    let guest = GuestFixture([
      "/etc/resolv.conf": "nameserver 127.0.0.53\nnameserver 10.0.2.3\nsearch build.example\n",
      "/etc/hosts": "127.0.0.1 localhost\n10.0.0.9 build\n",
    ])
    return try answers(NameResolutionKind.self, parameters, guest).map(\.subject)
  }

  @Test func leftovers() throws {
    #expect(try failing() == ["nameserver 10.0.2.3", "search domain build.example", "host 10.0.0.9 build"])
    #expect(
      try failing([
        "nameservers": .list(["10.*"]), "searches": .list(["*.example"]), "hosts": .list(["10.0.0.9 *"]),
      ]) == [])
  }
}
