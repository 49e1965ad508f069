import Baselines

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

    /// The kind that the change has when the sides are exchanged.
    public var mirrored: Kind {
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

    public init(_ text: String, path: String? = nil, line: Int? = nil, origin: String? = nil) {
      self.text = text
      self.path = path
      self.line = line
      self.origin = origin
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

  /// The change as it is when the sides are exchanged.
  public var mirrored: DiffChange {
    var change = self
    change.kind = kind.mirrored
    swap(&change.old, &change.new)
    return change
  }
}
