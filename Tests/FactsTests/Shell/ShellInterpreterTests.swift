import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct ShellInterpreterTests {
  /// Follows a script as /s with other files beside it, as an ordinary user or root.
  private func follow(
    _ script: String, files: [String: String] = [:], root: Bool = false
  ) throws -> ShellInterpreter {
    let guest = GuestFixture(files)
    guest.filesystem.addFile("/s", script)
    var state = ShellState(umask: [ShellUmask(value: 0o022, origin: .compiledDefault("test"))])
    state.variables["HOME"] = [ShellBinding(value: "/home/u")]
    state.variables["PS1"] = [ShellBinding(value: "$ ")]
    state.variables["-"] = [ShellBinding(value: "himBHs")]
    state.variables["U"] = [ShellBinding(value: String(ShellText.unknown))]
    let user = ShellInterpreter.User(name: root ? "root" : "u", uid: root ? 0 : 1000, gid: 7, groupName: "g")
    let shell = ShellInterpreter(evidence: try guest.evidence(), user: user, state: state)
    shell.source("/s")
    return shell
  }

  private func values(_ name: String, _ script: String, files: [String: String] = [:]) throws -> [String] {
    try follow(script, files: files).outcome.bindings(name).map { $0.value ?? "unset" }.sorted()
  }

  static let scripts: [(String, [String])] = [
    ("X=1", ["1"]), ("X='a b'\"c $HOME\"\\ d", ["a bc /home/u d"]), ("X=1; X=2", ["2"]), ("#X=1", ["unset"]),
    ("X=1 # c\n", ["1"]), ("X=a#b", ["a#b"]), ("X=1 true", ["unset"]), ("export X=1", ["1"]),
    ("X=1; unset X", ["unset"]), ("X=a; X+=b", ["ab"]), ("X=\\\n1", ["1"]), ("X=$HOME/x", ["/home/u/x"]),
    ("X=~/b", ["/home/u/b"]), ("X=${Y:-d}", ["d"]), ("Y=; X=${Y-d}", [""]), ("Y=1; X=${Y:+z}", ["z"]),
    ("Y=/a/b.c; X=${Y##*/}", ["b.c"]), ("Y=/a/b.c; X=${Y%.*}", ["/a/b"]), ("Y=aXbXc; X=${Y#*X}", ["bXc"]),
    ("Y=abc; X=${#Y}", ["3"]), ("X=`id -u`", ["1000"]), ("X=\"$(id -un):$(id -gn)\"", ["u:g"]),
    ("X=$(date)", ["\u{fffc}"]), ("X=$((1+1))", ["\u{fffc}"]), ("X=(a b)", ["\u{fffc}"]),
    ("X=1 && X=2", ["2"]), ("false && X=2", ["unset"]), ("false || X=2", ["2"]), ("! false && X=2", ["2"]),
    ("X=1 | cat", ["unset"]), ("(X=1)", ["unset"]), ("X=1 &", ["unset"]), ("{ X=1; }", ["1"]),
    ("if true; then X=1; else X=2; fi", ["1"]), ("if false; then X=1; elif true; then X=3; fi", ["3"]),
    ("if unknown; then X=1; else X=2; fi", ["1", "2"]), ("if unknown; then X=1; fi", ["1", "unset"]),
    ("unknown && X=1", ["1", "unset"]), ("[ \"$PS1\" ] && X=1", ["1"]),
    ("[ -z \"$PS1\" ] && return\nX=1", ["1"]),
    ("[ -n \"$PS1\" ] && return\nX=1", ["unset"]), ("unknown && return\nX=1", ["1", "unset"]),
    ("exit\nX=1", ["unset"]), ("[ $(id -u) -eq 0 ] && X=r || X=u", ["u"]), ("[ -z $NONE ] && X=1", ["1"]),
    ("[ -n $NONE ] && X=1", ["1"]), ("[ -n \"$NONE\" ] && X=1", ["unset"]),
    ("[ a = a -a b != b ] || X=1", ["1"]), ("[ ! -f /none ] && X=1", ["1"]), ("[ -f /s ] && X=1", ["1"]),
    ("[[ $- == *i* ]] && X=1", ["1"]), ("[[ $- = *z* || -d / ]] && X=1", ["1"]),
    ("[ \"${-#*i}\" != \"$-\" ] && X=1", ["1"]), ("[ \"$U\" = x ] && X=1", ["1", "unset"]),
    ("case $- in *i*) X=1;; *) X=2;; esac", ["1"]), ("case a in b|a) X=1 ;; esac", ["1"]),
    ("case $U in a) X=1;; *) X=2;; esac", ["1", "2"]), ("case x in (a) X=1;; esac", ["unset"]),
    ("for i in a b; do X=$X$i; done", ["ab"]), ("for i in $U; do X=1; done", ["1", "unset"]),
    ("for i in a b c; do [ $i = b ] && continue; X=$X$i; done", ["ac"]),
    ("for i in /d/*.sh; do . $i; done", ["2"]),
    ("while unknown; do X=1; done", ["1", "unset"]), ("while false; do X=1; done", ["unset"]),
    ("f() { X=$1; }\nf q", ["q"]), ("function f { X=1\n}\nf", ["1"]), ("f() { X=1; return; X=2; }; f", ["1"]),
    ("p() { case \":$X:\" in *:\"$1\":*) ;; *) X=$X:$1;; esac; }; X=/a; p /b; p /a", ["/a:/b"]),
    ("f() { f; }; f; X=1", ["1"]), ("eval 'X=1'", ["unset"]), ("cat <<E\nX=2\nE\nX=1", ["1"]),
    ("cat <<-'E' | tr a b\n\tX=2\n\tE\nX=1", ["1"]), ("X=1 2>/dev/null; echo $X >&2", ["1"]),
    ("source <(kubectl completion bash); X=1", ["1"]), ("alias x='y'; X=1", ["1"]),
    ("X=1\nif true; then", ["1"]),
    ("X=1; readonly X; X=2", ["1"]), ("readonly X=1; unset X", ["1"]), ("declare -xr X=1; X=3", ["1"]),
    ("unknown && readonly X=1; X=2", ["1", "2"]), ("X=1; fi; X=2", ["2"]), ("read X", ["\u{fffc}"]),
    ("command export X=1", ["1"]), (". /d/b.sh; [ \"$X\" ] && X=${X}z", ["2z"]), (". /none; X=1", ["1"]),
    ("shopt -s extglob; case x in @(x|y)) X=1;; esac", ["1", "unset"]),
  ]

  @Test(arguments: scripts) func variables(_ script: String, _ expected: [String]) throws {
    let files = ["/d/a.sh": "X=1", "/d/b.sh": "X=2", "/d/.c.sh": "X=3", "/d/z.txt": "X=4"]
    #expect(try values("X", script, files: files) == expected)
  }

  static let masks: [(String, [UInt32?])] = [
    ("umask 027", [0o027]), ("umask 0077", [0o077]), ("umask u=rwx,g=rx,o=", [0o027]),
    ("umask g-w,o-rwx", [0o027]),
    ("umask -S", [0o022]), ("umask", [0o022]), ("umask $U", [nil]), ("umask a=rx", [0o222]),
    ("if [ `id -u` -eq 0 ]; then umask 022; else umask 027; fi", [0o027]),
    ("unknown && umask 077", [0o022, 0o077]), ("M=027\numask $M", [0o027]), ("(umask 0)", [0o022]),
    ("umask 027\n. /s2", [0o002]),
  ]

  @Test(arguments: masks) func umask(_ script: String, _ expected: [UInt32?]) throws {
    let masks = try follow(script, files: ["/s2": "umask 002"]).outcome.umask.map(\.value)
    #expect(Set(masks) == Set(expected))
  }

  @Test func attributesAndPlaces() throws {
    let binding = try #require(
      try follow("TMOUT=900\nexport TMOUT; readonly TMOUT\nTMOUT=0").outcome.bindings("TMOUT").first)
    #expect(binding.value == "900" && binding.isExported && binding.isReadonly)
    #expect(binding.origin == Origin(path: "/s", line: 1, kind: .explicit, text: "TMOUT=900"))
  }

  @Test func whatTheUserCannotReadHasNoEffect() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/p", "X=1", mode: 0o600)
    for (uid, expected) in [(UInt32(0), "1"), (1000, nil)] {
      let shell = ShellInterpreter(
        evidence: try guest.evidence(), user: .init(name: "a", uid: uid, gid: uid),
        state: ShellState(umask: []))
      shell.source("/p")
      #expect(shell.outcome.bindings("X").first?.value == expected)
    }
  }

  @Test func filesThatReadEachOtherEnd() throws {
    let shell = try follow(". /a; umask 077", files: ["/a": ". /b", "/b": ". /a"])
    #expect(!shell.gaps.isEmpty)
    #expect(shell.outcome.umask.map(\.value) == [0o077])
  }

  @Test func aMistakeBeforeAnythingOfInterestIsNoGap() throws {
    #expect(try follow("X=1\nif [ a\nfoo").gaps.isEmpty)
    #expect(try follow("X=1\ncase a in esac (\numask 0").gaps.count == 1)
  }

  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "if true; then ", count: 10_000),
    String(repeating: "${x:-", count: 10_000), "f() { f; f; }; f",
    "x=y" + String(repeating: "; x=$x$x", count: 10_000),
    String(repeating: "unknown && return\n", count: 20_000), "for a in $(yes); do :; done",
    String(repeating: "\"", count: 9),
    String(repeating: "`", count: 99_999), "\u{0}\u{1}\u{fffd}<<", "<<E\n", "case", "f()", "for", "[[", "a=(",
    String(repeating: "for i in 1 2 3 4 5 6 7 8 9; do ", count: 60) + ":"
      + String(repeating: "; done", count: 60),
    (0..<5000).map { "v\($0)=1; unknown && v\($0)=2" }.joined(separator: "\n"), "if\n}\n{\n;;\n&&\n||\n|\n)",
  ]) func hostileScriptsEnd(_ script: String) throws {
    let start = ThreadClock.now
    _ = try follow(script)
    #expect(ThreadClock.now - start < .seconds(20))
  }
}
