import DiskImages
import Evidence

/// Builds what firewalld's default zone lets through (firewalld.conf(5), firewalld.zone(5)).
///
/// Zones that are bound to interfaces or sources are left out, as are rich rules with anything but an accept or a
/// drop of everything, policies and direct rules.
enum FirewalldFirewall {
  private static let folders = ["/etc/firewalld", "/usr/lib/firewalld"]
  static let needs: [ContentNeed] =
    ["/etc/firewalld/firewalld.conf"]
    + folders.flatMap { [ContentNeed("\($0)/zones/*.xml"), ContentNeed("\($0)/services/*.xml")] }

  /// The zone that an interface without one of its own is in.
  static func defaultZone(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String> {
    for line in try evidence.text(at: "/etc/firewalld/firewalld.conf")?.lines ?? [] {
      let parts = line.text.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
      if parts.count == 2, parts[0] == "DefaultZone", !parts[1].isEmpty {
        return Effective(
          String(parts[1]),
          origin: Origin(
            path: "/etc/firewalld/firewalld.conf", line: line.number, kind: .explicit, text: line.text))
      }
    }
    return Effective("public", origin: .compiledDefault("firewalld.conf(5), DefaultZone"))
  }

  static func ruleset(_ evidence: Evidence) throws(EvidenceGap) -> FirewallRuleset {
    let zone = try defaultZone(evidence)
    guard let file = try file("zones/\(zone.value).xml", evidence) else {
      throw EvidenceGap(
        path: "/etc/firewalld/zones/\(zone.value).xml", reason: "the default zone is not there")
    }
    let tags = XMLTags(file).tags
    let target = tags.first { $0.name == "zone" }?.attributes["target"] ?? "default"
    let families = Set(FirewallFamily.allCases)
    func chain(_ hook: FirewallHook, drops: Bool) -> FirewallChain {
      FirewallChain(
        families: families, table: "inet firewalld", name: hook.rawValue, hook: hook, dropsByDefault: drops,
        origin: Origin(
          path: file.path, line: tags.first?.line, kind: file.path.hasPrefix("/etc/") ? .explicit : .vendor,
          text: "zone \(zone.value), target \(target)"))
    }
    var input = chain(.input, drops: target != "ACCEPT")
    input.rules.append(
      FirewallRule(
        conditions: [.init(test: .inInterface(["lo"]))], action: .accept,
        origin: .compiledDefault("firewalld(1)")))
    for tag in tags where !tag.isInRichRule { input.rules += try rules(of: tag, file.path, evidence) }
    return FirewallRuleset(
      chains: [input, chain(.forward, drops: target != "ACCEPT"), chain(.output, drops: false)])
  }

  private static func rules(of tag: XMLTags.Tag, _ path: String, _ evidence: Evidence) throws(EvidenceGap)
    -> [FirewallRule]
  {
    let origin = Origin(path: path, line: tag.line, kind: .explicit, text: tag.text)
    func accept(_ transport: String, _ port: String) -> FirewallRule? {
      guard let range = FirewallPorts.range(port) else { return nil }
      return FirewallRule(
        conditions: [.init(test: .transport([transport])), .init(test: .destinationPort([range]))],
        action: .accept,
        origin: origin)
    }
    switch tag.name {
    case "port":
      return accept(tag.attributes["protocol"] ?? "tcp", tag.attributes["port"] ?? "").map { [$0] } ?? []
    case "service":
      guard let name = tag.attributes["name"], !name.contains("/"),
        let file = try file("services/\(name).xml", evidence)
      else { return [] }
      return XMLTags(file).tags.filter { $0.name == "port" }.compactMap {
        accept($0.attributes["protocol"] ?? "tcp", $0.attributes["port"] ?? "")
      }
    default: return []
    }
  }

  /// A file of /etc beats the vendor's of the same name.
  private static func file(_ name: String, _ evidence: Evidence) throws(EvidenceGap) -> TextFile? {
    for folder in folders {
      if let file = try evidence.text(at: "\(folder)/\(name)") { return file }
    }
    return nil
  }
}

/// The start tags of a small XML file, in their order; enough for firewalld's zones and services.
struct XMLTags {
  struct Tag {
    var name: String
    var attributes: [String: String]
    var line: Int
    var text: String
    /// Whether a `<rule>` is around it.
    var isInRichRule: Bool
  }

  private(set) var tags: [Tag] = []
  private static let limit = 100_000

  init(_ file: TextFile) {
    let bytes = Array(file.lines.map(\.text).joined(separator: "\n").utf8)
    var line = 1
    var position = 0
    var isInRule = false
    while position < bytes.count, tags.count < Self.limit {
      if bytes[position] == 0x0a { line += 1 }
      guard bytes[position] == UInt8(ascii: "<") else {
        position += 1
        continue
      }
      let isComment = bytes[position...].starts(with: "<!--".utf8)
      let end = Self.end(of: position, in: bytes, isComment: isComment)
      let body = String(decoding: bytes[min(position + 1, end)..<end], as: UTF8.self)
      if !isComment, let first = body.first, first.isLetter {
        let tag = Self.tag(body, line, isInRule)
        if tag.name == "rule" && !body.hasSuffix("/") { isInRule = true }
        tags.append(tag)
      } else if body.hasPrefix("/rule") {
        isInRule = false
      }
      line += bytes[position..<end].count { $0 == 0x0a }
      position = end + 1
    }
  }

  private static func end(of start: Int, in bytes: [UInt8], isComment: Bool) -> Int {
    guard isComment else { return bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count }
    var position = start
    while position < bytes.count, !bytes[position...].starts(with: "-->".utf8) { position += 1 }
    return min(position + 2, bytes.count)
  }

  private static func tag(_ body: String, _ line: Int, _ isInRule: Bool) -> Tag {
    var attributes: [String: String] = [:]
    var rest = body[...]
    let name = rest.prefix { !$0.isWhitespace && $0 != "/" }
    rest = rest.dropFirst(name.count)
    while let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].drop { $0.isWhitespace }
      rest = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
      guard let quote = rest.first, quote == "\"" || quote == "'" else { break }
      rest = rest.dropFirst()
      let value = rest.prefix { $0 != quote }
      attributes[key.trimmingBlanks().description] = String(value)
      rest = rest.dropFirst(value.count + 1)
    }
    return Tag(
      name: String(name), attributes: attributes, line: line, text: "<\(body)>", isInRichRule: isInRule)
  }
}
