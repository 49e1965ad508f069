import TestSupport
import Testing

@testable import Baselines

@Suite struct SshClientKindTests {
  private func verdicts(
    _ config: String, _ parameters: [String: ParameterValue], _ more: [String: String] = [:]
  ) throws -> [String] {
    let guest = GuestFixture(more.merging(["/etc/ssh/ssh_config": config]) { $1 })
    return try answers(SshClientKind.self, parameters, guest).map { "\($0.verdict) \($0.subject)" }
  }

  private let strict: [String: ParameterValue] = [
    "option": .text("StrictHostKeyChecking"), "not_in": .list(["no"]),
  ]

  @Test(arguments: [
    ("", ["pass StrictHostKeyChecking"]), ("StrictHostKeyChecking off", ["fail StrictHostKeyChecking"]),
    ("Host *\n StrictHostKeyChecking no", ["fail StrictHostKeyChecking"]),
    ("StrictHostKeyChecking yes\nHost *\n StrictHostKeyChecking no", ["pass StrictHostKeyChecking"]),
    ("Host lab\n StrictHostKeyChecking no", ["fail StrictHostKeyChecking in Host lab"]),
    (
      "Host *\n StrictHostKeyChecking ask\nHost lab\n StrictHostKeyChecking no",
      ["pass StrictHostKeyChecking"]
    ),
    ("Include d/*.conf", ["fail StrictHostKeyChecking"]),
    ("Match all\n StrictHostKeyChecking no", ["fail StrictHostKeyChecking"]),
  ])
  func hostKeyChecking(_ config: String, _ expected: [String]) throws {
    let more = ["/etc/ssh/d/a.conf": "Host b\nPort 3\nHost *\nStrictHostKeyChecking no\n"]
    #expect(try verdicts(config, strict, more) == expected)
  }

  @Test func globalContextLeavesBlocksOut() throws {
    let found = try verdicts(
      "Host lab\n StrictHostKeyChecking no", strict.merging(["context": .text("global")]) { $1 })
    #expect(found == ["pass StrictHostKeyChecking"])
  }

  @Test func algorithmsStandOnTheCompiledDefault() throws {
    let found = try verdicts(
      "Ciphers +3des-cbc", ["option": .text("Ciphers"), "not_contains": .list(["3des-cbc"])])
    #expect(found == ["fail Ciphers"])
  }

  @Test func circlesAreUndecided() throws {
    #expect(throws: (any Error).self) { try verdicts("Include /etc/ssh/ssh_config", strict) }
  }
}
