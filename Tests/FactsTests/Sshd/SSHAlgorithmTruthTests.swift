import Evidence
import TestSupport
import Testing

@testable import Facts

/// Lists of algorithms of sshd and ssh, as `sshd -T` and `ssh -G` tell them (scripts/compare-sshd): inherited, overridden,
/// in an Include, in a Match or Host block.
@Suite struct SSHAlgorithmTruthTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var option: String
    /// A name that is weak, one that is in the list for a release that has it by itself, and one that is strong.
    var weak: String
    var inherited: (name: String, with: String, without: String)
    var strong: String
    var testDescription: String { option }
  }

  static let rows = [
    Row(
      option: "Ciphers", weak: "3des-cbc", inherited: ("chacha20-poly1305@openssh.com", "1:9.2p1-2", ""),
      strong: "aes256-ctr"),
    Row(option: "MACs", weak: "hmac-md5", inherited: ("hmac-sha1", "1:9.2p1-2", ""), strong: "hmac-sha2-256"),
    Row(
      option: "KexAlgorithms", weak: "diffie-hellman-group1-sha1",
      inherited: ("diffie-hellman-group14-sha1", "1:7.9p1-10", "1:9.2p1-2"), strong: "curve25519-sha256"),
    Row(
      option: "HostKeyAlgorithms", weak: "ssh-rsa-cert-v01@openssh.com",
      inherited: ("ssh-rsa", "1:8.4p1-5", "1:9.2p1-2"), strong: "ssh-ed25519"),
    Row(
      option: "PubkeyAcceptedAlgorithms", weak: "ssh-rsa", inherited: ("ssh-rsa", "1:8.4p1-5", "1:10.0p1-7"),
      strong: "rsa-sha2-512"),
  ]

  private static func guest(_ files: [String: String], _ version: String) -> GuestFixture {
    let guest = GuestFixture(files)
    guest.setPackages(["openssh-server": version, "openssh-client": version])
    return guest
  }

  /// What each context has, the global one first.
  private func server(
    _ option: String, _ text: String, _ version: String = "1:9.2p1-2", more: String = ""
  ) throws -> [[String]] {
    let files = ["/etc/ssh/sshd_config": text, "/etc/ssh/more/a.conf": more]
    let keyword = try #require(SshdKeyword.named(option))
    return try Self.guest(files, version).model(SshdConfiguration.self).answers(keyword).map(\.value.value)
  }

  private func client(
    _ option: String, _ text: String, _ version: String = "1:9.2p1-2", more: String = ""
  ) throws -> [[String]] {
    let files = ["/etc/ssh/ssh_config": text, "/etc/ssh/more/a.conf": more]
    return try Self.guest(files, version).model(SshClientConfiguration.self).answers(option).map(
      \.value.value)
  }

  private typealias Ask = (_ option: String, _ text: String, _ more: String) throws -> [[String]]
  private var both: [Ask] {
    [{ try server($0, $1, more: $2) }, { try client($0, $1, more: $2) }]
  }

  @Test(arguments: rows) func inherited(_ row: Row) throws {
    let name = row.inherited.name
    #expect(try server(row.option, "", row.inherited.with)[0].contains(name))
    #expect(try client(row.option, "", row.inherited.with)[0].contains(name))
    #expect(try !server(row.option, "")[0].contains(row.weak))
    #expect(try !client(row.option, "")[0].contains(row.weak))
    if !row.inherited.without.isEmpty {
      #expect(try !server(row.option, "", row.inherited.without)[0].contains(name))
      #expect(try !client(row.option, "", row.inherited.without)[0].contains(name))
    }
  }

  @Test(arguments: rows) func overridden(_ row: Row) throws {
    let weak = "\(row.option) \(row.weak)\n"
    let strong = "\(row.option) \(row.strong)\n"
    #expect(try server(row.option, strong + weak) == [[row.strong]])
    #expect(try server(row.option, weak + strong) == [[row.weak]])
    #expect(try client(row.option, strong + "Host *\n" + weak) == [[row.strong]])
    #expect(try client(row.option, "Host *\n" + weak + strong) == [[row.weak]])
    for ask in both {
      let usual = try ask(row.option, "", "")[0]
      func text(_ value: String) -> String { "\(row.option) \(value)\n" }
      #expect(try ask(row.option, text("+" + row.weak), "") == [usual + [row.weak]])
      #expect(try ask(row.option, text("^" + row.weak), "") == [[row.weak] + usual])
      let rest = usual.filter { $0 != row.strong }
      #expect(try ask(row.option, text("-" + row.strong), "") == [rest])
      #expect(try ask(row.option, text("-nonsense"), "") == [usual])
    }
  }

  @Test(arguments: rows) func inAnInclude(_ row: Row) throws {
    let include = "Include more/*.conf\n"
    let strong = "\(row.option) \(row.strong)\n"
    for ask in both {
      let more = "\(row.option) \(row.weak)\n"
      #expect(try ask(row.option, include + strong, more) == [[row.weak]])
      #expect(try ask(row.option, strong + include, more) == [[row.strong]])
    }
  }

  /// sshd refuses lists of algorithms there but for those of users' keys.
  @Test(arguments: rows) func inABlock(_ row: Row) throws {
    let strong = "\(row.option) \(row.strong)\n"
    let weak = " \(row.option) \(row.weak)\n"
    let text = strong + "Match User bob\n" + weak
    if row.option == "PubkeyAcceptedAlgorithms" {
      #expect(try server(row.option, text) == [[row.strong], [row.weak]])
    } else {
      #expect(throws: EvidenceGap.self) { try server(row.option, text) }
    }
    #expect(try client(row.option, "Host lab\n" + weak + "Host *\n" + strong) == [[row.strong], [row.weak]])
    // The first value counts, also over one in a block.
    #expect(try client(row.option, strong + "Host lab\n" + weak) == [[row.strong]])
    #expect(try client(row.option, "Match host lab\n" + weak)[1] == [row.weak])
  }

  @Test(arguments: rows) func aNameThatTheReleaseDoesNotKnow(_ row: Row) throws {
    for value in ["nonsense", "\(row.strong),nonsense", "+nonsense", "^nonsense"] {
      #expect(throws: EvidenceGap.self) { try server(row.option, "\(row.option) \(value)\n") }
      #expect(throws: EvidenceGap.self) { try client(row.option, "Host a\n \(row.option) \(value)\n") }
    }
    // Of a release that is newer than what is known here nothing is refused.
    #expect(try server(row.option, "\(row.option) nonsense\n", "1:11.0p1-1") == [["nonsense"]])
  }

  /// Since 10.0 there is no DSA, and sshd alone has no finite fields by itself.
  @Test func release10() throws {
    #expect(try server("HostKeyAlgorithms", "HostKeyAlgorithms ssh-dss\n") == [["ssh-dss"]])
    #expect(throws: EvidenceGap.self) {
      try server("HostKeyAlgorithms", "HostKeyAlgorithms ssh-dss\n", "1:10.0p1-7")
    }
    let field = "diffie-hellman-group14-sha256"
    #expect(try !server("KexAlgorithms", "", "1:10.0p1-7")[0].contains(field))
    #expect(try client("KexAlgorithms", "", "1:10.0p1-7")[0].last == field)
  }

  @Test func patterns() throws {
    #expect(
      try server("HostKeyAlgorithms", "HostKeyAlgorithms rsa-*,ssh-rsa\n") == [
        [
          "rsa-sha2-256", "rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512",
          "rsa-sha2-512-cert-v01@openssh.com",
          "ssh-rsa",
        ]
      ])
    #expect(throws: EvidenceGap.self) { try server("HostKeyAlgorithms", "HostKeyAlgorithms x*\n") }
    #expect(throws: EvidenceGap.self) { try server("Ciphers", "Ciphers aes*\n") }
  }

  @Test(arguments: ["Nonsense yes\n", "Match User a\nNonsense yes\n"]) func unknownKeywords(_ text: String)
    throws
  {
    #expect(throws: EvidenceGap.self) { try server("Ciphers", text) }
    #expect(throws: EvidenceGap.self) { try client("Ciphers", text.replacing("User a", with: "host a")) }
    #expect(try server("Ciphers", "UseLogin yes\nKeyRegenerationInterval 3\n").count == 1)
    #expect(try server("Ciphers", text, "1:11.0p1-1").count == 1)
  }
}
