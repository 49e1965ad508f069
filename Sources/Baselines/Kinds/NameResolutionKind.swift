import DiskImages
import Evidence
import Facts

/// Whether the files that resolve names carry something of the network in which the image was built.
public struct NameResolutionKind: CheckKind {
  public static let name = "name_resolution"
  public static let summary =
    "Reads resolv.conf and hosts as they lie on the disk: name servers, search domains and foreign hosts."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "nameservers", .textList,
      "patterns of the name servers that may stand in resolv.conf beside the machine's own"),
    .init("searches", .textList, "patterns of the domains that may be searched"),
    .init("hosts", .textList, "patterns of lines of /etc/hosts for other machines: `10.0.0.1 *`"),
  ]

  private let nameservers: [String]
  private let searches: [String]
  private let hosts: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    nameservers = parameters.list("nameservers")
    searches = parameters.list("searches")
    hosts = parameters.list("hosts")
  }

  public var plan: CollectionPlan { CollectionPlan([NameResolution.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let resolution: NameResolution = try facts.model()
    let local = ["127.*", "::1"]
    return outcomes(resolution.nameservers, "nameserver", local + nameservers)
      + outcomes(resolution.searches, "search domain", [".", "lan", "local", "localdomain"] + searches)
      + outcomes(resolution.foreignHosts, "host", hosts)
  }

  private func outcomes(_ items: [NameResolution.Item], _ what: String, _ allowed: [String]) -> [Outcome] {
    items.filter { item in !allowed.contains { fnmatch(pattern: $0, item.value) } }.map { item in
      Outcome(
        .fail, subject: "\(what) \(item.value)",
        expected: "no \(what) of the network where the image was built",
        actual: item.value, evidence: [.init(item.origin)])
    }
  }
}
