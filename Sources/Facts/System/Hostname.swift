import DiskImages
import Evidence

/// The name that the guest gives itself (hostname(5)): the first line of /etc/hostname that is no comment.
public struct Hostname: FactModel {
  public static let needs: [ContentNeed] = ["/etc/hostname"]

  /// Nil where no name is configured: the network or a generator gives one.
  public let name: String?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let file = try facts.evidence.text(at: "/etc/hostname")
    name = file?.lines.lazy.map { String($0.text.trimmingBlanks()) }.first {
      !$0.isEmpty && !$0.hasPrefix("#")
    }
  }
}
