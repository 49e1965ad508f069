import Testing

@testable import Facts

struct UnitEnvironmentTests {
  @Test(
    arguments: [
      ("Environment=A=1 B=2\n", ["A=1", "B=2"]),
      ("Environment=\"A=1 2\" B='3  4'\n", ["A=1 2", "B=3  4"]),
      ("Environment=A='1 2'\n", ["A=1 2"]),
      ("Environment='A=\"1\"'\n", ["A=\"1\""]),
      ("Environment=A=$HOME\n", ["A=$HOME"]),
      ("Environment=A=b=c\n", ["A=b=c"]),
      ("Environment=A=1\nEnvironment=A=2\n", ["A=1", "A=2"]),
      ("Environment=A=1\nEnvironment=\nEnvironment=B=2\n", ["B=2"]),
      ("Environment=A= none \t\n", ["A="]),
      ("Environment=\"A=1 open\n", ["A=1 open"]),
      ("", []),
    ])
  func readsAssignments(_ lines: String, _ expected: [String]) throws {
    let unit = try #require(
      units(["\(etc)/a.service": "[Service]\nExecStart=/usr/bin/true\n" + lines]).state(of: "a").loaded)
    #expect(unit.environment.map { "\($0.name)=\($0.value)" } == expected)
  }
}
