import Facts
import TestSupport
import Testing

@Suite struct LoginDefinitionsTests {
  private func definitions(_ text: String) throws -> LoginDefinitions {
    try GuestFixture(["/etc/login.defs": text]).model()
  }

  static let toolLines: [(String, String?)] = [
    ("PASS_MAX_DAYS 90", "90"), ("  PASS_MAX_DAYS\t\t90  ", "90"), ("#PASS_MAX_DAYS 90", "-1"),
    ("PASS_MAX_DAYS", "-1"),
    ("PASS_MAX_DAYS \"90\"", "90"), ("pass_max_days 90", "-1"),
    ("PASS_MAX_DAYS 90\nPASS_MAX_DAYS 99999", "99999"),
    ("PASS_MAX_DAYS=90", "-1"), ("PASS_MAX_DAYS 90 # days", "90 # days"), ("", "-1"),
  ]

  @Test(arguments: toolLines) func theToolsReadingOfALine(_ text: String, _ expected: String?) throws {
    #expect(try definitions(text).value("PASS_MAX_DAYS")?.value == expected)
  }

  @Test func modulesReadDifferently() throws {
    let model = try definitions("umask = 027 # x\nUMASK 077\n")
    #expect(model.moduleValue("UMASK")?.value.hasPrefix("027") == true)
    #expect(model.value("UMASK")?.value == "077")
    #expect(try definitions("").moduleValue("UMASK") == nil)
  }

  @Test func everyValueKnowsItsPlaceAndWhatItShadows() throws {
    let value = try #require(try definitions("UMASK 022\nUMASK 027\n").value("UMASK"))
    #expect(value.origin == Origin(path: "/etc/login.defs", line: 2, kind: .explicit, text: "UMASK 027"))
    #expect(value.shadowed.map(\.value) == ["022"])
    let missing = try #require(try GuestFixture().model(LoginDefinitions.self).value("UMASK"))
    #expect(missing.value == "022" && missing.origin.kind == .compiledDefault)
    #expect(try GuestFixture().model(LoginDefinitions.self).value("NONSENSE") == nil)
  }

  @Test(
    arguments: [
      ("022", 18), ("0x10", 16), ("10", 10), ("-1", -1), ("", nil), ("1x", nil), ("08", nil), ("+5", 5),
      ("--5", nil),
    ] as [(String, Int?)]) func numbers(_ text: String, _ expected: Int?)
  {
    #expect(LoginDefinitions.number(text) == expected)
  }

  @Test func useraddHasDefaultsOfItsOwn() throws {
    let model = try GuestFixture(["/etc/default/useradd": "# INACTIVE=5\nINACTIVE=30\nSHELL=/bin/sh\n"])
      .model(
        LoginDefinitions.self)
    #expect(model.useraddValue("INACTIVE")?.value == "30")
    #expect(try GuestFixture().model(LoginDefinitions.self).useraddValue("INACTIVE")?.value == "-1")
  }
}
