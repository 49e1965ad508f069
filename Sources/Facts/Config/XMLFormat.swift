import Evidence

/// XML as a tree: elements are keys, attributes keys with `@`, text is the value. `XMLScanner` reads it.
///
/// An element with nothing but text is a scalar; elements of one name side by side are a list.
enum XMLFormat {
  static func parse(_ file: TextFile) throws(ConfigError) -> ConfigValue {
    do {
      return try tree(Array(file.lines.map(\.text).joined(separator: "\n").utf8))
    } catch {
      throw ConfigError(line: error.line, error.reason)
    }
  }

  private static var limits: XMLScanner.Limits {
    var limits = XMLScanner.Limits()
    limits.depth = ConfigLimits.depth
    limits.nodes = ConfigLimits.nodes
    limits.value = .max
    limits.text = .max
    limits.allowsDocumentType = true
    // Whoever has made text of the bytes knows.
    limits.checksEncoding = false
    return limits
  }

  private static func tree(_ bytes: [UInt8]) throws(XMLError) -> ConfigValue {
    var scanner = try XMLScanner(bytes, limits: limits)
    var open: [Open] = []
    var root: ConfigValue.Member?
    while let event = try scanner.next() {
      if !open.isEmpty { open[open.count - 1].text += scanner.textBytes }
      switch event {
      case .start(let name):
        var element = Open(name: name, line: scanner.line(at: scanner.start))
        for attribute in scanner.attributeList {
          let value = ConfigValue.Scalar(attribute.value, line: scanner.line(at: attribute.position))
          element.members.append(.init(key: "@" + attribute.name, value: .scalar(value)))
        }
        open.append(element)
      case .end:
        guard let element = open.popLast() else { continue }
        let member = ConfigValue.Member(key: element.name, value: element.value)
        if open.isEmpty { root = member } else { open[open.count - 1].members.append(member) }
      }
    }
    return .mapping(root.map { [$0] } ?? [], line: 1)
  }

  /// An element that is not closed yet.
  private struct Open {
    var name: String
    var line: Int
    var members: [ConfigValue.Member] = []
    var text: [UInt8] = []

    /// What the element comes to.
    var value: ConfigValue {
      let text = String(decoding: text, as: UTF8.self).trimmingBlanksAndLineFeeds()
      if members.isEmpty { return .scalar(.init(text, line: line)) }
      var grouped: [ConfigValue.Member] = []
      var positions: [String: Int] = [:]
      var lists: [Int: [ConfigValue]] = [:]
      for member in members {
        if let position = positions[member.key] {
          lists[position, default: [grouped[position].value]].append(member.value)
        } else {
          positions[member.key] = grouped.count
          grouped.append(member)
        }
      }
      for (position, elements) in lists {
        grouped[position].value = .list(elements, line: grouped[position].value.line)
      }
      if !text.isEmpty { grouped.append(.init(key: "#text", value: .scalar(.init(text, line: line)))) }
      return .mapping(grouped, line: line)
    }
  }
}
