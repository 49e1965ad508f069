import DiskImages
import Evidence
import Foundation
import Testing

/// What the probe costs on an appliance without hardware virtualisation, by the costs of `ReadPlanner`.
struct ExecutableProbeCostTests {
  private static let trees = ["bookworm", "trixie"].map { "/var/cache/brinell/trees/\($0)" }

  @Test(arguments: trees) func staysBelowSixSeconds(_ tree: String) throws {
    guard FileManager.default.fileExists(atPath: tree + "/etc") else {
      return print("skipped: \(tree) is absent")
    }
    let guest = try DirectoryFilesystem(path: tree)
    let evidence = Evidence(index: try guest.readIndex())
    let before = guest.cost
    let answer = try ExecutableProbe().answer(evidence, guest)
    let requests = guest.cost.requests - before.requests
    let bytes = guest.cost.contentBytes - before.contentBytes
    let seconds = Double(requests) * 0.0013 + Double(bytes) / 10_000_000
    print("\(tree): \(answer.records.count) programs, \(requests) requests, \(bytes) bytes, \(seconds) s")
    #expect(answer.unread.isEmpty && answer.records.count > 500)
    #expect(seconds < 6)
  }
}
