import Testing

@testable import Baselines

struct BaselineValidationTests {
  private static let files = [
    "base.yaml": baseline("base"),
    "checks/a.yaml": library(
      "values: {x: {type: integer, default: 1}}\nchecks:\n" + check("a.b", more: "baselines: [base]")
        + check("a.c")),
    "checks/b.yaml": library(
      "checks:\n  - {id: b.c, title: t, severity: low, baselines: [base], echo: {at_most: \"${x}\"}}\n"),
  ]

  @Test func aFolder() throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write("waivers.yaml", "waivers: []\n")
    let files = try fixture.loader.validate([fixture.folder])
    #expect(files.map(\.kind) == [.baseline, .waivers, .library, .library])
    #expect(files.map(\.count) == [2, 0, 2, 1])
  }

  @Test func baselinesThatDoNotExist() throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write(
      "checks/c.yaml", library("set: {bsae: {x: 2}}\nchecks:\n" + check("c.d", more: "baselines: [bas]")))
    let expected = [
      "checks/c.yaml:2:7: there is no baseline 'bsae'; did you mean 'base'?",
      "checks/c.yaml:4:77: there is no baseline 'bas'; did you mean 'base'?",
    ]
    #expect(fixture.problems(validating: "") == expected)
    #expect(fixture.problems(validating: "checks/c.yaml") == expected)
    // Loading goes on: a baseline does not depend on what others are asked.
    #expect(fixture.problems(loading: "base").isEmpty)
  }

  @Test func aCheckThatNobodyAsks() throws {
    let fixture = try BaselineFixture(Self.files)
    try fixture.write("checks/c.yaml", library("checks:\n" + check("c.d", "maybe")))
    #expect(
      fixture.problems(validating: "checks/c.yaml") == [
        "checks/c.yaml:3:58: 'verdict' is one of pass, fail, undecided and gap, not 'maybe'"
      ])
  }

  @Test func whatIsNotThere() throws {
    let fixture = try BaselineFixture(["x/readme.txt": ""])
    #expect(
      fixture.problems(validating: "x") == [
        "\(fixture.folder)/x has no YAML files".replacing("\(fixture.folder)/", with: "")
      ])
    #expect(fixture.problems(validating: "nothing.yaml") == ["nothing.yaml: no such file"])
  }
}
