import Evidence
import Yams

/// YAML 1.1 through libyaml, as PyYAML's safe loader reads it: one document, plain values, merge keys.
enum YAMLFormat {
  /// Aliases multiply what a file means; more than this many are refused before anything is expanded.
  private static let aliasLimit = 16
  private static let sizeLimit = 512 << 10

  static func parse(_ file: TextFile) throws(ConfigError) -> ConfigValue {
    let text = file.lines.map(\.text).joined(separator: "\n") + "\n"
    guard text.utf8.count <= sizeLimit else { throw ConfigError("too large for YAML") }
    guard aliasCount(text) <= aliasLimit else { throw ConfigError("more than \(aliasLimit) aliases") }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw problem(error)
    } catch {
      throw ConfigError("not YAML")
    }
    guard let root else { return .mapping([], line: 1) }
    var count = 0
    return try convert(root, depth: 0, &count)
  }

  /// Only the place and the kind of the problem: what libyaml quotes of the file may be a secret.
  private static func problem(_ error: YamlError) -> ConfigError {
    switch error {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
      .composer(_, let text, let mark, _):
      ConfigError(line: mark.line, text)
    case .duplicatedKeysInMapping(_, let context):
      ConfigError(line: context.mark.line, "a key twice in one mapping")
    default: ConfigError("not YAML")
    }
  }

  /// Words that start with `*` where YAML lets an alias stand. Comments and quotes are not told apart, which
  /// counts too many at worst.
  private static func aliasCount(_ text: String) -> Int {
    var count = 0
    var previous = UInt8(ascii: "\n")
    var isStar = false
    for byte in text.utf8 {
      if isStar, byte != 0x20, byte != 0x0a, byte != UInt8(ascii: "*"), byte != UInt8(ascii: "/") {
        count += 1
      }
      isStar = byte == UInt8(ascii: "*") && " \t\n[{,:-?".utf8.contains(previous)
      previous = byte
    }
    return text.utf8.contains(UInt8(ascii: "&")) ? count : 0
  }

  private static func convert(_ node: Node, depth: Int, _ count: inout Int) throws(ConfigError) -> ConfigValue
  {
    let line = node.mark?.line ?? 1
    count += 1
    guard count < ConfigLimits.nodes else { throw ConfigError(line: line, "too many values") }
    guard depth < ConfigLimits.depth else { throw ConfigError(line: line, "too many values within values") }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return .scalar(.init(scalar.string, line: line, isNull: isNull))
    case .sequence(let sequence):
      var elements: [ConfigValue] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1, &count)) }
      return .list(elements, line: line)
    case .mapping(let mapping):
      return .mapping(try members(mapping, depth, &count), line: line)
    case .alias:
      throw ConfigError(line: line, "an alias without an anchor")
    }
  }

  /// Members of a mapping; those that `<<` merges in come first, so that the mapping's own win.
  private static func members(
    _ mapping: Node.Mapping, _ depth: Int, _ count: inout Int
  ) throws(ConfigError) -> [ConfigValue.Member] {
    var merged: [ConfigValue.Member] = []
    var own: [ConfigValue.Member] = []
    for (key, value) in mapping {
      guard case .scalar(let name) = key else { continue }
      let converted = try convert(value, depth: depth + 1, &count)
      guard name.string == "<<" else {
        own.append(.init(key: name.string, value: converted))
        continue
      }
      switch converted {
      case .mapping(let members, _): merged += members
      case .list(let elements, _):
        // Of several mappings the first wins, and the last member of a name counts.
        for case .mapping(let members, _) in elements.reversed() { merged += members }
      case .scalar: continue
      }
    }
    return merged + own
  }
}
