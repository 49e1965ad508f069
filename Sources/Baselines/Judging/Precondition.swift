import Evidence
import Facts

/// Something that a baseline declares has to hold before a check makes sense.
public protocol Precondition: Sendable {
  /// Nil if it holds, else why not, in words: `openssh-server is not installed`.
  ///
  /// - Throws: `EvidenceGap` if the image cannot tell.
  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String?
  /// What the precondition reads.
  var plan: CollectionPlan { get }
  /// The condition in words: `openssh-server is installed`.
  var words: String { get }
}
