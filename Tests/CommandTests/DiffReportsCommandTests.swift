import Foundation
import TestSupport
import Testing

/// `brinell diff` with saved reports: what they hold, what they do not, and what somebody has made of them.
struct DiffReportsCommandTests {
  /// A report of the guest, and one of it with other files.
  private func workplace(_ files: [String: String] = [:]) throws -> Workplace {
    let workplace = try Workplace()
    let save = { (name: String) in
      _ = try workplace.scan("web", "--format", "json", "--output", "\(name).json")
    }
    try save("old")
    for (path, text) in files { try workplace.write("web/" + path, text) }
    try save("new")
    return workplace
  }

  /// The plug-ins were missing before too: no auditd, no plug-ins.
  @Test func whatWasBlockedIsNewNeitherToAComparisonNorToTheRatchet() throws {
    let status = try #require(Workplace.guest["var/lib/dpkg/status"])
    let auditd = "\nPackage: auditd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
    let workplace = try workplace(["var/lib/dpkg/status": status + auditd])
    let compared = try workplace.run("diff", "old.json", "new.json", "--fail-on", "low")
    #expect(compared.status == 0, "\(compared.output)")
    #expect(compared.output.contains("~ low audit.tools"), "\(compared.output)")
    #expect(!compared.output.contains("! new"))
    let scanned = try workplace.scan("web", "--since", "old.json", "--fail-on", "low", "--min-coverage", "0")
    #expect(scanned.status == 0 && scanned.output.contains("0 new"), "\(scanned.output)")
  }

  @Test func aGateOnWhatReportsDoNotHoldHasNoAnswer() throws {
    let workplace = try workplace()
    for name in ["setuid", "privilege"] {
      let run = try workplace.run("diff", "old.json", "new.json", "--fail-on-change", name)
      #expect(run.status == 2, "\(run.output)")
      #expect(run.output.contains("INCOMPLETE  \(name), on which to fail, was not fully compared"))
    }
    #expect(try workplace.run("diff", "old.json", "new.json", "--fail-on-change", "findings").status == 0)
  }

  /// Half a pair of UTF-16 is no text: it is refused, or stands as the sign for damaged text.
  @Test(arguments: [#"\ud800"#, #"\udc00x"#, #"\u001b[2J\u202e"#, #"<b>`|@all"#])
  func textsOfASavedReportAreInert(text: String) throws {
    let workplace = try workplace(["etc/hostname": "other\n"])
    let saved = try workplace.read("new.json")
    try workplace.write("new.json", saved.replacing("Debian GNU/Linux 12 (bookworm)", with: text))
    for format in ["text", "json", "markdown", "html", "sarif"] {
      let run = try workplace.run("diff", "old.json", "new.json", "--format", format, "--fail-on", "none")
      let isRefused = run.status == 2 && run.errorLines.count == 1 && run.output.isEmpty
      #expect(run.status == 0 || isRefused, "\(format): \(run.error)")
      for scalar in (run.output + run.error).unicodeScalars where HostileText.isDangerous(scalar) {
        #expect(scalar == "\n", "\(format)")
      }
    }
  }
}
