import Facts

/// A feed in XML, tag by tag; see `XMLScanner`.
struct FeedXML {
  private var scanner: XMLScanner
  private let name: String
  private let size: Int

  /// - Throws: if the file is larger than any feed, or not in UTF-8.
  init(_ file: AdvisoryFile) throws(AdvisoryError) {
    try AdvisoryLimits.check(file)
    name = file.name
    size = file.bytes.count
    do {
      scanner = try XMLScanner(file.bytes)
    } catch {
      throw Self.error(error, file.name, file.bytes.count)
    }
  }

  /// Of the start tag that was told last.
  var attributes: [String: String] { scanner.attributes }

  /// The name of the element around the one that was told last; empty for the root.
  var parent: String { scanner.parent }

  /// The text since the last tag, without blanks around it.
  var text: String { AdvisoryText.trimmed(String(decoding: scanner.textBytes, as: UTF8.self)) }

  /// The next tag; nil at the end of the document.
  ///
  /// - Throws: one line if the document is cut off or malformed.
  mutating func next() throws(AdvisoryError) -> XMLScanner.Event? {
    do {
      return try scanner.next()
    } catch {
      throw Self.error(error, name, size)
    }
  }

  private static func error(_ error: XMLError, _ name: String, _ size: Int) -> AdvisoryError {
    AdvisoryError(
      error.isCutOff
        ? "\(name): ends in the middle, at byte \(size): the download was cut off, fetch it again"
        : "\(name): not readable as XML at byte \(error.byte): \(error.reason)")
  }
}
