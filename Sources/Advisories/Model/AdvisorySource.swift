/// A form in which advisories are published. One file in `Sources` for each; a new one adds a line to
/// `AdvisorySources.all`.
public protocol AdvisorySource: Sendable, SendableMetatype {
  /// How `--source` and `advisories status` call it: `osv`, `debian-tracker`, `alpine-secdb`.
  static var name: String { get }

  /// Whether a file is of this form.
  ///
  /// - Parameters:
  ///   - name: the file's name, without the endings of compression.
  ///   - head: its first bytes, unpacked, 64 KiB at most.
  static func recognises(name: String, head: [UInt8]) -> Bool

  /// Hands over every record of one file.
  ///
  /// - Throws: one line for people if the file as a whole cannot be used. A single bad record is skipped and counted
  ///   by the receiver.
  static func read(_ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver) throws(AdvisoryError)
}

/// A file of advisories, unpacked.
public struct AdvisoryFile: Sendable {
  /// For messages and for what only the name tells: `ubuntu.zip/USN-1-1.json`.
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Who takes the records of a source.
public protocol AdvisoryReceiver {
  mutating func take(_ advisory: Advisory) throws(AdvisoryError)
  /// A record was left out.
  ///
  /// - Parameter reason: a few words, the same for the same kind of trouble, since they are counted.
  mutating func skip(_ record: String, reason: String)
  /// CISA's catalogue of known exploited vulnerabilities has the CVE.
  mutating func takeExploited(
    cve: String, added: String, due: String?, ransomware: Bool
  ) throws(AdvisoryError)
  /// FIRST's probability of exploitation within 30 days, 0...1.
  mutating func takeProbability(cve: String, probability: Double) throws(AdvisoryError)
  /// When the source made the data, `2026-07-11` or with a time; unknown dates are taken from the file's time.
  mutating func takeDate(_ date: String)
}

/// Advisories could not be read, stored or fetched.
public struct AdvisoryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed, on which file, what to do next.
  public var description: String
  /// A few words, the same for the same kind of trouble in any file; the description where there are none.
  public var reason: String

  public init(_ description: String, reason: String? = nil) {
    self.description = description
    self.reason = reason ?? description
  }
}
