import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct ConfigKindTests {
  private let journald: [String: ParameterValue] = [
    "format": .text("systemd"), "file": .text("journald.conf"), "key": .text("Journal/Storage"),
    "equals": .text("persistent"), "default": .text("auto"), "default_source": .text("journald.conf(5)"),
    "valid": .list(["auto", "persistent", "volatile", "none"]),
  ]

  @Test(
    arguments: [
      ([:], "auto (compiled default)", false),
      (["/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\n"], "persistent", true),
      (["/etc/systemd/journald.conf": "[Journal]\n#Storage=persistent\n"], "auto (compiled default)", false),
      (["/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\nStorage=none\n"], "none", false),
      (
        ["/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\nStorage=nonsense\n"], "persistent",
        true
      ),
      (
        ["/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\nStorage=\n"],
        "auto (compiled default)", false
      ),
      (["/etc/systemd/journald.conf": "Storage=persistent\n"], "auto (compiled default)", false),
      (
        [
          "/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\n",
          "/usr/lib/systemd/journald.conf.d/a.conf": "[Journal]\nStorage=volatile\n",
        ], "volatile", false
      ),
      (
        [
          "/etc/systemd/journald.conf.d/a.conf": "[Journal]\nStorage=persistent\n",
          "/usr/lib/systemd/journald.conf.d/a.conf": "[Journal]\nStorage=volatile\n",
        ], "persistent", true
      ),
    ] as [([String: String], String, Bool)])
  func whatJournaldWouldDo(_ files: [String: String], _ actual: String, _ passes: Bool) throws {
    let outcomes = try answers(ConfigKind.self, journald, GuestFixture(files))
    #expect(outcomes.map(\.subject) == ["/etc/systemd/journald.conf: Journal/Storage"])
    #expect(outcomes.map(\.actual) == [actual] && outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test func whatIsShadowedIsShown() throws {
    let outcome = try #require(
      try answers(
        ConfigKind.self, journald,
        GuestFixture([
          "/etc/systemd/journald.conf": "[Journal]\nStorage=none\n",
          "/etc/systemd/journald.conf.d/x.conf": "# x\n[Journal]\nStorage=persistent\n",
        ])
      ).first)
    #expect(
      outcome.evidence.map(\.path) == ["/etc/systemd/journald.conf.d/x.conf", "/etc/systemd/journald.conf"])
    #expect(outcome.evidence.map(\.line) == [3, 2])
    #expect(outcome.evidence.map(\.origin) == ["drop-in", "explicit, shadowed"])
  }

  @Test func systemdsOwnCommentsShowItsDefaults() throws {
    let asked: [String: ParameterValue] = [
      "format": .text("systemd"), "file": .text("journald.conf"), "section": .text("Journal"),
      "key": .text("ForwardToSyslog"), "as": .text("boolean"), "equals": .text("yes"),
    ]
    let guest = GuestFixture([
      "/etc/systemd/journald.conf": "[Journal]\n#ForwardToSyslog=yes\n# Prose = more\n"
    ])
    #expect(try answers(ConfigKind.self, asked, guest).map(\.verdict) == [.pass])
    #expect(try answers(ConfigKind.self, asked, GuestFixture()).map(\.verdict) == [.fail])
  }

  @Test(arguments: [
    ("first", "1", true), ("last", "2", true), ("first", "2", false), ("all", "1", false),
  ]) func whichOfSeveralCounts(_ merge: String, _ value: String, _ passes: Bool) throws {
    let outcomes = try answers(
      ConfigKind.self,
      [
        "format": .text("keyvalue"), "path": .list(["/etc/a", "/etc/b"]), "key": .text("k"),
        "merge": .text(merge),
        "equals": .text(value),
      ], GuestFixture(["/etc/a": "k=1\n", "/etc/b": "k=2\n"]))
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test(
    arguments: [
      ("boolean", "True", ["equals": .text("yes")], true), ("boolean", "0", ["equals": .text("yes")], false),
      ("seconds", "5min", ["at_most": .integer(300)], true),
      ("seconds", "1h", ["at_most": .integer(300)], false),
      ("bytes", "2K", ["at_least": .integer(2048)], true),
      ("text", "a, b", ["subset_of": .list(["a", "b"])], true),
      ("text", "a, c", ["subset_of": .list(["a", "b"])], false),
      ("text", "b,a", ["contains": .list(["a"])], true),
      ("boolean", "maybe", ["equals": .text("yes")], false), ("text", "YES", ["equals": .text("yes")], false),
    ] as [(String, String, [String: ParameterValue], Bool)])
  func howAValueIsRead(
    _ form: String, _ value: String, _ comparison: [String: ParameterValue], _ passes: Bool
  ) throws {
    var asked: [String: ParameterValue] = [
      "format": .text("ini"), "path": .list(["/etc/x.ini"]), "key": .text("s/k"), "as": .text(form),
    ]
    if comparison["equals"] == nil, form == "text" { asked["split"] = .text(", ") }
    let outcomes = try answers(
      ConfigKind.self, asked.merging(comparison) { $1 }, GuestFixture(["/etc/x.ini": "[s]\nk = \(value)\n"]))
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test(arguments: [
    ("pass", Outcome.Verdict.pass), ("fail", .fail),
    ("undecided", .undecided(reason: "no file sets it and the default is not known")),
  ])
  func withoutAValue(_ answer: String, _ verdict: Outcome.Verdict) throws {
    let asked: [String: ParameterValue] = [
      "format": .text("json"), "path": .list(["/etc/x.json"]), "key": .text("a.b"), "equals": .text("1"),
      "if_absent": .text(answer),
    ]
    #expect(try answers(ConfigKind.self, asked, GuestFixture()).map(\.verdict) == [verdict])
    #expect(
      try answers(ConfigKind.self, asked, GuestFixture(["/etc/x.json": "{\"a\": {}}"])).map(\.verdict) == [
        verdict
      ])
  }

  @Test(arguments: [
    (true, "k=1", true), (true, "", false), (false, "k=1", false), (false, "", true),
  ]) func existence(_ exists: Bool, _ text: String, _ passes: Bool) throws {
    let asked: [String: ParameterValue] = [
      "format": .text("keyvalue"), "path": .list(["/etc/x"]), "key": .text("k"), "exists": .boolean(exists),
    ]
    #expect(
      try answers(ConfigKind.self, asked, GuestFixture(["/etc/x": text])).map(\.verdict) == [
        passes ? .pass : .fail
      ])
  }

  @Test func everySectionIsASubjectOfItsOwn() throws {
    let outcomes = try answers(
      ConfigKind.self,
      [
        "format": .text("ini"), "path": .list(["/etc/sssd/sssd.conf"]), "section": .text("domain/*"),
        "key": .text("tls"),
        "default": .text("hard"), "in": .list(["hard", "demand"]),
      ],
      GuestFixture(["/etc/sssd/sssd.conf": "[sssd]\ntls=never\n[domain/A]\ntls=never\n[domain/B]\nx=1\n"]))
    #expect(
      outcomes.map(\.subject) == ["/etc/sssd/sssd.conf: domain/A/tls", "/etc/sssd/sssd.conf: domain/B/tls"])
    #expect(outcomes.map(\.verdict) == [.fail, .pass])
  }

  @Test func aBrokenFileIsUndecided() {
    #expect(throws: EvidenceGap.self) {
      try answers(
        ConfigKind.self,
        ["format": .text("toml"), "path": .list(["/etc/x"]), "key": .text("a"), "equals": .text("1")],
        GuestFixture(["/etc/x": "a = ["]))
    }
  }

  @Test(
    arguments: [
      ["format": .text("ini"), "key": .text("k"), "equals": .text("1")],
      ["format": .text("ini"), "path": .list(["/x"]), "key": .text("k")],
      ["format": .text("ini"), "file": .text("a.conf"), "key": .text("k"), "equals": .text("1")],
      ["format": .text("systemd"), "file": .text("../x"), "key": .text("k"), "equals": .text("1")],
      ["format": .text("ini"), "path": .list(["x"]), "key": .text("k"), "equals": .text("1")],
      [
        "format": .text("ini"), "path": .list(["/x"]), "key": .text("k"), "exists": .boolean(false),
        "equals": .text("1"),
      ],
      [
        "format": .text("ini"), "path": .list(["/x"]), "key": .text("k"), "as": .text("boolean"),
        "default": .text("x"), "equals": .text("yes"),
      ],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try ConfigKind(Parameters(parameters)) }
  }

  @Test func fixes() throws {
    #expect(
      try ConfigKind(Parameters(journald)).fix?.shell
        == "mkdir -p /etc/systemd/journald.conf.d && printf '%s\\n' '[Journal]' Storage=persistent "
        + "> /etc/systemd/journald.conf.d/99-Storage.conf")
    let keyValue = try ConfigKind(
      Parameters([
        "format": .text("keyvalue"), "path": .list(["/etc/x"]), "key": .text("K"), "at_most": .integer(4),
      ]))
    #expect(
      keyValue.fix?.shell
        == "touch /etc/x && sed -i '/^[ \\t]*K[ \\t=:]/d' /etc/x && printf '%s\\n' K=4 >> /etc/x")
    let json = try ConfigKind(
      Parameters([
        "format": .text("json"), "path": .list(["/etc/x"]), "key": .text("K"), "equals": .text("4"),
      ]))
    #expect(json.fix == nil)
  }
}
