import DiskImages
import Evidence

/// Packages of rpm that no other installed package requires or recommends, by name or by file
/// (rpm-dependencies(7), "Requires", "Recommends", "Supplements").
///
/// Some of them were asked for; which ones, only dnf's history tells, and that is not read. Packages that require each
/// other in a circle do not show. Of a condition such as `(a if b)` every name counts as required.
public struct RpmLeaves: FactModel {
  /// One package.
  public struct Item: Sendable, Hashable {
    public var name: String
    /// Of its files as the package says, in bytes.
    public var size: Int64
  }

  public static let needs: [ContentNeed] = RpmDatabase.needs

  /// By name.
  public let items: [Item]

  private struct Node {
    var name: String
    var size: Int64
    var provides: [String]
    var requires: Set<String>
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var nodes: [Node] = []
    var paths: Set<String> = []
    let isThere = try RpmDatabase.forEachHeader(facts.evidence) { header in
      guard let name = header.text(.name), !name.isEmpty else { return }
      let words = header.texts(.requires) + header.texts(.recommends) + header.texts(.suggests)
      let requires = Set(words.flatMap(Self.names))
      paths.formUnion(requires.filter { $0.hasPrefix("/") })
      let size = header.number(.size).map(Int64.init) ?? 0
      nodes.append(
        Node(name: name, size: size, provides: header.texts(.provides) + [name], requires: requires))
    }
    guard isThere, !nodes.isEmpty else {
      throw EvidenceGap(path: "/var/lib/rpm", reason: "no package database of rpm")
    }
    if !paths.isEmpty {
      var position = 0
      _ = try RpmDatabase.forEachHeader(facts.evidence) { header in
        guard let name = header.text(.name), !name.isEmpty, position < nodes.count else { return }
        nodes[position].provides += Self.files(header, among: paths)
        position += 1
      }
    }
    // By name, the packages that require it: one, or several of which none alone is meant.
    var requirers: [String: Int] = [:]
    for (position, node) in nodes.enumerated() {
      for name in node.requires {
        requirers[name] = requirers[name].map { $0 == position ? position : -1 } ?? position
      }
    }
    items = nodes.enumerated().filter { position, node in
      !node.provides.contains { name in requirers[name].map { $0 != position } ?? false }
    }
    .map { Item(name: $0.element.name, size: $0.element.size) }.sorted { $0.name < $1.name }
  }

  /// The names in a requirement; of a rich one all (rpm-dependencies(7), "Boolean Dependencies").
  private static func names(_ text: String) -> [String] {
    guard text.hasPrefix("(") else { return text.hasPrefix("rpmlib(") ? [] : [text] }
    let signs: Set<Substring> = [
      "if", "else", "and", "or", "with", "without", "unless", "=", "<", ">", "<=", ">=",
    ]
    return text.split(separator: " ").compactMap { word in
      var name = word.drop { $0 == "(" }
      // A bracket that the name opens itself belongs to it: `config(a)`.
      while name.last == ")", name.count(where: { $0 == ")" }) > name.count(where: { $0 == "(" }) {
        name.removeLast()
      }
      return name.isEmpty || signs.contains(name) ? nil : String(name)
    }
  }

  private static func files(_ header: RpmHeader, among paths: Set<String>) -> [String] {
    let names = header.texts(.baseNames)
    let folders = header.texts(.directoryNames)
    let indexes = header.numbers(.directoryIndexes)
    return zip(names, indexes).compactMap { name, index in
      guard index < folders.count else { return nil }
      let path = folders[Int(index)] + name
      return paths.contains(path) ? path : nil
    }
  }
}
