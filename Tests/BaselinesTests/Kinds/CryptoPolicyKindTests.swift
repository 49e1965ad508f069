import Baselines
import TestSupport
import Testing

@Suite struct CryptoPolicyKindTests {
  @Test(arguments: [
    ("DEFAULT\n", true), ("LEGACY\n", false), ("DEFAULT:SHA1\n", false), ("FUTURE\n", true),
    ("default:no-sha1\n", true),
  ])
  func forbidden(_ text: String, _ holds: Bool) throws {
    let guest = GuestFixture(["/etc/crypto-policies/config": text])
    let parameters: [String: ParameterValue] = ["forbidden": .list(["LEGACY", "SHA1"])]
    #expect(try answers(CryptoPolicyKind.self, parameters, guest).map(\.verdict) == [holds ? .pass : .fail])
    #expect(try answers(CryptoPolicyKind.self, parameters, GuestFixture()).isEmpty)
  }

  @Test func allowed() throws {
    let guest = GuestFixture(["/etc/crypto-policies/config": "DEFAULT\n"])
    #expect(try answers(CryptoPolicyKind.self, ["allowed": .list(["FIPS"])], guest).map(\.verdict) == [.fail])
    #expect(
      try CryptoPolicyKind(Parameters(["allowed": .list(["FIPS"])])).fix?.shell
        == "update-crypto-policies --set FIPS")
    #expect(throws: ParameterError.self) { try CryptoPolicyKind(Parameters([:])) }
  }
}
