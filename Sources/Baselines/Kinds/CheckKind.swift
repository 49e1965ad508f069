import DiskImages
import Evidence
import Facts

/// A kind of check: one question form over one model, with parameters.
///
/// A new kind is one file that conforms to this protocol and one line in `CheckKinds.all`.
public protocol CheckKind: Sendable {
  /// The key that names the kind in a baseline, e.g. `sshd`.
  static var name: String { get }
  /// One sentence for `brinell baseline explain`: what the kind reads and decides.
  static var summary: String { get }
  /// The keys that the kind takes, in the order in which people write them.
  static var parameters: [ParameterSpecification] { get }

  /// Reads the parameters, whose keys and types have been tested against `parameters`.
  ///
  /// - Throws: `ParameterError` for a combination or a value that makes no sense.
  init(_ parameters: Parameters) throws(ParameterError)

  /// What the check reads.
  var plan: CollectionPlan { get }

  /// Answers the question for one guest. One outcome for a question about the guest as a whole, one for
  /// each subject for a question about many; an empty list means that there was nothing to object to and
  /// counts as pass.
  ///
  /// - Throws: `EvidenceGap` if the image cannot tell; the verdict is then undecided.
  func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome]

  /// The change that makes the check pass, derived from its parameters; nil where no fixed change does.
  var fix: Fix? { get }
}

/// The answer for one subject of a check.
public struct Outcome: Hashable, Sendable {
  /// The answer.
  public enum Verdict: Hashable, Sendable {
    case pass
    case fail
    /// The image cannot tell.
    case undecided(reason: String)
  }

  public var verdict: Verdict
  /// What was judged, stable across image versions: a file, a key, an account. No line numbers or versions.
  public var subject: String
  /// The requirement in words, e.g. `PermitRootLogin no`.
  public var expected: String
  /// What the guest would do, e.g. `PermitRootLogin prohibit-password (compiled default)`.
  public var actual: String
  /// Where it is written, the decisive place first.
  public var evidence: [EvidenceLine]

  /// An answer for one subject.
  public init(
    _ verdict: Verdict, subject: String, expected: String, actual: String, evidence: [EvidenceLine] = []
  ) {
    self.verdict = verdict
    self.subject = subject
    self.expected = expected
    self.actual = actual
    self.evidence = evidence
  }
}

/// One place that shows why a verdict is what it is.
public struct EvidenceLine: Hashable, Sendable, Codable {
  /// Nil for a compiled default.
  public var path: String?
  /// Counted from 1.
  public var line: Int?
  /// The line, the mode, the value: what is to be seen there.
  public var text: String
  /// In words, e.g. `drop-in`, `vendor`, `shadowed by /etc/sysctl.d/10.conf:3`.
  public var origin: String

  /// Names a place.
  public init(path: String? = nil, line: Int? = nil, text: String, origin: String) {
    self.path = path
    self.line = line
    self.text = text
    self.origin = origin
  }

  /// The place that an origin describes.
  public init(_ origin: Origin, note: String? = nil) {
    self.init(
      path: origin.path, line: origin.line, text: origin.text ?? "",
      origin: note.map { "\(origin.kind.rawValue), \($0)" } ?? origin.kind.rawValue)
  }
}

extension Effective {
  /// The decisive place and then those that it shadows.
  public var evidenceLines: [EvidenceLine] {
    [EvidenceLine(origin)] + shadowed.prefix(8).map { EvidenceLine($0.origin, note: "shadowed") }
  }
}
