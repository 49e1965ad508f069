import DiskImages
import Evidence
import Foundation
import Testing

/// Lengths of the files in the named directories, and nothing else of them.
private struct LengthProbe: ContentProbe {
  struct Record: Codable, Sendable, Hashable { var length: Int }
  static let name = "lengths"
  var directories: Set<String>
  var words: String { "measuring" }

  func union(_ other: Self) -> Self { Self(directories: directories.union(other.directories)) }

  func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>(scope: directories.sorted().joined(separator: " "))
    let files = directories.flatMap { evidence.index.matches(GlobPattern("\($0)/*")) }
    try filesystem.readContents(of: files, limit: 100) { file, content in
      switch content {
      case .bytes(let bytes): answer.records[file.id] = Record(length: bytes.count)
      case .tooLarge(let size): answer.unread[file.id] = "\(size) bytes"
      case .unreadable(let reason): answer.unread[file.id] = reason
      case .notCollected: answer.unread[file.id] = "not collected"
      }
    }
    return answer
  }
}

struct ContentProbeTests {
  private let guest: MemoryFilesystem = {
    let guest = MemoryFilesystem()
    guest.addFile("/etc/a", "four")
    guest.addFile("/etc/large", .bytes([UInt8](repeating: 0, count: 101)))
    guest.addFile("/opt/b", "password=secret")
    guest.addFile("/opt/c", .unreadable(reason: "damaged"))
    return guest
  }()

  private func plan(_ directories: String...) -> CollectionPlan {
    var plan = CollectionPlan()
    for directory in directories { plan.add(LengthProbe(directories: [directory])) }
    return plan
  }

  private func lengths(_ evidence: Evidence) throws -> [String] {
    let answer = try evidence.answer(of: LengthProbe.self)
    let known = answer.records.map { "\(evidence.index.entry(id: $0.key)?.path ?? "") \($0.value.length)" }
    let unread = answer.unread.map { "\(evidence.index.entry(id: $0.key)?.path ?? ""): \($0.value)" }
    return (known + unread).sorted()
  }

  @Test func oneProbeAnswersWhatSeveralAsk() throws {
    var both = plan("/etc")
    both.formUnion(plan("/opt"))
    let evidence = try Collector(plan: both).collect(guest)
    #expect(try evidence.answer(of: LengthProbe.self).scope == "/etc /opt")
    #expect(try lengths(evidence) == ["/etc/a 4", "/etc/large: 101 bytes", "/opt/b 15", "/opt/c: damaged"])
    #expect(evidence.contents.isEmpty)
  }

  @Test func anAnswerThatNobodyAskedForIsUnknown() throws {
    let evidence = try Collector(plan: CollectionPlan()).collect(guest)
    #expect(throws: EvidenceGap.self) { try evidence.answer(of: LengthProbe.self) }
  }

  @Test func aBundleKeepsAnswersAndAsksNoProbeAgain() throws {
    let path = NSTemporaryDirectory() + "probe-\(UUID().uuidString).brinell"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let collected = try Collector(plan: plan("/etc")).collect(guest)
    let target = CollectedTarget(target: "guest", guests: [CollectedGuest(evidence: collected)])
    try Bundle.write(target, to: path, collectedAt: 0)
    let read = try collect(.bundle(path), plan: plan("/etc", "/opt"), options: OpenOptions())
    let evidence = try #require(read.guests.first).evidence
    #expect(try evidence.answer(of: LengthProbe.self).scope == "/etc")
    #expect(try lengths(evidence) == ["/etc/a 4", "/etc/large: 101 bytes"])
  }

  @Test func aDamagedAnswerIsUnknown() throws {
    var evidence = try Collector(plan: plan("/etc")).collect(guest)
    evidence.answers.set(ProbeAnswer<[String]>(records: [1: ["x"]]), of: OtherProbe.self)
    #expect(throws: EvidenceGap.self) { try evidence.answer(of: LengthProbe.self) }
  }
}

/// Writes records of another form under the same name.
private struct OtherProbe: ContentProbe {
  typealias Record = [String]
  static let name = "lengths"
  var words: String { "" }
  func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> { ProbeAnswer() }
}
