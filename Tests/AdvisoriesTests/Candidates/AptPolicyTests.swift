import Facts
import Testing

@testable import Advisories

/// What apt would choose; the numbers are those of apt_preferences(5).
@Suite struct AptPolicyTests {
  private static let native = "amd64"

  private static func file(
    _ archive: String, _ codename: String, label: String = "Debian", notAutomatic: Bool = false,
    but: Bool = false
  ) -> AptPolicy.File {
    var origin = AptOrigin()
    origin.site = "deb.debian.org"
    origin.component = "main"
    origin.architecture = "amd64"
    origin.archive = archive
    origin.codename = codename
    origin.version = "12.11"
    origin.origin = "Debian"
    origin.label = label
    return AptPolicy.File(origin: origin, isNotAutomatic: notAutomatic, isButAutomaticUpgrades: but)
  }

  /// 0 what is installed, 1 main, 2 security, 3 backports, 4 experimental.
  private static let files = [
    AptPolicy.File(origin: .installed), file("oldstable", "bookworm"),
    file("oldstable-security", "bookworm-security", label: "Debian-Security"),
    file("oldstable-backports", "bookworm-backports", notAutomatic: true, but: true),
    file("experimental", "rc-buggy", notAutomatic: true),
  ]

  private func candidate(
    _ pins: String, installed: String? = "1", installedFrom: [Int] = [0, 1], _ offers: [String: [Int]],
    name: String = "curl", architecture: String = "amd64", release: String? = nil
  ) throws -> String? {
    let model: AptPreferences = try TestPreferences.read(pins)
    let policy = try AptPolicy(files: Self.files, pins: model.pins, defaultRelease: release)
    var versions = offers.map { AptPolicy.Version(text: $0.key, source: "curl-src", files: $0.value) }
    if let installed {
      versions.append(.init(text: installed, source: "curl-src", files: installedFrom, isInstalled: true))
    }
    return policy.candidate(of: name, architecture: architecture, native: Self.native, among: versions)?.text
  }

  @Test(arguments: [
    (["2": [1]], "2"), (["2": [1], "3": [2]], "3"), (["0.9": [1]], "1"), (["2~rc": [1]], "2~rc"),
    // Backports have 100, as what is installed has where no index has it; what is at 500 stays.
    (["2": [3]], "1"), (["2": [4]], "1"), (["2": [3], "1.5": [1]], "1.5"),
  ])
  func withoutPins(_ offers: [String: [Int]], _ expected: String) throws {
    #expect(try candidate("", offers) == expected)
  }

  /// A version that came from backports follows backports, one from experimental does not follow experimental.
  @Test func whatIsInstalledFromElsewhere() throws {
    #expect(try candidate("", installed: "2", installedFrom: [0, 3], ["3": [3], "1": [1]]) == "3")
    #expect(try candidate("", installed: "2", installedFrom: [0], ["3": [3], "1": [1]]) == "3")
    #expect(try candidate("", installed: "2", installedFrom: [0, 4], ["3": [4], "1": [1]]) == "2")
  }

  private static let offers: [String: [Int]] = ["2": [1], "3": [2], "4": [3], "5": [4]]

  @Test(arguments: [
    ("Package: *\nPin: release a=oldstable-security\nPin-Priority: -1\n", "2"),
    ("Package: *\nPin: release n=bookworm-backports\nPin-Priority: 500\n", "4"),
    ("Package: *\nPin: release n=bookworm-backports\nPin-Priority: 990\n", "4"),
    ("Package: *\nPin: release *-backports\nPin-Priority: 990\n", "4"),
    ("Package: *\nPin: release a=/^OLD.*s$/\nPin-Priority: 990\n", "4"),
    ("Package: *\nPin: release o=Debian\nPin-Priority: 600\n", "5"),
    ("Package: *\nPin: release o=Debian, l=Debian-Security\nPin-Priority: 400\n", "2"),
    ("Package: *\nPin: release v=12*\nPin-Priority: 600\n", "5"),
    ("Package: *\nPin: release v=13*\nPin-Priority: 600\n", "3"),
    ("Package: *\nPin: release c=contrib\nPin-Priority: 600\n", "3"),
    ("Package: *\nPin: release b=amd64,a=experimental\nPin-Priority: 600\n", "5"),
    ("Package: *\nPin: origin \"deb.debian.org\"\nPin-Priority: -5\n", "1"),
    ("Package: *\nPin: origin *.debian.org\nPin-Priority: 50\n", "1"),
    ("Package: *\nPin: origin \"\"\nPin-Priority: -5\n", "3"),
    ("Package: *\nPin: release a=now\nPin-Priority: 900\n", "1"),
    ("Package: curl\nPin: version 4*\nPin-Priority: 501\n", "4"),
    ("Package: curl\nPin: version *\nPin-Priority: 501\n", "5"),
    ("Package: other\nPin: version 4\nPin-Priority: 501\n", "3"),
    ("Package: c*\nPin: version 4\nPin-Priority: 501\n", "4"),
    ("Package: /^CU/\nPin: version 4\nPin-Priority: 501\n", "4"),
    ("Package: src:curl-src\nPin: version 4\nPin-Priority: 501\n", "4"),
    ("Package: src:curl*\nPin: version 4\nPin-Priority: 501\n", "4"),
    ("Package: src:curl\nPin: version 4\nPin-Priority: 501\n", "3"),
    ("Package: curl:i386\nPin: version 4\nPin-Priority: 501\n", "3"),
    ("Package: curl:any\nPin: version 4\nPin-Priority: 501\n", "4"),
    ("Package: a curl b\nPin: version 4\nPin-Priority: 501\n", "4"),
    // A record for a package goes before one for all of them, and the first of two holds.
    ("Package: *\nPin: release *\nPin-Priority: 1\n\nPackage: curl\nPin: version 4\nPin-Priority: 2\n", "4"),
    (
      "Package: curl\nPin: version 4\nPin-Priority: -1\n\nPackage: curl\nPin: version 4\nPin-Priority: 999\n",
      "3"
    ),
    ("Package: *\nPin: release n=bookworm-backports\nPin-Priority: never\n", "3"),
    ("Package: curl\nPin: version 3\nPin-Priority: never\n", "3"),
    ("Package: *\nPin: version 4\nPin-Priority: 999\n", "3"), ("Package: curl\nPin-Priority: 999\n", "3"),
    ("Package: curl\nPin: version 4\nPin-Priority: 0\n", "3"),
    ("Package: curl\nPin: version 4\nPin-Priority: 99999\n", "3"),
    ("Package: curl\nPin: unknown 4\nPin-Priority: 999\n", "3"),
  ])
  func pins(_ pins: String, _ expected: String) throws {
    #expect(try candidate(pins, Self.offers) == expected)
  }

  /// From 1000 on versions go down, which is no update.
  @Test func aThousandGoesDown() throws {
    let pin = "Package: curl\nPin: version 0.5\nPin-Priority: "
    #expect(try candidate(pin + "999\n", ["0.5": [1], "2": [2]]) == "2")
    #expect(try candidate(pin + "1000\n", ["0.5": [1], "2": [2]]) == "0.5")
  }

  @Test(arguments: [
    ("bookworm-backports", "4"), ("oldstable", "2"), ("o=Debian", "5"), ("12*", "5"), ("sid", "3"),
    ("/^bookworm(|-security)$/", "3"),
  ])
  func defaultRelease(_ release: String, _ expected: String) throws {
    #expect(try candidate("", Self.offers, release: release) == expected)
  }

  @Test func aForeignArchitectureHasPinsOfItsOwn() throws {
    let pin = "Package: curl\nPin: version 4\nPin-Priority: 501\n"
    #expect(try candidate(pin, Self.offers, architecture: "i386") == "3")
  }

  @Test func aPatternThatIsNotUnderstoodIsAnError() {
    #expect(throws: AptPolicyError.self) {
      try candidate("Package: *\nPin: release a=/(?=x)/\nPin-Priority: 1\n", Self.offers)
    }
  }
}
