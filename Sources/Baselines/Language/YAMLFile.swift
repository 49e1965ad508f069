import Foundation
import Yams

/// Reads a file of the baseline language into nodes, within limits.
///
/// YAML beyond mappings, lists and scalars is refused: anchors and aliases, tags, several documents, keys that
/// are not scalars, a key written twice. Scalars are not interpreted: `0644` and `no` stay text.
package struct YAMLFile {
  /// Bytes of one file; the largest shipped one has a tenth of it.
  static let sizeLimit = 1 << 20
  static let nodeLimit = 100_000
  static let depthLimit = 32

  let name: String
  private var nodes = 0

  private init(name: String) { self.name = name }

  /// The document of a file.
  package static func read(_ path: String) throws(BaselineProblem) -> SourceNode {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: sizeLimit + 1)
    else { throw BaselineProblem(nil, "\(path): \(whyUnreadable(path))") }
    return try parse(Array(data), name: path)
  }

  /// The document in the bytes of the file called `name`.
  package static func parse(_ bytes: [UInt8], name: String) throws(BaselineProblem) -> SourceNode {
    let start = SourcePlace(file: name, line: 1, column: 1)
    guard bytes.count <= sizeLimit else {
      throw BaselineProblem(start, "the file is larger than \(sizeLimit >> 20) MiB")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw BaselineProblem(firstInvalidLine(bytes, name: name), "the file is not UTF-8")
    }
    try refuseManyAliases(bytes, name: name)
    do {
      let parser = try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else { throw BaselineProblem(start, "the file is empty") }
      var file = YAMLFile(name: name)
      // An anchor lives as long as the parser.
      return try withExtendedLifetime(parser) { try file.convert(root, depth: 0, fallback: start) }
    } catch let problem as BaselineProblem {
      throw problem
    } catch let error as YamlError {
      throw problem(of: error, name: name)
    } catch {
      throw BaselineProblem(start, "the file cannot be read as YAML")
    }
  }

  private mutating func convert(
    _ node: Node, depth: Int, fallback: SourcePlace
  ) throws(BaselineProblem) -> SourceNode {
    let place = node.mark.map { SourcePlace(file: name, line: $0.line, column: $0.column) } ?? fallback
    nodes += 1
    guard nodes <= Self.nodeLimit else {
      throw BaselineProblem(place, "the file has more than \(Self.nodeLimit) values")
    }
    guard depth <= Self.depthLimit else {
      throw BaselineProblem(place, "values lie more than \(Self.depthLimit) levels deep")
    }
    guard node.anchor == nil else { throw BaselineProblem(place, Self.aliasMessage) }
    try refuseTag(node, place)
    switch node {
    case .scalar(let scalar):
      return SourceNode(content: .scalar(scalar.string, isPlain: scalar.style == .plain), place: place)
    case .sequence(let elements):
      var list: [SourceNode] = []
      for element in elements { list.append(try convert(element, depth: depth + 1, fallback: place)) }
      return SourceNode(content: .list(list), place: place)
    case .mapping(let pairs):
      var entries: [SourceNode.Entry] = []
      for (key, value) in pairs {
        let keyNode = try convert(key, depth: depth + 1, fallback: place)
        guard case .scalar(let text, _) = keyNode.content else {
          throw BaselineProblem(keyNode.place, "a key has to be text")
        }
        let value = try convert(value, depth: depth + 1, fallback: keyNode.place)
        entries.append(.init(key: text, place: keyNode.place, value: value))
      }
      return SourceNode(content: .mapping(entries), place: place)
    case .alias: throw BaselineProblem(place, Self.aliasMessage)
    }
  }

  private func refuseTag(_ node: Node, _ place: SourcePlace) throws(BaselineProblem) {
    let tag: Tag
    switch node {
    case .scalar(let scalar): tag = scalar.tag
    case .sequence(let sequence): tag = sequence.tag
    case .mapping(let mapping): tag = mapping.tag
    case .alias: return
    }
    let name = tag.description
    let usual = ["", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]
    guard usual.contains(name) else {
      throw BaselineProblem(place, "the tag '\(name.prefix(60))' is not part of the language")
    }
  }

  private static let aliasMessage =
    "anchors and aliases are not part of the language; use values, extends or a library"

  /// Aliases are refused once a node has an anchor, but the parser compares keys before, which takes time
  /// exponential in the number of aliases. So few of them are let through to it.
  private static func refuseManyAliases(_ bytes: [UInt8], name: String) throws(BaselineProblem) {
    var (anchors, aliases, line, lineStart) = (0, 0, 1, 0)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, index + 1) }
      guard byte == UInt8(ascii: "*") || byte == UInt8(ascii: "&") else { continue }
      let isAtStart = index == 0 || " \t\r\n[]{},:?-\"'".utf8.contains(bytes[index - 1])
      guard isAtStart, index + 1 < bytes.count, isNameByte(bytes[index + 1]) else { continue }
      if byte == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
      if anchors > 0, aliases > 12 {
        let place = SourcePlace(file: name, line: line, column: index - lineStart + 1)
        throw BaselineProblem(place, aliasMessage)
      }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }

  private static func firstInvalidLine(_ bytes: [UInt8], name: String) -> SourcePlace {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let index = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    return SourcePlace(file: name, line: index + 1, column: 1)
  }

  private static func problem(of error: YamlError, name: String) -> BaselineProblem {
    func at(_ mark: Mark) -> SourcePlace { SourcePlace(file: name, line: mark.line, column: mark.column) }
    func joined(_ context: YamlError.Context?, _ problem: String) -> String {
      context.map { "\($0.text): \(problem)" } ?? problem
    }
    let start = SourcePlace(file: name, line: 1, column: 1)
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      return BaselineProblem(at(mark), joined(context, problem))
    case .composer(_, let problem, let mark, _):
      return BaselineProblem(at(mark), problem.replacing("but found", with: "found"))
    case .reader(let problem, let offset, _, let yaml):
      let before = yaml.prefix(offset ?? 0)
      return BaselineProblem(
        SourcePlace(file: name, line: before.count { $0.isNewline } + 1, column: 1), problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
      return BaselineProblem(at(context.mark), "written twice in one mapping: \(keys)")
    default:
      return BaselineProblem(start, "the file cannot be read as YAML")
    }
  }
}
