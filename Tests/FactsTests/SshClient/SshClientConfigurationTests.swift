import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct SshClientConfigurationTests {
  private func answers(_ option: String, _ text: String, isDebian: Bool = true) throws -> [String] {
    let guest = GuestFixture(["/etc/ssh/ssh_config": text])
    if isDebian { guest.setPackages(["openssh-client": "1:9.2p1-2"]) }
    return try guest.model(SshClientConfiguration.self).answers(option).map {
      "\($0.context ?? "-"): \($0.value.value.joined(separator: " "))"
    }
  }

  /// Debian's builds have defaults of their own.
  @Test(arguments: [
    ("ForwardX11Trusted", "", ["-: yes"], ["-: no"]), ("ServerAliveInterval", "", ["-: 0"], ["-: 0"]),
    ("ServerAliveInterval", "BatchMode yes\n", ["-: 300"], ["-: 0"]),
    ("ServerAliveInterval", "BatchMode yes\nServerAliveInterval 2m\n", ["-: 120"], ["-: 120"]),
    ("ServerAliveInterval", "BatchMode no\nBatchMode yes\n", ["-: 0"], ["-: 0"]),
    ("ServerAliveInterval", "Host a\nBatchMode yes\n", ["-: 0", "Host a: 300"], ["-: 0"]),
  ])
  func defaults(_ option: String, _ text: String, _ debian: [String], _ others: [String]) throws {
    #expect(try answers(option, text) == debian)
    #expect(try answers(option, text, isDebian: false) == others)
  }

  @Test(arguments: [
    "StrictHostKeyChecking maybe\n", "Nonsense yes\n", "Port\n", "Host\n", "BatchMode no yes\n",
    "BatchMode 1\n",
    "Host a\n ForwardX11 maybe\n", "Port \"22\n",
  ])
  func whatIsRefused(_ text: String) {
    #expect(throws: EvidenceGap.self) { try answers("Port", text) }
  }

  @Test(arguments: [
    ("ForwardAgent true\n", "ForwardAgent", ["-: yes"]), ("BatchMode FALSE\n", "BatchMode", ["-: no"]),
    ("StrictHostKeyChecking off\n", "StrictHostKeyChecking", ["-: no"]),
    ("IgnoreUnknown Non*,x\nNonsense yes\nX 1\n", "Port", ["-: 22"]), ("UseRoaming no\n", "Port", ["-: 22"]),
  ])
  func whatIsTaken(_ text: String, _ option: String, _ expected: [String]) throws {
    #expect(try answers(option, text) == expected)
  }

  @Test func manyLinesAreReadInOnePass() throws {
    let start = ThreadClock.now
    let text = "Ciphers " + String(repeating: "aes256-ctr,", count: 50_000) + "aes128-ctr\n"
    #expect(try answers("Ciphers", text) == ["-: aes256-ctr aes128-ctr"])
    _ = try answers("Port", String(repeating: "Host a\nHostKeyAlgorithms ssh-*\n", count: 1000))
    let long = String(repeating: "PubkeyAcceptedAlgorithms ssh-ed25519\nBatchMode yes\n", count: 30_000)
    #expect(try answers("Port", long) == ["-: 22"])
    #expect(ThreadClock.now - start < .seconds(10))
  }
}
