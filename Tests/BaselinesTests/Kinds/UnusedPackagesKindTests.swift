import Baselines
import TestSupport
import Testing

@Suite struct UnusedPackagesKindTests {
  private let guest = GuestFixture([
    "/var/lib/dpkg/status": """
    Package: wanted
    Status: install ok installed
    Version: 1
    Architecture: amd64

    Package: left
    Status: install ok installed
    Version: 2
    Architecture: amd64
    Installed-Size: 2000

    Package: more
    Status: install ok installed
    Version: 3
    Architecture: all
    Installed-Size: 1000

    """,
    "/var/lib/apt/extended_states": """
    Package: left
    Architecture: amd64
    Auto-Installed: 1

    Package: more
    Architecture: amd64
    Auto-Installed: 1

    """,
  ])

  @Test func namesEachWithItsSize() throws {
    let outcomes = try answers(UnusedPackagesKind.self, [:], guest)
    #expect(outcomes.map(\.subject) == ["left", "more"])
    #expect(outcomes.allSatisfy { $0.verdict == .fail })
    #expect(outcomes[0].actual == "2, 2 MB of 3 MB in 2 unused packages")
  }

  @Test func whatMayStay() throws {
    #expect(
      try answers(UnusedPackagesKind.self, ["allow": .list(["left", "m*"])], guest).map(\.verdict) == [.pass])
  }
}
