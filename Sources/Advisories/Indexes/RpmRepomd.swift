/// `repodata/repomd.xml`, which names the files of an rpm repository (createrepo_c).
public struct RpmRepomd: Sendable, Hashable, Codable {
  /// The file of packages below the repository's folder: `repodata/…-primary.xml.zst`.
  public var primary: String
  /// Bytes of the unpacked file; nil where it is not said.
  public var primarySize: Int?
  /// When the index was made, in seconds since 1970-01-01 UTC.
  public var date: Int64?

  /// Reads the file.
  ///
  /// - Throws: if it is not whole, or names no index of packages.
  public init(_ bytes: [UInt8]) throws(IndexError) {
    guard bytes.count <= 4 << 20 else { throw IndexError("larger than any repomd.xml") }
    var found: RpmRepomd?
    var isWhole = false
    bytes.withUnsafeBytes { buffer in
      guard let text = IndexText(buffer) else { return }
      isWhole = text.first("</repomd>", from: 0, before: text.count) != nil
      found = Self.read(text)
    }
    guard isWhole else { throw IndexError("cut short, or not a repomd.xml") }
    guard let found else { throw IndexError("names no index of packages") }
    self = found
  }

  private init(primary: String) { self.primary = primary }

  private static func read(_ text: IndexText) -> RpmRepomd? {
    var position = 0
    while let start = text.first("<data ", from: position, before: text.count),
      let end = text.first("</data>", from: start, before: text.count)
    {
      position = end
      let element = XMLRecord(text, start, end)
      guard element.attribute("type", of: "<data ") == "primary",
        let location = element.attribute("href", of: "<location ")
      else { continue }
      var repomd = RpmRepomd(primary: location)
      repomd.primarySize = element.content("<open-size>").flatMap { Int($0) }
      // Some write a fraction of a second.
      repomd.date = element.content("<timestamp>").flatMap { Int64($0.prefix { $0 != "." }) }
      return repomd
    }
    return nil
  }
}

/// The few elements that are wanted of one record of a large XML file that a program wrote. It takes no part of a
/// comment or of a CDATA section for an element: records that hold one are not usable.
struct XMLRecord {
  private let text: IndexText
  private let start: Int
  private let end: Int

  init(_ text: IndexText, _ start: Int, _ end: Int) {
    self.text = text
    self.start = start
    self.end = end
  }

  var isPlain: Bool { text.first("<!", from: start, before: end) == nil }

  /// The text of the first element with this start tag.
  func content(_ tag: StaticString) -> String? {
    guard let found = text.first(tag, from: start, before: end) else { return nil }
    let low = found + tag.utf8CodeUnitCount
    return text.first("<", from: low, before: end).flatMap { Self.decoded(text.text(low, $0)) }
  }

  /// The value of an attribute of the first element whose tag starts so.
  func attribute(_ name: String, of tag: StaticString) -> String? {
    guard let found = text.first(tag, from: start, before: end) else { return nil }
    let low = found + tag.utf8CodeUnitCount
    guard let high = text.first(">", from: low, before: end), high - low <= 4096 else { return nil }
    var rest = Substring(text.text(low, high))
    while let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].drop(while: \.isWhitespace)
      rest = rest[rest.index(after: equals)...]
      guard let quote = rest.first, quote == "\"" || quote == "'",
        let close = rest.dropFirst().firstIndex(of: quote)
      else { return nil }
      if key == name { return Self.decoded(String(rest[..<close].dropFirst())) }
      rest = rest[rest.index(after: close)...]
    }
    return nil
  }

  private static func decoded(_ text: String) -> String? {
    guard text.utf8.count <= PackageIndex.textLimit else { return nil }
    guard text.contains("&") else { return text }
    var result = text
    for (name, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
      result = result.split(separator: name, omittingEmptySubsequences: false).joined(separator: sign)
    }
    return result
  }
}
