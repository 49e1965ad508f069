import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct AuthorizedKeysTests {
  private static let passwd = "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n"

  private func files(_ config: String, _ keys: [String]) throws -> [String] {
    var all = ["/etc/passwd": Self.passwd, "/etc/ssh/sshd_config": config]
    for path in keys { all[path] = "ssh-ed25519 QUFBQQ==\n" }
    let facts = try sshGuest(all).collected(for: [AuthorizedKeys.self])
    let files = try facts.model(AuthorizedKeys.self).files
    // Whatever is named has been read.
    for file in files { _ = try facts.evidence.bytes(of: file.entry) }
    return files.map { "\($0.account) \($0.entry.path)" }
  }

  @Test(
    arguments: [
      ("", ["/home/bob/.ssh/authorized_keys2"], ["bob /home/bob/.ssh/authorized_keys2"]),
      ("", ["/etc/keys/bob", "/home/eve/.ssh/authorized_keys"], []),
      ("AuthorizedKeysFile none", ["/home/bob/.ssh/authorized_keys"], []),
      (
        "AuthorizedKeysFile /etc/keys/%u keys/%%", ["/etc/keys/bob", "/home/bob/keys/%"],
        ["bob /etc/keys/bob", "bob /home/bob/keys/%"]
      ),
      ("AuthorizedKeysFile %h/k /srv/%U", ["/root/k", "/srv/1000"], ["bob /srv/1000", "root /root/k"]),
      ("AuthorizedKeysFile /all", ["/all"], ["bob /all", "root /all"]),
      ("AuthorizedKeysFile /%x", ["/%x"], []),
      (
        "Match User bob\n AuthorizedKeysFile /etc/keys/%u", ["/etc/keys/bob", "/etc/keys/root"],
        ["bob /etc/keys/bob"]
      ),
    ] as [(String, [String], [String])])
  func whereTheServerLooks(config: String, keys: [String], expected: [String]) throws {
    #expect(try files(config, keys) == expected)
  }

  @Test func aConfigurationThatTheServerRefusesTellsNothing() throws {
    #expect(throws: EvidenceGap.self) { try files("Banner \"open\n", []) }
  }
}
