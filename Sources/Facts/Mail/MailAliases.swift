import DiskImages
import Evidence

/// Where mail to local names goes, by the file that Postfix, Exim and sendmail share (aliases(5)).
public struct MailAliases: FactModel {
  private static let paths = ["/etc/aliases", "/etc/mail/aliases", "/etc/postfix/aliases"]
  public static let needs: [ContentNeed] = paths.map { ContentNeed($0) } + ["/etc/postfix/main.cf"]

  /// Destinations by lower-case name.
  private let destinations: [String: Effective<[String]>]
  /// The file that is read; nil if there is none.
  public let path: String?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var file: TextFile?
    for path in try Self.configured(facts.evidence) + Self.paths where file == nil {
      file = try facts.evidence.text(at: path)
    }
    path = file?.path
    destinations = file.map(Self.read) ?? [:]
  }

  /// Where mail to the name goes; nil if no alias says so, and it stays in the user's own mailbox.
  public func destinations(of name: String) -> Effective<[String]>? { destinations[name.lowercased()] }

  /// The files that Postfix's alias_maps or alias_database names: `hash:/etc/aliases`.
  private static func configured(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    guard let main = try evidence.text(at: "/etc/postfix/main.cf") else { return [] }
    let settings = PostfixSettings(main)
    return ["alias_maps", "alias_database"].compactMap { settings.value($0)?.value }.flatMap { value in
      value.split { $0 == "," || $0 == " " }.compactMap { map in
        map.split(separator: ":", maxSplits: 1).last.map(String.init).flatMap { $0.hasPrefix("/") ? $0 : nil }
      }
    }
  }

  /// `name: destination, destination`; lines that start with a blank continue; the first of a name counts.
  private static func read(_ file: TextFile) -> [String: Effective<[String]>] {
    var result: [String: Effective<[String]>] = [:]
    var current: (name: String, text: String, line: Int)?
    func close() {
      guard let done = current else { return }
      let name = done.name.filter { $0 != "\"" }.lowercased()
      let list = done.text.split(separator: ",").map { String($0.trimmingBlanks()) }.filter { !$0.isEmpty }
      guard result[name] == nil, !list.isEmpty else { return }
      result[name] = Effective(
        list,
        origin: Origin(
          path: file.path, line: done.line, kind: .explicit, text: "\(done.name): \(done.text.prefix(120))"))
    }
    for line in file.lines {
      let text = line.text.prefix { $0 != "#" }
      if text.trimmingBlanks().isEmpty { continue }
      if text.first == " " || text.first == "\t" {
        current?.text += " " + text.trimmingBlanks()
        continue
      }
      close()
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      current =
        parts.count == 2
        ? (String(parts[0].trimmingBlanks()), String(parts[1].trimmingBlanks()), line.number) : nil
    }
    close()
    return result
  }
}
