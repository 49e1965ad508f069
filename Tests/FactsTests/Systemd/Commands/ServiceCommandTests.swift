import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct ServiceCommandTests {
  private func command(_ lines: String, _ files: [String: String] = [:]) throws -> ServiceCommand {
    let guest = bootable(files.merging(["\(lib)/a.service": "[Service]\n\(lines)\n"]) { old, _ in old })
    let evidence = try guest.evidence()
    let units = try GuestFacts(evidence, asOf: 0).model(SystemdUnits.self)
    return try ServiceCommand(of: #require(units.state(of: "a").loaded), evidence)
  }

  private static let files = [
    "/etc/default/a": "OPTS=\"-p 2 'x y'\"\nEMPTY=\n", "/etc/env.d/1": "ONE=1\nBOTH=1\n",
    "/etc/env.d/2": "BOTH=2\n",
  ]

  @Test(arguments: [
    // systemd.service(5), "Command lines".
    (
      "Environment=\"ONE=one\" 'TWO=two two'\nExecStart=echo $ONE $TWO ${TWO}",
      ["echo", "one", "two", "two", "two two"]
    ),
    (
      "Environment=ONE='one' \"TWO='two two' too\" THREE=\nExecStart=/e ${ONE} ${TWO} ${THREE}",
      ["/e", "one", "'two two' too", ""]
    ),
    (
      "Environment=ONE='one' \"TWO='two two' too\" THREE=\nExecStart=/e $ONE $TWO $THREE",
      ["/e", "one", "two two", "too"]
    ),
    // Unset: no word, or an empty one.
    ("ExecStart=/a $NO b", ["/a", "b"]), ("ExecStart=/a ${NO} b-${NO}", ["/a", "", "b-"]),
    // Only a word of its own is split, and the name is all of it.
    ("Environment=A=1\nExecStart=/a x$A $A/b \"$A\"", ["/a", "x$A", "1"]),
    ("Environment=A=1\nExecStart=/a $$A $$ a$$b ${A}${A} $${A}", ["/a", "$A", "$", "a$b", "11", "${A}"]),
    ("Environment=A=1\nExecStart=/a ${A:-x} ${A", ["/a", "${A:-x}", "${A"]),
    ("Environment=A=1\nExecStart=:/a $A ${A} $$", ["/a", "$A", "${A}", "$$"]),
    // A value is not filled in again.
    ("Environment='A=$B ${B}' B=2\nExecStart=/a $A ${A}", ["/a", "$B", "${B}", "$B ${B}"]),
    ("Environment=A=1 \"B=x\nExecStart=/a ${A} ${B}", ["/a", "1", ""]),
    ("Environment=1A=2 B-C=1\nExecStart=/a ${1A}", ["/a", ""]),
    ("Environment=A=1\nEnvironment=A=2\nExecStart=/a $A", ["/a", "2"]),
    ("Environment=A=1\nEnvironment=\nExecStart=/a ${A}", ["/a", ""]),
    ("Environment=A=%n\nExecStart=/a $A", ["/a", "a.service"]),
    ("Environment=A=$HOME\nExecStart=/a ${A}", ["/a", "$HOME"]),
    // Files come after Environment= wherever they stand; the later one counts.
    (
      "EnvironmentFile=/etc/default/a\nEnvironment=OPTS=no\nExecStart=/a $OPTS ${EMPTY}",
      ["/a", "-p", "2", "x y", ""]
    ),
    ("EnvironmentFile=/etc/env.d/*\nExecStart=/a $ONE $BOTH", ["/a", "1", "2"]),
    ("EnvironmentFile=/etc/env.d/2\nEnvironmentFile=/etc/env.d/1\nExecStart=/a $BOTH", ["/a", "1"]),
    (
      "EnvironmentFile=-/absent\nEnvironmentFile=-/etc/env.d\nEnvironment=A=1\nExecStart=/a $A $B",
      ["/a", "1"]
    ),
    ("EnvironmentFile=-/run/absent\nExecStart=/a $A", ["/a"]),
    ("EnvironmentFile=\"/etc/default/a\"\nEnvironmentFile=etc/default/a\nExecStart=/a ${OPTS}", ["/a", ""]),
    ("EnvironmentFile=/etc/default/%N\nExecStart=/a $OPTS", ["/a", "-p", "2", "x y"]),
    ("EnvironmentFile=/etc/default/a\nEnvironmentFile=\nExecStart=/a ${OPTS}", ["/a", ""]),
    // What is missing does not matter to a command without its variables, and what stands behind it is known.
    ("EnvironmentFile=/absent\nExecStart=/a b", ["/a", "b"]),
    ("EnvironmentFile=/absent\nEnvironmentFile=/etc/env.d/2\nExecStart=/a $BOTH", ["/a", "2"]),
    ("Environment=A=1 B=2\nUnsetEnvironment=A B=1\nExecStart=/a ${A} ${B}", ["/a", "", "2"]),
    ("PassEnvironment=A\nEnvironment=A=1\nExecStart=/a $A", ["/a", "1"]),
    ("PassEnvironment=A\nUnsetEnvironment=A\nExecStart=/a ${A}", ["/a", ""]),
    ("PassEnvironment=A\nPassEnvironment=\nExecStart=/a ${A}", ["/a", ""]),
    ("ExecStart=/a ${MANAGED}", ["/a", "all"]),
    ("Environment=MANAGED=own\nExecStart=/a ${MANAGED}", ["/a", "own"]),
    ("ExecStart=/a\nExecStart=/b", ["/b"]), ("ExecStart=/a 'b", []), ("", []),
  ])
  func words(_ lines: String, _ expected: [String]) throws {
    let files = Self.files.merging(["/etc/systemd/system.conf": "[Manager]\nDefaultEnvironment=MANAGED=all\n"]
    ) { old, _ in old }
    #expect(try command(lines, files).words == expected)
  }

  @Test(arguments: [
    (
      "EnvironmentFile=/run/absent\nExecStart=/a $A",
      "/run/absent: a unit takes its environment from it, and only a running system has it"
    ),
    (
      "EnvironmentFile=/absent\nExecStart=/a ${A}",
      "/absent: a unit takes its environment from it, and does not start without it"
    ),
    (
      "EnvironmentFile=/absent/*\nEnvironment=A=1\nExecStart=/a ${A}",
      "/absent/*: a unit takes its environment from it, and does not start without it"
    ),
    (
      "EnvironmentFile=/etc/env.d\nExecStart=/a ${A}",
      "/etc/env.d: not a regular file; systemd does not start the unit"
    ),
    ("EnvironmentFile=-/etc/%H\nExecStart=/a ${A}", "/etc/%H: the path depends on the running machine"),
    (
      "PassEnvironment=A B\nExecStart=/a $B",
      "\(lib)/a.service: B is handed on from process 1, whose environment is not in the image"
    ),
    (
      "EnvironmentFile=/absent\nExecStart=sh -c 'exec /a ${A:-b}'",
      "/absent: a unit takes its environment from it, and does not start without it"
    ),
    ("ExecStart=/a $MAINPID", "\(lib)/a.service: systemd sets MAINPID when it starts the unit"),
  ])
  func whatTheImageCannotTell(_ lines: String, _ reason: String) throws {
    let gap = try #require(throws: EvidenceGap.self) { try command(lines, Self.files) }
    #expect("\(gap.path): \(gap.reason)" == reason)
  }

  @Test func eachWordHasItsPlace() throws {
    let command = try command(
      "EnvironmentFile=/etc/default/a\nExecStart=/a -f x $OPTS c=${EMPTY}", Self.files)
    #expect(
      command.parts.map { "\($0.origin.path ?? ""):\($0.origin.line ?? 0)" } == [
        "\(lib)/a.service:3", "\(lib)/a.service:3", "\(lib)/a.service:3", "/etc/default/a:1",
        "/etc/default/a:1",
        "/etc/default/a:1", "/etc/default/a:2",
      ])
    #expect(command.origin.path == "/etc/default/a")
    #expect(command.values("-f", "c").map(\.value) == ["x", ""])
  }

  /// A shell that systemd starts fills in what systemd leaves.
  @Test(arguments: [
    ("sh -c 'exec /b $OPTS'", ["/b", "-p", "2", "'x", "y'"]),
    (
      "/bin/sh -c '[ -d /etc/env.d ] && f=-F || f=-f; /b $f ${EMPTY:+-x} ${OPTS:+\"$OPTS\"}'",
      ["/b", "-F", "-p 2 'x y'"]
    ),
    ("sh -ec '/b | (cd /; /c -d) &'", ["/b", "cd", "/", "/c", "-d"]),
    ("sh /script $EMPTY", ["sh", "/script"]),
    ("sh -c 'if true; then /b; else /c; fi'", ["/b"]),
    ("sh -c '/b $USER$EMPTY $UNSET'", ["/b", "\u{fffc}"]),
  ])
  func scripts(_ exec: String, _ expected: [String]) throws {
    #expect(try command("EnvironmentFile=/etc/default/a\nExecStart=\(exec)", Self.files).words == expected)
  }

  @Test func hostileUnitsEndSoon() throws {
    let start = ThreadClock.now
    let many = String(repeating: "EnvironmentFile=-/etc/default/a\n", count: 2000) + "ExecStart=/a "
    #expect(
      try command(many + String(repeating: "$OPTS ${OPTS}", count: 2000), Self.files).words.count > 2000)
    let nested = "ExecStart=sh -c '" + String(repeating: "(", count: 20_000) + "'"
    _ = try command(nested, [:])
    let pipeline = "ExecStart=sh -c 'a" + String(repeating: " | a", count: 20_000) + "'"
    _ = try command(pipeline, [:])
    #expect(ThreadClock.now - start < .seconds(10))
  }

  @Test func filesAreCollected() throws {
    let evidence = try GuestFixture([
      "\(lib)/a.service": "[Service]\nEnvironmentFile=-/opt/a/env\nExecStart=/usr/bin/a --file=/etc/a.conf\n",
      "\(etc)/b@1.service": "[Service]\nExecStart=/usr/bin/b -c /etc/b-%i.conf\n",
      "\(lib)/c.service": "[Service]\nExecStart=/x /etc/c\n",
    ]).evidence()
    #expect(
      UnitFilePaths.named(by: ["a.service", "b@.service"], evidence) == [
        "/etc/a.conf", "/etc/b-*.conf", "/opt/a/env",
      ])
  }
}
