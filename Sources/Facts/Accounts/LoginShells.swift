import Evidence

/// The list of shells that users may choose (shells(5)).
public struct LoginShells: FactModel {
  private static let files = ["/etc/shells", "/usr/etc/shells", "/usr/share/defaults/etc/shells"]
  public static let needs: [ContentNeed] = files.map { ContentNeed($0) }

  /// Paths, each with its place.
  public let entries: [Effective<String>]
  private let paths: Set<String>

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    guard let file = try evidence.text(atFirstOf: Self.files) else {
      // Without the file glibc's getusershell(3) takes these.
      entries = ["/bin/sh", "/bin/csh"].map { Effective($0, origin: .compiledDefault("getusershell(3)")) }
      paths = Set(entries.map(\.value))
      return
    }
    entries = file.lines.compactMap { line in
      // What stands before the first slash and after a blank or `#` does not count (misc/getusershell.c).
      guard let slash = line.text.firstIndex(of: "/"), !line.text[..<slash].contains("#") else { return nil }
      let path = line.text[slash...].prefix { !$0.isWhitespace && $0 != "#" }
      return Effective(
        String(path), origin: Origin(path: file.path, line: line.number, kind: .explicit, text: line.text))
    }
    paths = Set(entries.map(\.value))
  }

  /// Whether the path is in the list.
  public func contains(_ shell: String) -> Bool { paths.contains(shell) }
}
