import Foundation
import TestSupport
import Testing

/// `brinell diff` on small trees: what was planted is found in its topic, and nowhere else.
struct DiffCommandTests {
  private static let guest: [String: String] = [
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/bash\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\nbob:!:19000:0:99999:7:::\n",
    "etc/group": "root:x:0:\nbob:x:1000:\nsudo:x:27:\n",
    "etc/gshadow": "root:*::\nbob:!::\nsudo:*::\n",
    "etc/sudoers": "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n",
    "etc/login.defs": "UMASK 022\n",
    "etc/apt/sources.list": "deb http://deb.debian.org/debian bookworm main\n",
    "opt/tool": "one",
    "var/log/syslog": "started",
  ]

  private struct Changes: Decodable {
    struct Pair: Decodable { var sections: [Section] }
    struct Section: Decodable {
      var name: String
      var topics: [Topic]
    }
    struct Topic: Decodable {
      var name: String
      var changes: [Change]
      var churn: [Churn]
    }
    struct Change: Decodable {
      var kind: String
      var subject: String
    }
    struct Churn: Decodable { var reason: String }
    var pairs: [Pair]

    /// `topic kind subject` of every change.
    var all: [String] {
      pairs.flatMap(\.sections).flatMap(\.topics).flatMap { topic in
        topic.changes.map { "\(topic.name) \($0.kind) \($0.subject)" }
      }
    }
  }

  /// The changes between the guest and one with other files; a text of nil takes a file away.
  private func changes(
    _ files: [String: String?], reversed: Bool = false
  ) throws -> (changes: Changes, text: String) {
    let workplace = try Workplace(guest: Self.guest)
    for (path, text) in Workplace.guest.merging(Self.guest, uniquingKeysWith: { _, new in new }) {
      try workplace.write("next/" + path, text)
    }
    for (path, text) in files {
      if let text {
        try workplace.write("next/" + path, text)
      } else {
        try FileManager.default.removeItem(atPath: workplace.folder + "/next/" + path)
      }
    }
    let sides = reversed ? ["next", "web"] : ["web", "next"]
    let run = try workplace.run(
      "diff", sides[0], sides[1], "--baseline", "test", "--format", "json", "--fail-on", "none")
    #expect(run.status == 0, "\(run.error)")
    return (try JSONDecoder().decode(Changes.self, from: Data(run.output.utf8)), run.output)
  }

  @Test func theSameGuestHasNotChanged() throws {
    #expect(try changes([:]).changes.all == [])
  }

  @Test(arguments: [
    (
      ["etc/passwd": guest["etc/passwd", default: ""] + "eve:x:0:0::/root:/bin/sh\n"],
      ["accounts added eve", "files changed /etc"]
    ),
    (
      ["etc/group": "root:x:0:\nbob:x:1000:\nsudo:x:27:bob\n"], ["groups changed sudo", "files changed /etc"]
    ),
    (
      ["etc/sudoers": guest["etc/sudoers", default: ""] + "bob ALL=(ALL) NOPASSWD: ALL\n"],
      ["sudoers added bob ALL=(ALL) ALL", "files changed /etc"]
    ),
    (
      ["etc/login.defs": "# another order and a comment\nUMASK   022\n"], ["files changed /etc"]
    ),
    (["etc/login.defs": "UMASK 077\n"], ["login-defs changed UMASK", "files changed /etc"]),
    (
      ["etc/apt/sources.list": "deb http://example.org/debian bookworm main\n"],
      [
        "repositories added apt http://example.org/debian bookworm",
        "repositories removed apt http://deb.debian.org/debian bookworm", "files changed /etc",
      ]
    ),
    (["opt/tool": nil, "opt/tool2": "one"], ["files changed /opt"]),
    (["var/log/syslog": "another line"], []),
  ])
  func aPlantedChangeIsFoundInItsTopicAlone(files: [String: String?], expected: [String]) throws {
    let (found, text) = try changes(files)
    #expect(found.all.sorted() == expected.sorted())
    #expect(try JSONSchema.problem(of: text, schema: "diff.schema.json") == nil)
    let mirror = ["added": "removed", "removed": "added"]
    let mirrored = expected.map { line in
      line.split(separator: " ").map { mirror[String($0)] ?? String($0) }.joined(separator: " ")
    }
    #expect(try changes(files, reversed: true).changes.all.sorted() == mirrored.sorted())
  }

  @Test func expectedChangesAreFoldedAndSaid() throws {
    let churn = try changes(["var/log/syslog": "another line"]).changes.pairs.flatMap(\.sections)
      .flatMap(\.topics).flatMap(\.churn).map(\.reason)
    #expect(churn == ["logs and journals"])
  }

  @Test func aSectionCanBeGated() throws {
    let workplace = try Workplace(guest: Self.guest)
    for (path, text) in Workplace.guest.merging(Self.guest, uniquingKeysWith: { _, new in new }) {
      try workplace.write("next/" + path, text)
    }
    try workplace.write("next/etc/group", "root:x:0:\nbob:x:1000:\nsudo:x:27:bob\n")
    for (name, status) in [("groups", 1), ("privilege", 1), ("packages", 0)] as [(String, Int32)] {
      let run = try workplace.run(
        "diff", "web", "next", "--baseline", "test", "--fail-on", "none", "--fail-on-change", name)
      #expect(run.status == status, "\(name): \(run.output)")
    }
    let wrong = try workplace.run("diff", "web", "next", "--fail-on-change", "colour")
    #expect(wrong.status == 64 && wrong.error.contains("'--fail-on-change colour' is not a section"))
    let misspelt = try workplace.run("diff", "web", "next", "--fail-on-change", "privilige")
    #expect(
      misspelt.status == 64 && misspelt.error.contains("did you mean 'privilege'?"), "\(misspelt.error)")
  }

  @Test func whatCannotBeComparedIsExitStatusTwo() throws {
    let workplace = try Workplace(guest: Self.guest)
    try workplace.write("other/etc/os-release", "ID=alpine\nVERSION_ID=3.19\nPRETTY_NAME=Alpine\n")
    try workplace.write("other/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    let different = try workplace.run("diff", "web", "other", "--baseline", "test")
    #expect(different.status == 2 && different.output.contains("different systems"), "\(different.output)")
    try workplace.write("cut.json", #"{"schema": "brinell.report/1", "tool""#)
    let cut = try workplace.run("diff", "cut.json", "web", "--baseline", "test")
    #expect(cut.status == 2 && cut.errorLines.count == 1, "\(cut.error)")
    try workplace.write("old.json", #"{"schema": "brinell.report/0"}"#)
    let version = try workplace.run("diff", "old.json", "web", "--baseline", "test")
    #expect(version.status == 2 && version.error.contains("brinell.report/0"), "\(version.error)")
  }

  @Test func twoSavedReportsCompareWhatTheyHold() throws {
    let workplace = try Workplace(guest: Self.guest)
    for name in ["one", "two"] {
      _ = try workplace.run(
        "scan", "web", "--baseline", "test", "--format", "json", "--output", "\(name).json")
    }
    let run = try workplace.run("diff", "one.json", "two.json", "--baseline", "test")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.filter { $0.contains("not compared") }.count == 1)
    let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.components(separatedBy: "a saved report does not hold it").count == 2, "\(run.output)")
    #expect(words.contains("no change in what was compared"))
    #expect(!words.contains("0 changes"))
  }

  @Test func checksOfOneSideAreSaidNotToBeCompared() throws {
    let workplace = try Workplace(guest: Self.guest)
    try workplace.write(
      "baselines/other.yaml",
      """
      id: other
      version: 1.0.0
      title: One check more
      extends: [test]
      checks:
        - {id: x.motd, title: A message, severity: low, file: {path: /etc/motd, exists: true}}

      """)
    for name in ["test", "other"] {
      _ = try workplace.run(
        "scan", "web", "--baseline", name, "--format", "json", "--output", "\(name).json")
    }
    let run = try workplace.run("diff", "test.json", "other.json")
    #expect(
      run.output.contains("not compared   verdicts: 1 check was asked of one side only"), "\(run.output)")
    #expect(!run.output.contains("x.motd"))
  }

  @Test func everyFileIsListedOnRequest() throws {
    let workplace = try Workplace(guest: Self.guest)
    for (path, text) in Workplace.guest.merging(Self.guest, uniquingKeysWith: { _, new in new })
    where path != "opt/tool" {
      try workplace.write("next/" + path, text)
    }
    try workplace.write("next/opt/moved", "one")
    let usual = try workplace.run("diff", "web", "next", "--baseline", "test")
    #expect(!usual.output.contains("> /opt/moved") && usual.output.contains("1 moved: tool -> moved"))
    let list = try workplace.run("diff", "web", "next", "--baseline", "test", "--files")
    #expect(list.output.contains("> /opt/moved") && list.output.contains("was /opt/tool"), "\(list.output)")
  }

  @Test func bundlesHoldWhatIsComparedUnlessItWasLeftOut() throws {
    let workplace = try Workplace(guest: Self.guest)
    for (name, options) in [("full", []), ("small", ["--no-diff"])] {
      let run = try BuiltBinary.run(
        ["collect", "web", "--baseline", "test", "--output", "\(name).brinell"] + options,
        environment: ["BRINELL_BASELINES": workplace.folder + "/baselines"], directory: workplace.folder)
      #expect(run.status == 0, "\(run.error)")
    }
    let same = try workplace.run("diff", "web", "full.brinell", "--baseline", "test", "--format", "json")
    let tree = try workplace.run("diff", "web", "web", "--baseline", "test", "--format", "json")
    #expect(same.status == 0)
    let decode = { (run: BuiltBinary.Run) in
      try JSONDecoder().decode(Changes.self, from: Data(run.output.utf8)).all
    }
    #expect(try decode(same) == decode(tree))
    let small = try workplace.run("diff", "full.brinell", "small.brinell", "--baseline", "test")
    let words = small.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("not compared") && words.contains("files: the new side cannot tell"), "\(words)")
  }

  @Test func reportsThatCannotBeComparedAreExitStatusTwo() throws {
    let workplace = try Workplace(guest: Self.guest)
    _ = try workplace.run("scan", "web", "--baseline", "test", "--format", "json", "--output", "whole.json")
    let whole = try workplace.read("whole.json")
    try workplace.write("half.json", String(whole.prefix(whole.count / 2)))
    try workplace.write("later.json", whole.replacing("brinell.report/1", with: "brinell.report/2"))
    try workplace.write("other/etc/os-release", "ID=alpine\nPRETTY_NAME=Alpine\n")
    _ = try workplace.run("scan", "other", "--baseline", "test", "--format", "json", "--output", "other.json")
    for (old, new, words) in [
      ("half.json", "whole.json", "half.json"), ("whole.json", "half.json", "half.json"),
      ("whole.json", "later.json", "brinell.report/2"),
    ] {
      let run = try workplace.run("diff", old, new)
      #expect(run.status == 2 && run.errorLines.count == 1 && run.error.contains(words), "\(run.error)")
      #expect(run.output.isEmpty)
    }
    let different = try workplace.run("diff", "whole.json", "other.json")
    #expect(different.status == 2 && different.output.contains("different systems"), "\(different.output)")
  }
}
