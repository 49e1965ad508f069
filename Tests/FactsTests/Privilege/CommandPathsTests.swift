import Foundation
import Testing

@testable import Facts

@Suite struct CommandPathsTests {
  @Test(arguments: [
    ("/usr/bin/foo --config /etc/foo", ["/usr/bin/foo"]),
    ("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", ["+/etc/cron.daily"]),
    ("nice -n 19 ionice -c3 /opt/a/b.sh >/var/log/b 2>&1", ["/opt/a/b.sh"]),
    ("FOO=/x/y env BAR=1 /opt/run", ["/opt/run"]),
    ("/bin/sh -c '/opt/one; exec /opt/two'", ["/bin/sh", "/opt/one", "/opt/two"]),
    ("/usr/bin/python3 -u /srv/app.py --x", ["/usr/bin/python3", "/srv/app.py"]),
    ("bash /root/x.sh | /usr/bin/mail root", ["/root/x.sh", "/usr/bin/mail"]),
    ("[ -f /etc/x ] && . /etc/x", ["/etc/x"]),
    ("timeout 5m /opt/t", ["/opt/t"]), ("flock -n /run/lock /opt/t", ["/opt/t"]),
    ("\"/opt/with blank/x\" a", ["/opt/with blank/x"]), ("/opt/$NAME/x", []), ("logger `/opt/q`", ["/opt/q"]),
    ("if [ -d /x ]; then /opt/c; fi", ["/opt/c"]), ("foo /opt/argument", []), ("", []), ("'", []), (">", []),
    ("/a &&/b&/c", ["/a", "/b", "/c"]),
  ])
  func executedPaths(_ text: String, _ expected: [String]) {
    let command = CommandPaths(text)
    #expect(command.paths + command.folders.map { "+" + $0 } == expected)
  }

  @Test func nestedAndHugeTextsEnd() {
    let nested = String(repeating: "sh -c '", count: 10_000)
    #expect(CommandPaths(nested).paths.isEmpty)
    let many = (0..<100_000).map { "/x\($0);" }.joined()
    #expect(CommandPaths(many).paths.count <= 1000)
  }
}
