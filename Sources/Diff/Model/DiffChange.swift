import Baselines
import Reports

/// One thing that is not the same on both sides.
public struct DiffChange: Sendable, Hashable, Codable {
  /// What has become of it. Kinds of one topic are told apart by its words, not by new ones.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case added, removed, changed
    /// The same content under another name.
    case moved
    case upgraded, downgraded
    /// Findings alone.
    case new, fixed, waived, undecided

    /// The kind that a change has when the sides are exchanged; that of a finding also depends on what it was before.
    var mirrored: Kind {
      switch self {
      case .added: .removed
      case .removed: .added
      case .upgraded: .downgraded
      case .downgraded: .upgraded
      case .new: .fixed
      case .fixed: .new
      case .changed, .moved, .waived, .undecided: self
      }
    }
  }

  /// What is on one side, and where it is said.
  public struct Value: Sendable, Hashable, Codable {
    public var text: String
    public var path: String?
    /// Counted from 1. Never compared: a setting that has moved within its file is the same.
    public var line: Int?
    /// In words, as in `drop-in` or `compiled default`.
    public var origin: String?
    /// Where the text is a size.
    public var bytes: Int64?
    /// Of a finding: the verdict of this side; undecided or blocked also where the check as a whole is.
    public var verdict: CheckResult.Verdict?
    /// Of a finding, on this side.
    public var severity: Severity?

    public init(_ text: String, path: String? = nil, line: Int? = nil, origin: String? = nil) {
      self.text = text
      self.path = path
      self.line = line
      self.origin = origin
    }

    /// A size.
    init(bytes: Int64) {
      self.init(sizeText(bytes))
      self.bytes = bytes
    }
  }

  public var kind: Kind
  /// What it is about, the same on both sides: a path, a key, an account.
  public var subject: String
  /// Nil where the side does not have it.
  public var old: Value?
  public var new: Value?
  /// For findings.
  public var severity: Severity?
  public var check: String?
  public var fingerprint: String?
  /// What else is to be said, in one phrase.
  public var note: String?
  /// For directories: what has become of the files in it. The note says the same in words.
  public var files: FileCounts?

  public init(
    _ kind: Kind, _ subject: String, old: Value? = nil, new: Value? = nil, severity: Severity? = nil,
    check: String? = nil, fingerprint: String? = nil, note: String? = nil
  ) {
    self.kind = kind
    self.subject = subject
    self.old = old
    self.new = new
    self.severity = severity
    self.check = check
    self.fingerprint = fingerprint
    self.note = note
  }

  /// What has become of the files in a directory.
  init(_ directory: String, old: Int64, new: Int64, _ files: FileCounts) {
    self.init(
      .changed, directory, old: Value(bytes: old), new: Value(bytes: new), note: files.words)
    self.files = files
  }

  /// A file that has another name now.
  init(movedTo path: String, old: Value, new: Value) {
    self.init(.moved, path, old: old, new: new, note: old.path.map { "was \($0)" })
  }

  /// The change as it is when the sides are exchanged.
  public var mirrored: DiffChange {
    if kind == .moved, let old, let new, let path = old.path {
      return DiffChange(movedTo: path, old: new, new: old)
    }
    var change = self
    change.kind =
      check == nil ? kind.mirrored : Kind(from: new?.verdict, to: old?.verdict)
    swap(&change.old, &change.new)
    change.severity = check == nil ? severity : change.new?.severity ?? change.old?.severity
    if let mirror = files?.mirrored {
      change.files = mirror
      change.note = mirror.words
    }
    return change
  }
}

/// How many files of a directory have come, gone or changed; few are named.
public struct FileCounts: Sendable, Hashable, Codable {
  public var added = 0
  public var removed = 0
  public var changed = 0
  /// The same content under another name in this directory.
  public var moved = 0
  /// The same content in another directory before.
  public var movedIn = 0
  /// The same content in another directory now.
  public var movedOut = 0
  /// Names relative to the directory, sorted; empty where there are many.
  public var named: [Names] = []

  /// A file's names; nil where the side does not have it.
  public struct Names: Sendable, Hashable, Codable {
    public var old: String?
    public var new: String?

    var words: String {
      guard let old, let new, old != new else { return old ?? new ?? "" }
      return "\(old) -> \(new)"
    }
    /// The same for both directions, so that they name files in one order.
    var order: String { [old, new].compactMap { $0 }.min() ?? "" }
  }

  enum CodingKeys: String, CodingKey {
    case added, removed, changed, moved
    case movedIn = "moved_in"
    case movedOut = "moved_out"
    case named
  }

  var mirrored: FileCounts {
    var mirror = self
    swap(&mirror.added, &mirror.removed)
    swap(&mirror.movedIn, &mirror.movedOut)
    mirror.named = named.map { Names(old: $0.new, new: $0.old) }
    return mirror
  }

  /// `2 added, 1 changed: a, b, c`.
  var words: String {
    let counts = [
      (added, "added"), (removed, "removed"), (changed, "changed"), (moved, "moved"),
      (movedIn, "moved to here"), (movedOut, "moved elsewhere"),
    ]
    let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return named.isEmpty ? words : words + ": " + named.map(\.words).joined(separator: ", ")
  }
}
