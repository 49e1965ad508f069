import TestSupport
import Testing

@testable import Baselines

/// What is wrong with a baseline is said with file, line and column, all of it at once.
struct BaselineProblemsTests {
  private static let checkKeys =
    "id, title, severity, when, requires, references, rationale, remediation and override"

  @Test(arguments: [
    ("check: []", "b.yaml:4:1: a baseline has no key 'check'; did you mean 'checks'?"),
    (
      "zzzzzz: 1",
      "b.yaml:4:1: a baseline has no key 'zzzzzz'; it takes id, version, title, description, benchmark, extends, "
        + "library, applies_to, values, set, select, disable, severities and checks"
    ),
    ("checks: [5]", "b.yaml:4:10: a check is expected here, a mapping with 'id', not '5'"),
    ("checks: [{title: x}]", "b.yaml:4:10: a check lacks 'id'"),
    ("checks: [{id: a.b, title: t, severity: low}]", "b.yaml:4:10: the check asks nothing: it names no kind"),
    ("checks: [{id: a.b, severity: low, echo: {}}]", "b.yaml:4:15: the check 'a.b' lacks 'title'"),
    (
      "checks: [{id: Nope, title: t, severity: low, echo: {}}]",
      "b.yaml:4:15: 'Nope' is not an id: area.thing-in-kebab-case, lower-case letters, digits and -"
    ),
    (
      "checks: [{id: a.b, title: t, severity: hihg, echo: {}}]",
      "b.yaml:4:40: 'hihg' is not a severity; did you mean 'high'?; it is one of info, low, medium, high and critical"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, ehco: {}}]",
      "b.yaml:4:45: 'ehco' is neither a key of a check nor a kind; did you mean 'echo'?"
    ),
    (
      "checks: [{id: a.b, titel: t, severity: low, echo: {}}]",
      "b.yaml:4:20: 'titel' is neither a key of a check nor a kind; did you mean 'title'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, pair: {}}]",
      "b.yaml:4:55: a check asks one question, but 'echo' and 'pair' are two; join them with 'all' or 'any'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {equal: x}}]",
      "b.yaml:4:52: 'echo' has no key 'equal'; did you mean 'equals'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: x}]",
      "b.yaml:4:51: 'echo' is expected here, a mapping with verdict, subjects, text, number, mode, flag, inner, "
        + "equals, not_equals, in, not_in, less_than, at_most, greater_than, at_least, matches, not_matches, "
        + "subset_of, superset_of, contains and not_contains, not 'x'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, pair: {path: /etc/x, equals: y}}]",
      "b.yaml:4:51: 'pair' lacks 'key': the key"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, pair: {path: /etc/x, key: y}}]",
      "b.yaml:4:51: 'pair': one of equals, in, at_most, at_least, matches … is missing"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {at_most: many}}]",
      "b.yaml:4:61: 'at_most' is a whole number, not 'many'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {flag: yes}}]",
      "b.yaml:4:58: 'flag' is true or false, not 'yes'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {mode: 0999}}]",
      "b.yaml:4:58: 'mode' is permission bits in octal, such as 0640, not '0999'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {verdict: pas}}]",
      "b.yaml:4:61: 'verdict' is one of pass, fail, undecided and gap, not 'pas'; did you mean 'pass'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {equals: }}]",
      "b.yaml:4:60: 'equals' is text, not nothing; write \"\" for the empty text"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {text: [a]}}]",
      "b.yaml:4:58: 'text' is text, not a list"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {inner: {kee: x}}}]",
      "b.yaml:4:60: 'inner' has no key 'kee'; did you mean 'key'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {text: refused}}]",
      "b.yaml:4:58: 'echo': this text is refused"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {matches: \"[\"}}]",
      "b.yaml:4:61: 'echo': '[' is not a regular expression"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, all: {echo: {}}}]",
      "b.yaml:4:50: 'all' takes a list of questions, not a mapping"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, any: [{ecko: {}}]}]",
      "b.yaml:4:52: there is no kind 'ecko'; did you mean 'echo'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, count: {of: [{echo: {}}]}}]",
      "b.yaml:4:45: 'count' lacks 'at_least' or 'at_most'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, references: [x]}]",
      "b.yaml:4:67: 'references' is a mapping from a benchmark's name to sections, not a list"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, baselines: [x]}]",
      "b.yaml:4:55: 'baselines' is neither a key of a check nor a kind"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, when: {packages: x}}]",
      "b.yaml:4:62: 'when' has no key 'packages'; did you mean 'package'?"
    ),
    ("checks: [{id: a.b, title: t, severity: low, echo: {}, when: {}}]", "b.yaml:4:61: 'when' is empty"),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, when: {value: {x: 1}}}]",
      "b.yaml:4:70: there is no value 'x'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, requires: a.c}]",
      "b.yaml:4:65: there is no check 'a.c'; did you mean 'a.b'?"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {}, requires: a.b}]",
      "b.yaml:4:65: the check 'a.b' requires itself by way of 'a.b'"
    ),
    (
      "checks: [{id: a.b, title: t, severity: low, echo: {text: \"${x}\"}}]",
      "b.yaml:4:58: there is no value 'x'"
    ),
    ("extends: [nowhere]", "b.yaml:4:11: there is no baseline 'nowhere'; searched FOLDER, FOLDER"),
    ("extends: ['./nowhere.yaml']", "b.yaml:4:11: there is no file ./nowhere.yaml"),
    ("extends: [b]", "b.yaml:4:11: the baseline extends itself: b → b"),
    ("library: [nowhere]", "b.yaml:4:11: there is no library nowhere"),
    (
      "applies_to: {os: windows}",
      "b.yaml:4:18: 'os' is linux, the only one that can be judged, not 'windows'"
    ),
    ("applies_to: {version: 12}", "b.yaml:4:23: 'version' means nothing without 'distribution'"),
    ("benchmark: {name: x, version: 1}", "b.yaml:4:12: 'benchmark' lacks 'certified'"),
    ("disable: [{check: a.b}]", "b.yaml:4:11: an element of 'disable' lacks 'reason'"),
    ("disable: [{check: a.b, reason: r}]", "b.yaml:4:19: the baseline has no check 'a.b' to disable"),
    ("severities: {a.b: high}", "b.yaml:4:14: the baseline has no check 'a.b'"),
    ("select: ['a.*']", "b.yaml:4:10: no check of the library is called 'a.*'"),
    ("set: {x: 1}", "b.yaml:4:7: there is no value 'x'"),
    (
      "values: {X: {type: integer, default: 1}}",
      "b.yaml:4:10: 'X' is not a name of a value: lower-case letters, digits and _, a letter first"
    ),
    ("values: {x: {type: integer}}", "b.yaml:4:10: the value 'x' lacks 'default'"),
    (
      "values: {x: {type: int, default: 1}}",
      "b.yaml:4:20: 'int' is not a type; it is one of integer, text, boolean, list, mode and choice"
    ),
    ("values: {x: {type: choice, default: 1}}", "b.yaml:4:10: the value 'x' lacks 'choices'"),
    ("values: {x: {type: text, default: a, min: 1}}", "b.yaml:4:43: 'min' is for values of type integer"),
    (
      "values: {x: {type: integer, default: 9, max: 6}}",
      "b.yaml:4:38: 'x' is a whole number of at most 6, not 9"
    ),
    (
      "values: {x: {type: mode, default: rw}}",
      "b.yaml:4:35: 'x' is permission bits in octal, such as 0640, not 'rw'"
    ),
  ])
  func oneProblem(rest: String, message: String) throws {
    let fixture = try BaselineFixture(["b.yaml": baseline("b", rest)])
    let expected = message.replacing("FOLDER", with: fixture.folder)
    #expect(fixture.problems(loading: "b") == [expected])
  }

  @Test func severalProblemsAtOnce() throws {
    let fixture = try BaselineFixture([
      "b.yaml": "id: b\nversion: 1\ncheks: []\nset: {a: 1}\nchecks:\n" + check("a.b", "maybe")
        + check("A", "pass")
    ])
    #expect(
      fixture.problems(loading: "b") == [
        "b.yaml:3:1: a baseline has no key 'cheks'; did you mean 'checks'?",
        "b.yaml:4:7: there is no value 'a'",
        "b.yaml:6:58: 'verdict' is one of pass, fail, undecided and gap, not 'maybe'",
        "b.yaml:7:10: 'A' is not an id: area.thing-in-kebab-case, lower-case letters, digits and -",
      ])
  }

  @Test func moreThanTwentyAreCounted() throws {
    let keys = (0..<25).map { "zz\($0): 1\n" }.joined()
    let problems = try BaselineFixture(["b.yaml": baseline("b", keys)]).problems(loading: "b")
    #expect(problems.count == 21)
    #expect(problems.last == "… and 5 more")
  }

  private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }

  /// A file of the largest size in which everything is wrong or everything is disabled.
  @Test(arguments: [
    "checks:\n" + lines(12_000) { "  - {id: a.b\($0), title: t, severity: low, ecko: {}}" },
    "checks:\n" + lines(8_000) { "  - {id: a.b\($0), title: t, severity: low, echo: {}}" } + "disable:\n"
      + lines(8_000) { "  - {check: a.b\($0), reason: r}" },
    lines(80_000) { "zz\($0): 1" },
  ])
  func aLargeFile(rest: String) throws {
    let fixture = try BaselineFixture(["b.yaml": baseline("b", rest)])
    let elapsed = ThreadClock.measure { _ = fixture.problems(loading: "b") }
    #expect(elapsed < .seconds(10))
    print("took \(elapsed)")
  }

  @Test func aProblemOfALibraryIsSaidOnce() throws {
    let fixture = try BaselineFixture([
      "a.yaml": baseline("a"), "b.yaml": baseline("b", "extends: [a]"),
      "c.yaml": baseline("c", "extends: [b]"),
      "checks/x.yaml": library("checks:\n" + check("a.b", "maybe", more: "baselines: [a, b]")),
    ])
    #expect(
      fixture.problems(loading: "a", "b", "c") == [
        "checks/x.yaml:3:58: 'verdict' is one of pass, fail, undecided and gap, not 'maybe'"
      ])
  }

  @Test func circles() throws {
    let fixture = try BaselineFixture([
      "a.yaml": baseline("a", "extends: [b]"), "b.yaml": baseline("b", "extends: [c]"),
      "c.yaml": baseline("c", "extends: [a]"),
    ])
    #expect(fixture.problems(loading: "a") == ["c.yaml:4:11: the baseline extends itself: a → b → c → a"])
  }

  @Test func aLongChain() throws {
    var files = ["b0.yaml": baseline("b0")]
    for level in 1...20 { files["b\(level).yaml"] = baseline("b\(level)", "extends: [b\(level - 1)]") }
    let fixture = try BaselineFixture(files)
    #expect(
      fixture.problems(loading: "b20") == [
        "b5.yaml:4:11: baselines extend each other more than 16 levels deep"
      ])
  }

  @Test func circleOfRequirements() throws {
    let checks = check("a.b", more: "requires: a.c") + check("a.c", more: "requires: [a.b]")
    #expect(
      try BaselineFixture(["b.yaml": baseline("b", "checks:\n" + checks)]).problems(loading: "b") == [
        "b.yaml:6:76: the check 'a.c' requires itself by way of 'a.b'"
      ])
  }

  @Test func namesOnTheCommandLine() throws {
    let fixture = try BaselineFixture([
      "server.yaml": baseline("server"), "other.yaml": baseline("another"), "lib.yaml": library(""),
    ])
    #expect(fixture.problems(loading: "sever") == ["there is no baseline 'sever'; did you mean 'server'?"])
    #expect(
      fixture.problems(loading: "other") == [
        "other.yaml:1:5: the id is 'another', but the file's name says 'other'"
      ])
    #expect(
      fixture.problems(loading: "lib") == [
        "lib.yaml:1:1: a baseline is expected here, not a library: 'id: NAME' on top"
      ])
    #expect(fixture.problems(loading: "/nowhere/x.yaml") == ["there is no file /nowhere/x.yaml"])
    #expect(try fixture.loader.load(["\(fixture.folder)/other.yaml"]).map(\.identity.id) == ["another"])
  }

  @Test func settingsOfTheCommandLine() throws {
    let fixture = try BaselineFixture([
      "b.yaml": baseline("b", "values: {tries: {type: integer, default: 3, min: 1, max: 6}}")
    ])
    let problems = fixture.messages { _ = try fixture.load("b", settings: ["trise": "4"]) }
    #expect(problems == ["--set: there is no value 'trise'; did you mean 'tries'?"])
    let range = fixture.messages { _ = try fixture.load("b", settings: ["tries": "7"]) }
    #expect(range == ["--set tries=7: 'tries' is a whole number from 1 to 6, not 7"])
  }
}
