import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct SecretKindTests {
  private static let files = [
    "/root/.npmrc": "//r/:_authToken=k3Jd8fLq\n", "/etc/app/a.conf": "first=1\npassword = Winter-24-ski\n",
    "/etc/app/b.conf": "password = Winter-24-ski\nother_password = Winter-25-ski\n",
  ]

  private func outcomes(
    _ parameters: [String: ParameterValue], _ files: [String: String] = files, gap: String? = nil
  ) throws -> [Outcome] {
    let guest = MemoryFilesystem()
    for (path, text) in files { guest.addFile(path, text) }
    if let gap { guest.addGap(gap, reason: "damaged") }
    let kind = try SecretKind(Parameters(parameters))
    return try kind.evaluate(GuestFacts(try Collector(plan: kind.plan).collect(guest), asOf: 0))
  }

  @Test func eachFileIsOneFindingWithItsLines() throws {
    let found = try outcomes(["kinds": .list(["password"])])
    #expect(found.map(\.subject) == ["/etc/app/a.conf", "/etc/app/b.conf"])
    #expect(found.allSatisfy { $0.verdict == .fail })
    #expect(found.map { $0.evidence.map(\.line) } == [[2], [1, 2]])
    #expect(found[0].actual == "password 'password', readable by everybody")
    #expect(!found.contains { "\($0)".contains("Winter") })
  }

  @Test func selection() throws {
    #expect(try outcomes([:]).map(\.subject) == ["/etc/app/a.conf", "/etc/app/b.conf", "/root/.npmrc"])
    #expect(try outcomes(["kinds": .list(["registry-credentials"])]).map(\.subject) == ["/root/.npmrc"])
    #expect(try outcomes(["exclude": .list(["/etc/app"])]).map(\.subject) == ["/root/.npmrc"])
    #expect(try outcomes(["kinds": .list(["private-key"])]).map(\.verdict) == [.pass])
    #expect(try outcomes([:], ["/etc/a.conf": "password = changeme\n"]).map(\.verdict) == [.pass])
  }

  @Test func keysOfPackagesAndOfTests() throws {
    let key = """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIDIGrUzckGtHKq8rC2hOrLUBQkcXMtNAajRVk9oPOH7FoAoGCCqGSM49
      AwEHoUQDQgAEKMB0kF7jqTnGxPeb1lrNP4oYVcGm5KDq9eCSNHKSx4B8TdHyNfUj
      DjRz4bpKi2OMt9AFR9X8gxS6GyBn6AlAUw==
      -----END EC PRIVATE KEY-----

      """
    let files = [
      "/etc/ssl/private/ssl-cert-snakeoil.key": key, "/usr/lib/a/x.key": key, "/usr/local/etc/y.key": key,
      "/usr/lib/a/tests/z.key": key, "/var/lib/dpkg/info/a.list": "/usr/lib/a/x.key\n",
    ]
    let keys: ParameterValue = .list(["private-key"])
    #expect(try outcomes(["kinds": keys], files).map(\.subject) == ["/usr/local/etc/y.key"])
    let tests = try outcomes(["kinds": keys, "test_keys": .text("only")], files)
    #expect(tests.map(\.subject) == ["/etc/ssl/private/ssl-cert-snakeoil.key", "/usr/lib/a/x.key"])
    #expect(tests.last?.actual.contains("the package a brought it") == true)
    #expect(try outcomes(["kinds": keys, "test_keys": .text("counted")], files).count == 3)
    #expect(
      try outcomes(["kinds": keys, "matches_certificate": .boolean(true)], files).map(\.verdict) == [.pass])
  }

  @Test func whatCouldNotBeSearchedIsUndecided() throws {
    let found = try outcomes([:], ["/etc/a": ""], gap: "/srv")
    #expect(found.map(\.verdict) == [.undecided(reason: "/srv: damaged")])
    let kind = try SecretKind(Parameters([:]))
    #expect(throws: EvidenceGap.self) { try kind.evaluate(try GuestFixture().facts()) }
  }

  @Test func unknownKindsAreRefused() {
    #expect(throws: ParameterError.self) { try SecretKind(Parameters(["kinds": .list(["keys"])])) }
    #expect(throws: ParameterError.self) { try SecretKind(Parameters(["kinds": .list([])])) }
  }
}
