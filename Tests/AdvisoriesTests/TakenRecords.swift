import Advisories
import Testing

/// What a source handed over.
struct TakenRecords: AdvisoryReceiver {
  struct Exploited: Equatable {
    var cve: String
    var added: String
    var due: String?
    var ransomware: Bool
  }

  var advisories: [Advisory] = []
  /// `record: reason`
  var skipped: [String] = []
  var exploited: [Exploited] = []
  var probabilities: [String: Double] = [:]
  var dates: [String] = []

  mutating func take(_ advisory: Advisory) { advisories.append(advisory) }
  mutating func skip(_ record: String, reason: String) { skipped.append("\(record): \(reason)") }
  mutating func takeExploited(cve: String, added: String, due: String?, ransomware: Bool) {
    exploited.append(.init(cve: cve, added: added, due: due, ransomware: ransomware))
  }
  mutating func takeProbability(cve: String, probability: Double) { probabilities[cve] = probability }
  mutating func takeDate(_ date: String) { dates.append(date) }

  /// Reads a text as a file of a source, which has to recognise it.
  init(_ source: any AdvisorySource.Type, _ text: String, name: String = "feed") throws {
    let bytes = Array(text.utf8)
    let isRecognised = source.recognises(name: name, head: Array(bytes.prefix(64 << 10)))
    #expect(isRecognised)
    try Self.read(source, AdvisoryFile(name: name, bytes: bytes), &self)
  }

  private static func read<Source: AdvisorySource>(
    _ source: Source.Type, _ file: AdvisoryFile, _ records: inout TakenRecords
  ) throws { try source.read(file, into: &records) }

  /// The packages of all advisories, each as one line.
  var lines: [String] {
    advisories.flatMap { advisory in advisory.affected.map { "\(advisory.id) \($0.line)" } }
  }
}

extension AffectedPackage {
  /// `Debian:12 curl affected [0, 1.2)`.
  var line: String {
    var parts = [ecosystem, name, status.rawValue]
    parts += ranges.map { "[\($0.introduced ?? "0"), \($0.fixed ?? "∞"))" }
    if !architectures.isEmpty { parts.append(architectures.joined(separator: "+")) }
    if let module { parts.append("module=\(module)") }
    if let statedSeverity { parts.append("severity=\(statedSeverity)") }
    if let note { parts.append("note=\(note)") }
    return parts.joined(separator: " ")
  }
}

/// The one line of the error that a source gives for a text.
func problem(_ source: any AdvisorySource.Type, _ text: String) -> String? {
  do {
    _ = try TakenRecords(source, text)
    return nil
  } catch {
    return "\(error)"
  }
}
