import Evidence

/// Which sources the C library asks for accounts and groups (nsswitch.conf(5)).
public struct NameServiceSwitch: FactModel {
  public static let needs: [ContentNeed] = ["/etc/nsswitch.conf", "/usr/etc/nsswitch.conf"]

  private var lines: [String: Effective<[String]>] = [:]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    guard let file = try evidence.text(atFirstOf: ["/etc/nsswitch.conf", "/usr/etc/nsswitch.conf"]) else {
      return
    }
    for line in file.lines {
      let text = line.text.prefix { $0 != "#" }
      guard let colon = text.firstIndex(of: ":") else { continue }
      let database = text[..<colon].trimmingBlanks().lowercased()
      let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
      lines[database] = Effective(Self.services(text[text.index(after: colon)...]), origin: origin)
    }
  }

  /// The names of the sources of a database, in order; reactions in brackets are left out.
  ///
  /// Without a line glibc takes `files` for the databases of accounts (nss/nss_database.c).
  public func sources(_ database: String) -> Effective<[String]> {
    lines[database] ?? Effective(["files"], origin: .compiledDefault("nsswitch.conf(5)"))
  }

  /// Sources of a database that are not files of this guest, so that what they know is unknown.
  public func foreignSources(_ database: String) -> [String] {
    sources(database).value.filter { !Self.local.contains($0) }
  }

  /// `compat` reads the files too; `systemd` makes up root, nobody and users of running services.
  private static let local: Set<String> = [
    "files", "compat", "systemd", "altfiles", "extrausers", "db", "cache",
  ]

  private static func services(_ text: Substring) -> [String] {
    var names: [String] = []
    var isReaction = false
    for word in text.replacing("[", with: " [ ").replacing("]", with: " ] ").split(
      whereSeparator: \.isWhitespace)
    {
      if word == "[" { isReaction = true }
      if !isReaction { names.append(String(word)) }
      if word == "]" { isReaction = false }
    }
    return names
  }
}
