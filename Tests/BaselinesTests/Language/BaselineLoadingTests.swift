import Testing

@testable import Baselines

struct BaselineLoadingTests {
  private static let files = [
    "base.yaml": baseline("base"),
    "server.yaml": baseline("server", "extends: [base]"),
    "strict.yaml": baseline("strict", "extends: [server]"),
    "checks/a.yaml": library(
      """
      values:
        tries: {type: integer, default: 4, min: 1, max: 6, title: Most tries}
        suites: {type: list, default: [a, b]}
      set:
        strict: {tries: 2}
      checks:
        - id: ssh.tries
          title: At most ${tries} tries
          severity: low
          baselines: [server]
          echo: {verdict: pass, at_most: "${tries}", in: [x, "${suites}", y]}
        - {id: ssh.mode, title: Mode, severity: high, baselines: [base, strict], echo: {mode: 0640}}
        - {id: ssh.extra, title: Extra, severity: high, baselines: [strict], requires: ssh.root, echo: {}}
        - {id: ssh.root, title: Root, severity: high, echo: {}}
      """),
  ]

  private func ids(_ baseline: LoadedBaseline) -> [String] { baseline.checks.map(\.id) }

  private func parameters(_ baseline: LoadedBaseline, _ id: String) -> Parameters? {
    guard case .kind(_, let parameters) = baseline.checks.first(where: { $0.id == id })?.question else {
      return nil
    }
    return parameters
  }

  @Test func membersComeFromTheLibraryAndFromParents() throws {
    let fixture = try BaselineFixture(Self.files)
    #expect(try ids(fixture.load("base")) == ["ssh.mode"])
    #expect(try ids(fixture.load("server")) == ["ssh.mode", "ssh.tries"])
    // What a check requires belongs to the baseline too, before it.
    #expect(try ids(fixture.load("strict")) == ["ssh.mode", "ssh.tries", "ssh.root", "ssh.extra"])
  }

  @Test func valuesKeepTheirTypesAndOrigins() throws {
    let fixture = try BaselineFixture(Self.files)
    let server = try fixture.load("server")
    #expect(server.checks[1].title == "At most 4 tries")
    #expect(parameters(server, "ssh.tries")?.integer("at_most") == 4)
    #expect(parameters(server, "ssh.tries")?.list("in") == ["x", "a", "b", "y"])
    #expect(parameters(server, "ssh.mode")?.mode("mode") == 0o640)
    #expect(server.values.map(\.setBy) == ["default", "default"])
    let strict = try fixture.load("strict")
    #expect(parameters(strict, "ssh.tries")?.integer("at_most") == 2)
    let tries = strict.checks[1].values.last
    #expect(tries?.name == "tries" && tries?.setBy == "strict" && tries?.place?.line == 6)
    let set = try fixture.load("strict", settings: ["tries": "5", "suites": "p,q"])
    #expect(set.checks[1].title == "At most 5 tries")
    #expect(parameters(set, "ssh.tries")?.list("in") == ["x", "p", "q", "y"])
    #expect(set.values.map(\.setBy) == ["--set", "--set"])
  }

  @Test func aUsersBaselineIsOneFileAnywhere() throws {
    let shipped = try BaselineFixture(Self.files)
    let own = try BaselineFixture([
      "mine.yaml": baseline(
        "mine",
        """
        extends: [server]
        values: {greeting: {type: text, default: hello}}
        set: {tries: 6}
        disable: [{check: "ssh.mo*", reason: Not here}]
        severities: {ssh.tries: critical}
        select: [ssh.ex*]
        checks:
          - {id: my.own, title: Own, severity: info, echo: {text: "say ${greeting}"}}
          - {id: ssh.root, override: true, echo: {verdict: fail}}
        """)
    ])
    let loader = BaselineLoader(folders: BaselineFolders([shipped.folder]), kinds: testKinds)
    let mine = try loader.load(["\(own.folder)/mine.yaml"])[0]
    #expect(ids(mine) == ["ssh.tries", "ssh.root", "ssh.extra", "my.own"])
    #expect(mine.checks[0].severity == .critical)
    #expect(parameters(mine, "ssh.tries")?.integer("at_most") == 6)
    #expect(parameters(mine, "my.own")?.text("text") == "say hello")
    // An override keeps what it does not say.
    #expect(mine.checks[1].title == "Root" && mine.checks[1].severity == .high)
    #expect(parameters(mine, "ssh.root")?.text("verdict") == "fail")
    #expect(mine.disabled == [.init(check: "ssh.mode", reason: "Not here", by: "mine")])
  }

  @Test(arguments: [
    ("{id: ssh.mode, title: x, severity: low, echo: {}}", "'override: true' redefines it"),
    ("{id: ssh.root, title: x, severity: low, echo: {}}", "'override: true' redefines it"),
    (
      "{id: ssh.moed, override: true, echo: {}}",
      "there is no check 'ssh.moed' to override; did you mean 'ssh.mode'?"
    ),
  ])
  func redefinitionNeedsOverride(check: String, message: String) throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write("mine.yaml", baseline("mine", "extends: [base]\nchecks:\n  - \(check)\n"))
    let problems = fixture.problems(loading: "mine")
    #expect(problems.count == 1)
    #expect(problems[0].hasPrefix("mine.yaml:6:10: ") && problems[0].hasSuffix(message))
  }

  @Test func whatIsDisabledIsNotRequired() throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write(
      "mine.yaml",
      baseline("mine", "extends: [strict]\ndisable: [{check: ssh.root, reason: No root here}]\n"))
    let mine = try fixture.load("mine")
    #expect(ids(mine) == ["ssh.mode", "ssh.tries", "ssh.extra"])
    #expect(mine.checks.last?.requires == [])
  }

  @Test func duplicatesOverFiles() throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write(
      "checks/b.yaml",
      library(
        "values: {tries: {type: text, default: x}}\nset: {strict: {tries: 3}}\nchecks:\n" + check("ssh.mode"))
    )
    #expect(
      fixture.problems(loading: "strict") == [
        "checks/b.yaml:2:10: the value 'tries' is declared twice, also at checks/a.yaml:3; "
          + "'set' changes a value",
        "checks/b.yaml:3:16: strict sets 'tries' twice, also at checks/a.yaml:6",
        "checks/b.yaml:5:10: the check 'ssh.mode' is defined twice, also at checks/a.yaml:13",
      ])
  }

  @Test func ofTwoParentsTheLaterSetting() throws {
    let fixture = try BaselineFixture([
      "a.yaml": baseline("a", "set: {x: 1}"), "b.yaml": baseline("b", "set: {x: 2}"), "c.yaml": baseline("c"),
      "ab.yaml": baseline("ab", "extends: [a, b]"), "ba.yaml": baseline("ba", "extends: [b, a]"),
      "ac.yaml": baseline("ac", "extends: [a, c]"),
      "checks/x.yaml": library("values: {x: {type: integer, default: 0}}\n"),
    ])
    #expect(try fixture.load("ab").values.map(\.value) == [["2"]])
    #expect(try fixture.load("ba").values.map(\.value) == [["1"]])
    // A setting is stronger than a default, whichever parent comes later.
    #expect(try fixture.load("ac").values.map(\.value) == [["1"]])
  }

  @Test func guestsOfABaseline() throws {
    let fixture = try BaselineFixture([
      "all.yaml": baseline("all", "checks:\n" + check("a.all")),
      "deb.yaml": baseline(
        "deb", "applies_to: {distribution: debian, version: 12}\nchecks:\n" + check("a.deb")),
      "mine.yaml": baseline("mine", "extends: [all, deb]"),
      "ubuntu.yaml": baseline("ubuntu", "extends: [deb]\napplies_to: {distribution: [ubuntu, mint]}"),
    ])
    let debian = Applicability(baseline: "deb", distributions: ["debian"], versions: ["12"])
    #expect(try fixture.load("mine").checks.map(\.appliesTo) == [[], [debian]])
    let ubuntu = Applicability(baseline: "ubuntu", distributions: ["ubuntu", "mint"])
    #expect(try fixture.load("ubuntu").checks.map(\.appliesTo) == [[ubuntu]])
  }

  @Test func theDigestIsOfWhatIsJudged() throws {
    let fixture = try BaselineFixture(Self.files)
    let first = try fixture.load("server").identity.digest
    #expect(first.hasPrefix("sha256:") && first.utf8.count == 71)
    #expect(try fixture.load("server").identity.digest == first)
    #expect(try fixture.load("server", settings: ["tries": "5"]).identity.digest != first)
    // Other places in the file, comments and what is not asked make no difference.
    try fixture.write(
      "checks/a.yaml", "# comment\n" + (Self.files["checks/a.yaml"] ?? "").replacing("Root", with: "R"))
    #expect(try fixture.load("server").identity.digest == first)
    try fixture.write("server.yaml", baseline("server", "extends: [base]\nseverities: {ssh.mode: low}"))
    #expect(try fixture.load("server").identity.digest != first)
  }

  @Test func whatEachCombinationMeans() throws {
    let fixture = try BaselineFixture([
      "b.yaml": baseline(
        "b",
        """
        checks:
          - id: a.b
            title: t
            severity: low
            any:
              - all: [{echo: {text: a}}, {echo: {text: b}}]
              - count: {of: [{echo: {text: "no"}}], at_least: 1, at_most: 2}
        """)
    ])
    let check = try fixture.load("b").checks[0]
    #expect(
      check.question.line
        == #"any: [{all: [{echo: {text: a}}, {echo: {text: b}}]}, {count: {of: [{echo: {text: "no"}}], at_least: 1, at_most: 2}}]"#
    )
    #expect(check.plan.needs == ["/etc/echo"])
  }

  @Test(arguments: [
    ("plain", [Substitution.Piece.text("plain")]),
    ("${a}", [.reference("a")]),
    ("x${a_1}y${b}", [.text("x"), .reference("a_1"), .text("y"), .reference("b")]),
    ("$${a}", [.text("${a}")]),
    ("${HOME} ${a", [.text("${HOME} ${a")]),
    ("^[$]{2}$", [.text("^[$]{2}$")]),
    ("${}", [.text("${}")]),
    ("", [.text("")]),
  ])
  func references(text: String, pieces: [Substitution.Piece]) {
    #expect(Substitution.pieces(of: text) == pieces)
  }

  @Test func aListWithinText() throws {
    let fixture = try BaselineFixture([
      "b.yaml": baseline(
        "b",
        "values: {l: {type: list, default: [p, q]}}\nchecks: [{id: a.b, title: \"${l}\", severity: low, echo: {text: \"x ${l}\"}}]"
      )
    ])
    #expect(fixture.problems(loading: "b") == ["b.yaml:5:63: '${l}' is a list and has to stand alone"])
  }

  @Test func foldersAreSearchedInOrder() throws {
    let first = try BaselineFixture(["a.yaml": baseline("a", "description: first")])
    let second = try BaselineFixture(["a.yaml": baseline("a"), "b.yml": baseline("b", "extends: [a]")])
    let folders = BaselineFolders([first.folder, second.folder, "/nowhere"])
    #expect(folders.files.map(\.name) == ["a", "b"])
    let loader = BaselineLoader(folders: folders, kinds: testKinds)
    #expect(try loader.load(["a"])[0].description == "first")
    // What a file extends is looked for beside it first.
    #expect(folders.file(named: "a", before: [second.folder]) == "\(second.folder)/a.yaml")
  }

  @Test func standardFolders() throws {
    let tree = try BaselineFixture([
      "Package.swift": "", "baselines/base.yaml": "", ".build/debug/brinell": "",
    ])
    let folders = BaselineFolders.standard(
      environment: ["BRINELL_BASELINES": "/x:/y"], executable: "\(tree.folder)/.build/debug/brinell")
    #expect(
      folders.paths == [
        "/x", "/y", "\(tree.folder)/.build/share/brinell/baselines", "\(tree.folder)/baselines",
        "/usr/share/brinell/baselines",
      ])
    let installed = BaselineFolders.standard(environment: [:], executable: "/usr/local/bin/brinell")
    #expect(installed.paths == ["/usr/local/share/brinell/baselines", "/usr/share/brinell/baselines"])
  }
}

/// Baselines that reach the same one by two ways.
struct InheritanceDiamondTests {
  private static let files = [
    "one.yaml": baseline("one", "applies_to: {distribution: debian}"),
    "two.yaml": baseline("two", "extends: [one]\napplies_to: {distribution: debian}"),
    "ubuntu-one.yaml": baseline(
      "ubuntu-one",
      "extends: [one]\napplies_to: {distribution: ubuntu}\nset: {x: 5}\ndisable: [{check: a.apt, reason: none}]"
    ),
    "ubuntu-two.yaml": baseline(
      "ubuntu-two", "extends: [ubuntu-one, two]\napplies_to: {distribution: ubuntu}"),
    "server.yaml": baseline("server"),
    "checks/x.yaml": library(
      "values: {x: {type: integer, default: 1}}\nset: {one: {x: 2}}\nchecks:\n"
        + check("a.apt", more: "baselines: [one]") + check("a.one", more: "baselines: [one]")
        + check("a.two", more: "baselines: [two]") + check("a.server", more: "baselines: [server]")),
  ]

  private func load(_ name: String, _ extra: [String: String] = [:]) throws -> LoadedBaseline {
    try BaselineFixture(Self.files.merging(extra) { $1 }).load(name)
  }

  /// `two` extends `one` as well, but does not itself ask what `ubuntu-one` disables.
  @Test func whatAParentDisablesStaysDisabled() throws {
    let loaded = try load("ubuntu-two")
    #expect(loaded.checks.map(\.id) == ["a.one", "a.two"])
    #expect(loaded.disabled.map(\.check) == ["a.apt"])
  }

  /// `one` is applied once, before both of its children.
  @Test func aGrandparentDoesNotUndoAParentsSetting() throws {
    #expect(try load("ubuntu-two").values.map(\.value) == [["5"]])
    #expect(try load("two").values.map(\.value) == [["2"]])
  }

  @Test func whatAnotherParentAsksItselfIsAsked() throws {
    let own = baseline("own", "extends: [ubuntu-one, other]")
    let other = baseline("other", "select: [a.apt]")
    let loaded = try load("own", ["own.yaml": own, "other.yaml": other])
    #expect(loaded.checks.map(\.id) == ["a.one", "a.apt"])
    #expect(loaded.disabled.isEmpty)
  }

  @Test func aDisablingDoesNotReachBeyondWhatItExtends() throws {
    let own = baseline("own", "extends: [server, relaxed]")
    let relaxed = baseline("relaxed", "extends: [one]\ndisable: [{check: 'a.*', reason: all}]")
    #expect(try load("own", ["own.yaml": own, "relaxed.yaml": relaxed]).checks.map(\.id) == ["a.server"])
  }

  @Test func guestsOfEachParent() throws {
    let own = baseline("own", "extends: [server, one]")
    let debian = Applicability(baseline: "one", distributions: ["debian"])
    #expect(try load("own", ["own.yaml": own]).checks.map(\.appliesTo) == [[], [debian], [debian]])
    let ubuntu = Applicability(baseline: "ubuntu-two", distributions: ["ubuntu"])
    #expect(try load("ubuntu-two").checks.map(\.appliesTo) == [[ubuntu], [ubuntu]])
    let both = baseline("both", "extends: [one, ubuntu-one]")
    #expect(try load("both", ["both.yaml": both]).checks.map(\.appliesTo.count) == [2])
  }
}
