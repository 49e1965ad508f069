import Foundation
import TestSupport
import Testing

@Suite struct DefaultPasswordsOptionTests {
  private static let baseline = """
    id: passwords
    version: 1.0.0
    title: Passwords
    checks:
      - id: acct.default-password
        title: No account has a default password
        severity: critical
        when: {asked: default-passwords}
        default_password: {exclude: []}
        rationale: Everybody tries them.
        remediation: Lock the account.

    """

  /// The password of `web` is Winter-24, hashed by `openssl passwd -1`.
  private func workplace() throws -> Workplace {
    let workplace = try Workplace(guest: [
      "etc/shadow": "web:$1$k3Jd8fLq$.Ini/FIBgJEJv0MzDecxp0:19000:0:99999:7:::\n"
    ])
    try workplace.write("baselines/passwords.yaml", Self.baseline)
    try workplace.write("list.txt", "# mine\nweb:Winter-24\n")
    try workplace.write("wrong.txt", "# mine\nWinter-24\n")
    return workplace
  }

  @Test func onlyWhoAsksGetsAnAnswer() throws {
    let workplace = try workplace()
    let unasked = try workplace.run("scan", "web", "--baseline", "passwords")
    #expect(unasked.status != 1)
    #expect(unasked.output.contains("the collection was not asked for default-passwords"))
    let other = try workplace.run("scan", "web", "--baseline", "passwords", "--try-default-passwords")
    #expect(other.status == 0)
    #expect(other.output.contains("1 passed"))
    let known = try workplace.run("scan", "web", "--baseline", "passwords", "--default-passwords", "list.txt")
    #expect(known.status == 1)
    #expect(known.output.contains("one of the known default passwords"))
    #expect(!known.output.contains("Winter-24"))
  }

  @Test func aBundleAnswersAsTheGuestDid() throws {
    let workplace = try workplace()
    let made = try workplace.run(
      "collect", "web", "--baseline", "passwords", "--default-passwords", "list.txt", "--output", "b.brinell")
    #expect(made.status == 0)
    let judged = try workplace.run("scan", "b.brinell", "--baseline", "passwords")
    #expect(judged.output.contains("one of the known default passwords"))
  }

  @Test func aWrongListIsWrongUsage() throws {
    let wrong = try workplace().run(
      "scan", "web", "--baseline", "passwords", "--default-passwords", "wrong.txt")
    #expect(wrong.status == 64)
    #expect(wrong.error.contains("wrong.txt:2: ACCOUNT:PASSWORD or *:PASSWORD is expected"))
    #expect(
      try workplace().run("scan", "web", "--baseline", "passwords", "--default-passwords", "none.txt").status
        == 2)
  }
}
