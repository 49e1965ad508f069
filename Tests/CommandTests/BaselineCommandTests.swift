import Baselines
import Evidence
import Facts
import Testing

@testable import brinell

struct BaselineCommandTests {
  private static let place = SourcePlace(file: "baselines/checks/ssh.yaml", line: 12, column: 9)

  /// Judges nothing; its texts are what matters.
  private struct Kind: CheckKind {
    static let name = "sshd"
    static let summary = "decides an option of the SSH server as sshd would."
    static let parameters: [ParameterSpecification] = []
    init(_ parameters: Parameters) throws(ParameterError) {}
    var plan: CollectionPlan { CollectionPlan(needs: ["/etc/ssh/sshd_config"]) }
    func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] { [] }
    var fix: Fix? { Fix(shell: "sed -i x /etc/ssh/sshd_config\nsystemctl reload ssh", ansible: "a:\n  b: c") }
  }

  private func check(severity: Severity = .high, tries: String = "4") throws -> Check {
    Check(
      id: "ssh.tries", title: "Few tries to log in", severity: severity,
      references: ["nist-800-53": ["AC-7(a)", "AC-7(b)"], "cis-debian-12": ["5.1.16"]],
      rationale: "Guessing gets slower. " + String(repeating: "More words. ", count: 8),
      remediation: "Set MaxAuthTries.", requires: ["ssh.installed"], kind: try Kind(Parameters([:])),
      question: .kind("sshd", Parameters(["option": .text("MaxAuthTries"), "at_most": .integer(4)])),
      values: [ResolvedValue(name: "ssh_tries", value: [tries], setBy: "default", place: Self.place)],
      definedIn: "checks/ssh", place: Self.place)
  }

  private func baseline(_ id: String, _ checks: [Check]) -> LoadedBaseline {
    LoadedBaseline(
      identity: BaselineIdentity(id: id, title: "Title of \(id)", version: "1.0.0", digest: "sha256:abc"),
      file: "baselines/\(id).yaml", extends: ["base"], values: checks.flatMap(\.values), checks: checks,
      disabled: [.init(check: "ssh.x11", reason: "Users need it.", by: id)])
  }

  @Test func list() throws {
    let catalog: [BaselineLoader.CatalogEntry] = [
      .init(name: "server", path: "/s.yaml", baseline: .success(baseline("server", [try check()]))),
      .init(name: "odd", path: "/o.yaml", baseline: .failure(BaselineErrors(problems: [], omitted: 0))),
    ]
    #expect(
      BaselineList.text(catalog) == """
        NAME    VERSION  CHECKS  TITLE
        server  1.0.0    1       Title of server
        odd     -        -       cannot be read

        """)
    #expect(BaselineList.json(catalog).contains("\"checks\": 1"))
  }

  @Test func show() throws {
    #expect(
      BaselineShow.text(baseline("server", [try check()]), resolved: false) == """
        server 1.0.0: Title of server
          file        baselines/server.yaml
          extends     base
          checks      1: 1 high
          digest      sha256:abc

        CHECK      SEVERITY  TITLE
        ssh.tries  high      Few tries to log in

        LEFT OUT  BY      REASON
        ssh.x11   server  Users need it.

        """)
  }

  @Test func showResolved() throws {
    let text = BaselineShow.text(baseline("server", [try check()]), resolved: true)
    #expect(
      text.contains(
        """
        VALUE      SET BY   IS
        ssh_tries  default  4 (baselines/checks/ssh.yaml:12)

        ssh.tries (high): Few tries to log in
          asks        sshd: {at_most: 4, option: MaxAuthTries}
          requires    ssh.installed
          value       ssh_tries = 4, the default (baselines/checks/ssh.yaml:12)
          references  cis-debian-12 5.1.16; nist-800-53 AC-7(a), AC-7(b)
          defined     checks/ssh, baselines/checks/ssh.yaml:12

        """))
  }

  @Test func explain() throws {
    let asked: [BaselineLoader.AskedCheck] = [
      .init(baseline: baseline("server", []), check: try check()),
      .init(baseline: baseline("strict", []), check: try check(severity: .critical, tries: "3")),
      .init(baseline: baseline("cloud", []), check: try check()),
    ]
    let text = BaselineExplain.text(asked, kinds: KindRegistry([Kind.self]))
    #expect(
      text == """
        ssh.tries: Few tries to log in
          severity    high in server, cloud; critical in strict
          why         Guessing gets slower. More words. More words. More words. More
                      words. More words. More words. More words. More words.
          to mend     Set MaxAuthTries.
          asks        sshd: {at_most: 4, option: MaxAuthTries}
                      sshd: decides an option of the SSH server as sshd would.
          requires    ssh.installed
          values      ssh_tries = 4 in server, cloud; ssh_tries = 3 in strict
          shell       sed -i x /etc/ssh/sshd_config
                      systemctl reload ssh
          ansible     a:
                        b: c
          references  cis-debian-12 5.1.16; nist-800-53 AC-7(a), AC-7(b)
          asked by    server, strict, cloud
          reads       /etc/ssh/sshd_config
          defined     checks/ssh, baselines/checks/ssh.yaml:12

        """)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func validateSaysWhatWasTested() {
    let files = [
      ValidatedFile(path: "b.yaml", kind: .baseline, name: "b", count: 2),
      ValidatedFile(path: "l.yaml", kind: .library, name: "l", count: 1),
      ValidatedFile(path: "w.yaml", kind: .waivers, name: "", count: 0),
    ]
    #expect(
      BaselineValidate.text(files)
        == "b.yaml: baseline b, 2 checks\nl.yaml: library l, 1 check\nw.yaml: waivers, 0 waivers\n")
  }

  @Test(arguments: [
    ("", [""]), ("a b", ["a b"]), ("aaa bbb ccc", ["aaa bbb", "ccc"]), ("aaaaaaaaaa b", ["aaaaaaaaaa", "b"]),
    ("a\nb", ["a b"]), ("  a  ", ["a"]),
  ])
  func wrapping(text: String, lines: [String]) {
    #expect(TextColumns.wrap(text, width: 7) == lines)
  }
}
