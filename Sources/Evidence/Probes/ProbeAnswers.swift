import DiskImages
import Foundation

/// The answers of all probes, each as JSON, the form in which a bundle keeps them.
public struct ProbeAnswers: Sendable, Hashable {
  /// By the name of the probe.
  public internal(set) var texts: [String: [UInt8]] = [:]

  /// No probe has been asked.
  public init() {}

  /// Records an answer.
  public mutating func set<Probe: ContentProbe>(_ answer: ProbeAnswer<Probe.Record>, of probe: Probe.Type) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Records are plain values; a probe whose records cannot be encoded has given no answer.
    texts[Probe.name] = (try? encoder.encode(StoredAnswer(answer))).map(Array.init)
  }
}

extension Evidence {
  /// What a probe has found out.
  ///
  /// - Throws: if it was not asked when the guest was collected.
  public func answer<Probe: ContentProbe>(
    of probe: Probe.Type
  ) throws(EvidenceGap) -> ProbeAnswer<Probe.Record> {
    guard let text = answers.texts[Probe.name] else {
      throw EvidenceGap(
        path: "/", reason: "the evidence was collected without '\(Probe.name)'; collect it again")
    }
    guard let stored = try? JSONDecoder().decode(StoredAnswer<Probe.Record>.self, from: Data(text)) else {
      throw EvidenceGap(path: "/", reason: "the evidence's '\(Probe.name)' cannot be read; collect it again")
    }
    return stored.answer
  }
}

/// An answer with its files in order, so that the same guest gives the same bytes.
private struct StoredAnswer<Record: Codable & Sendable>: Codable {
  struct Item: Codable {
    var file: UInt32
    var record: Record?
    var unread: String?
  }

  var scope: String
  var files: [Item]

  init(_ answer: ProbeAnswer<Record>) {
    scope = answer.scope
    files = answer.records.map { Item(file: $0.key, record: $0.value) }
    files += answer.unread.map { Item(file: $0.key, unread: $0.value) }
    files.sort { ($0.file, $0.record == nil ? 1 : 0) < ($1.file, $1.record == nil ? 1 : 0) }
  }

  var answer: ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>(scope: scope)
    for item in files {
      if let record = item.record { answer.records[item.file] = record }
      if let reason = item.unread { answer.unread[item.file] = reason }
    }
    return answer
  }
}
