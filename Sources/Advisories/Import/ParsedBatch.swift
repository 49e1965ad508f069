import Dispatch
import Synchronization

/// What parsing some files came to, kept until it is its turn to be stored.
struct BatchReceiver: AdvisoryReceiver {
  var advisories: [Advisory] = []
  var exploited: [(cve: String, added: String, due: String?, ransomware: Bool)] = []
  var probabilities: [(cve: String, value: Double)] = []
  var skipped: [(record: String, reason: String)] = []
  var date: String?

  mutating func take(_ advisory: Advisory) { advisories.append(advisory) }

  mutating func skip(_ record: String, reason: String) { skipped.append((record, reason)) }

  mutating func takeExploited(cve: String, added: String, due: String?, ransomware: Bool) {
    exploited.append((cve, added, due, ransomware))
  }

  mutating func takeProbability(cve: String, probability: Double) { probabilities.append((cve, probability)) }

  mutating func takeDate(_ date: String) { self.date = max(self.date ?? date, date) }
}

/// Files that one thread recognises and parses while another one stores what came before.
final class ParsedBatch: Sendable {
  /// What the files came to, by source, and those that no source takes.
  struct Content: Sendable {
    var parts: [(source: any AdvisorySource.Type, receiver: BatchReceiver)] = []
    var unknown: [String] = []
    var failure: AdvisoryError?
  }

  private let content = Mutex(Content())
  private let done = DispatchSemaphore(value: 0)

  /// Starts the work.
  ///
  /// - Parameter usual: the source that damaged files are taken for, since others beside them were its.
  init(_ files: [AdvisoryFile], usual: (any AdvisorySource.Type)?) {
    DispatchQueue.global().async {
      let result = Self.parse(files, usual: usual)
      self.content.withLock { $0 = result }
      self.done.signal()
    }
  }

  /// Waits for the end.
  func wait() -> Content {
    done.wait()
    return content.withLock { $0 }
  }

  private static func parse(_ files: [AdvisoryFile], usual: (any AdvisorySource.Type)?) -> Content {
    var content = Content()
    var positions: [String: Int] = [:]
    var usual = usual
    for file in files {
      guard let source = AdvisorySources.source(of: file) ?? (file.name.hasSuffix(".json") ? usual : nil)
      else {
        content.unknown.append(file.name)
        continue
      }
      usual = source
      let position = positions[source.name] ?? content.parts.count
      if position == content.parts.count {
        content.parts.append((source, BatchReceiver()))
        positions[source.name] = position
      }
      do {
        try source.read(file, into: &content.parts[position].receiver)
      } catch {
        content.failure = error
        return content
      }
    }
    return content
  }
}

extension AdvisorySources {
  /// Bytes by which a file is recognised.
  static let headLength = 64 << 10

  /// The first source that recognises a file.
  static func source(of file: AdvisoryFile) -> (any AdvisorySource.Type)? {
    let head = file.bytes.count <= headLength ? file.bytes : Array(file.bytes[..<headLength])
    return all.first { $0.recognises(name: file.name, head: head) }
  }
}
