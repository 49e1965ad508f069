import DiskImages
import Evidence

/// What resolv.conf(5) and hosts(5) say on the disk, before any program of the network writes them anew.
public struct NameResolution: FactModel {
  public static let needs: [ContentNeed] = ["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]

  /// A word of a file with its line.
  public typealias Item = Effective<String>.Candidate

  /// Whether resolv.conf is a link to what the boot writes, so that its content here says nothing.
  public let isWrittenAtBoot: Bool
  public let nameservers: [Item]
  /// Domains of `search` and `domain`.
  public let searches: [Item]
  /// Names in hosts(5) for addresses that are not the machine's own, the address first: `10.0.0.1 build`.
  public let foreignHosts: [Item]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let link = try facts.evidence.entry(at: "/etc/resolv.conf", followLast: false)?.linkTarget
    isWrittenAtBoot = link.map { $0.contains("run/") } ?? false
    var nameservers: [Item] = []
    var searches: [Item] = []
    if !isWrittenAtBoot, let file = try facts.evidence.text(at: "/etc/resolv.conf") {
      for line in ConfigurationLine.read(file, comments: "#;") where line.words.count >= 2 {
        let items = line.words.dropFirst().map { Item(value: $0, origin: line.origin) }
        switch line.words[0] {
        case "nameserver": nameservers += items.prefix(1)
        // The last of them counts.
        case "search", "domain": searches = items
        default: continue
        }
      }
    }
    self.nameservers = nameservers
    self.searches = searches
    foreignHosts = try Self.foreignHosts(facts.evidence)
  }

  private static func foreignHosts(_ evidence: Evidence) throws(EvidenceGap) -> [Item] {
    guard let file = try evidence.text(at: "/etc/hosts") else { return [] }
    return ConfigurationLine.read(file).compactMap { line in
      let text = line.text.prefix { $0 != "#" }
      let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard words.count >= 2 else { return nil }
      let address = words[0].lowercased()
      // Debian's file has the multicast groups of IPv6 beside the loopback addresses.
      let isOwn =
        Listener.isLoopback(address) || ["fe00::", "ff00::", "ff02::"].contains { address.hasPrefix($0) }
      return isOwn ? nil : Item(value: words.joined(separator: " "), origin: line.origin)
    }
  }
}
