import TestSupport
import Testing

@testable import Baselines

@Suite struct BannerKindTests {
  private let release = "ID=debian\nNAME=\"Debian GNU/Linux\"\nVERSION_CODENAME=bookworm\n"

  private func verdicts(
    _ files: [String: String], _ parameters: [String: ParameterValue] = [:]
  ) throws -> [String] {
    let guest = GuestFixture(files.merging(["/etc/os-release": release]) { $1 })
    let parameters = parameters.merging(["path": .list(["/etc/issue"])]) { first, _ in first }
    return try answers(BannerKind.self, parameters, guest).map { "\($0.verdict) \($0.actual)" }
  }

  @Test(arguments: [
    ("Welcome to \\n on \\l\n", "pass tells nothing about the system"), ("Kernel \\r\n", "fail tells \\r"),
    ("\\S{PRETTY_NAME}\n", "fail tells \\S"), ("\\\\m\n", "pass tells nothing about the system"),
    ("Debian GNU/Linux 12\n", "fail tells debian"), ("debianish\n", "pass tells nothing about the system"),
    ("BOOKWORM\n", "fail tells bookworm"), ("", "pass empty"), (" \n\t\n", "pass empty"),
  ])
  func leaks(_ text: String, _ expected: String) throws {
    #expect(try verdicts(["/etc/issue": text]) == [expected])
  }

  @Test func missingFilesAndRequiredTexts() throws {
    #expect(try verdicts([:]) == ["pass no such file"])
    #expect(try verdicts([:], ["required": .boolean(true)]) == ["fail no such file"])
    let wanted: [String: ParameterValue] = ["text": .text("Authorized users only.")]
    #expect(
      try verdicts(["/etc/issue": "** Authorized\n  users only. **\n"], wanted).first?.hasPrefix("pass")
        == true)
    #expect(try verdicts(["/etc/issue": "Hello\n"], wanted) == ["fail does not say so"])
    #expect(try verdicts(["/etc/issue": ""], wanted) == ["fail empty"])
  }

  @Test func partsOfTheIssueCount() throws {
    #expect(try verdicts(["/etc/issue": "Hello\n", "/etc/issue.d/a.issue": "\\v\n"]) == ["fail tells \\v"])
    #expect(
      try verdicts(["/etc/issue": "Hello\n", "/etc/issue.d/a.txt": "\\v\n"]).first?.hasPrefix("pass") == true)
    #expect(try verdicts(["/usr/lib/issue": "\\S\n"]) == ["fail tells \\S"])
    #expect(
      try verdicts(["/etc/issue": "debian\n"], ["allow_system_names": .boolean(true)]).first?.hasPrefix(
        "pass") == true)
  }

  @Test func theFixQuotes() throws {
    let kind = try BannerKind(Parameters(["path": .list(["/etc/issue"]), "text": .text("It's mine")]))
    #expect(kind.fix?.shell == "printf '%s\\n' 'It'\\''s mine' > /etc/issue")
    #expect(throws: ParameterError.self) { try BannerKind(Parameters(["path": .list([])])) }
  }
}
