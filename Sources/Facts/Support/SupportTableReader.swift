import Evidence
import Foundation
import Yams

/// What is wrong with a table of support dates.
public struct SupportTableError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  /// Counted from 1.
  public var line: Int?
  public var message: String

  /// `dates.yaml:12: …`
  public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

extension SupportTable {
  /// Bytes of a file; the shipped one has a twentieth of it.
  private static let sizeLimit = 512 << 10

  /// Reads a table; the shipped file explains the form.
  ///
  /// - Throws: with line and reason, also for a key or a day that makes no sense.
  public static func read(_ path: String) throws(SupportTableError) -> SupportTable {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: sizeLimit + 1)
    else { throw SupportTableError(path: path, message: "cannot be read") }
    guard data.count <= sizeLimit else {
      throw SupportTableError(path: path, message: "larger than \(sizeLimit >> 10) KiB")
    }
    return try parse(String(decoding: data, as: UTF8.self), path: path)
  }

  /// The table in a text.
  static func parse(_ text: String, path: String) throws(SupportTableError) -> SupportTable {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw SupportTableError(path: path, message: "not YAML: \(error)")
    } catch {
      throw SupportTableError(path: path, message: "not YAML")
    }
    guard let root else { throw SupportTableError(path: path, message: "empty") }
    return try Reader(path: path).table(root)
  }

  private struct Reader {
    let path: String

    func table(_ node: Node) throws(SupportTableError) -> SupportTable {
      let entries = try mapping(node, keys: ["as_of", "distributions"])
      guard let asOf = entries["as_of"], let distributions = entries["distributions"] else {
        throw error(node, "'as_of' and 'distributions' are expected")
      }
      let day = try self.day(asOf)
      var table = SupportTable(asOf: day, distributions: [:])
      for (id, value) in try mapping(distributions) {
        table.distributions[id] = try distribution(value, asOf: day)
      }
      return table
    }

    private func distribution(_ node: Node, asOf: String) throws(SupportTableError) -> Distribution {
      let entries = try mapping(node, keys: ["source", "rolling", "needs", "releases"])
      guard let source = entries["source"] else { throw error(node, "'source' is missing") }
      var result = Distribution(source: try text(source))
      if let rolling = entries["rolling"] { result.isRolling = try text(rolling) == "true" }
      if let needs = entries["needs"] {
        for (key, value) in try mapping(needs) { result.needs[try level(key, needs)] = try text(value) }
      }
      if let releases = entries["releases"] {
        for (version, value) in try mapping(releases) {
          result.releases[version] = try release(value, source: result.source, asOf: asOf)
        }
      }
      return result
    }

    private func release(_ node: Node, source: String, asOf: String) throws(SupportTableError) -> Release {
      var result = Release(source: source, asOf: asOf)
      for (key, value) in try mapping(node) {
        switch key {
        case "codename": result.codename = try text(value)
        case "unknown": result.unknown = try text(value)
        case "source": result.source = try text(value)
        default: result.ends[try level(key, node)] = try day(value)
        }
      }
      guard result.ends.isEmpty == (result.unknown != nil) else {
        throw error(node, "either days or 'unknown' with the reason are expected")
      }
      return result
    }

    private func level(_ key: String, _ node: Node) throws(SupportTableError) -> SupportLevel {
      guard let level = SupportLevel(rawValue: key) else {
        let known = SupportLevel.allCases.map(\.rawValue).joined(separator: ", ")
        throw error(node, "'\(key.prefix(60))' is not a level of support; use one of \(known)")
      }
      return level
    }

    private func day(_ node: Node) throws(SupportTableError) -> String {
      let text = try text(node)
      guard SupportDates.endOfDay(text) != nil else {
        throw error(node, "'\(text.prefix(60))' is not a day; write YYYY-MM-DD")
      }
      return text
    }

    private func text(_ node: Node) throws(SupportTableError) -> String {
      guard case .scalar(let scalar) = node else { throw error(node, "text is expected") }
      return scalar.string
    }

    private func mapping(_ node: Node, keys: Set<String>? = nil) throws(SupportTableError) -> [String: Node] {
      guard case .mapping(let pairs) = node else { throw error(node, "a mapping is expected") }
      var result: [String: Node] = [:]
      for (key, value) in pairs {
        let name = try text(key)
        if let keys, !keys.contains(name) { throw error(key, "'\(name.prefix(60))' is not a key here") }
        result[name] = value
      }
      return result
    }

    private func error(_ node: Node, _ message: String) -> SupportTableError {
      SupportTableError(path: path, line: node.mark?.line, message: message)
    }
  }
}
