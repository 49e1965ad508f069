import DiskImages
import Evidence

/// The settings that dconf(7) gives the sessions of a profile, from the databases of the system.
public struct DconfSettings: FactModel {
  public static let needs: [ContentNeed] = [
    "/etc/dconf/profile/*", "/usr/share/dconf/profile/*", "/usr/local/share/dconf/profile/*",
    "/etc/dconf/db/*.d/*",
    "/etc/dconf/db/*.d/locks/*", "/usr/share/gdm/dconf/*", "/usr/share/gdm/dconf/locks/*",
  ]

  /// What holds for one key.
  public struct Setting: Sendable, Hashable {
    /// The value for users who have changed nothing; nil where no database sets the key.
    public var value: Effective<String>?
    /// Where users are kept from changing it; nil where they may.
    public var lock: Origin?
    /// A database whose text sets the key and that was not compiled since, so that the text has no effect.
    public var uncompiled: String?
  }

  private let evidence: Evidence

  public init(_ facts: GuestFacts) throws(EvidenceGap) { evidence = facts.evidence }

  /// The setting of an absolute key such as `/org/gnome/desktop/screensaver/lock-enabled`.
  ///
  /// A key is read from the strongest source that has it. A lock makes reading begin at the source that has the lock,
  /// of several at the weakest (dconf_engine_read in dconf's engine). Only compiled databases count.
  public func setting(_ key: String, profile: String) throws(EvidenceGap) -> Setting {
    let sources = try self.sources(profile)
    var uncompiled: String?
    var usable: [DconfKeyfiles] = []
    for source in sources {
      if let obstacle = source.obstacle {
        if source.text.values[key] != nil || source.text.locks[key] != nil {
          uncompiled = uncompiled ?? obstacle
        }
      } else {
        usable.append(source.text)
      }
    }
    let level = usable.lastIndex { $0.locks[key] != nil }
    let lock = level.flatMap { usable[$0].locks[key] }
    var found: Effective<String>?
    var shadowed: [Effective<String>.Candidate] = []
    for text in usable[(level ?? 0)...] {
      guard let value = text.values[key] else { continue }
      if found == nil {
        found = value
      } else {
        shadowed.append(.init(value: value.value, origin: value.origin))
      }
    }
    found?.shadowed += shadowed
    return Setting(value: found, lock: lock, uncompiled: uncompiled)
  }

  private struct Source {
    var text: DconfKeyfiles
    /// Why the text has no effect.
    var obstacle: String?
  }

  /// The databases of a profile, the strongest first, without those of users. A profile without a file has none: dconf
  /// then reads the user's database alone.
  private func sources(_ profile: String) throws(EvidenceGap) -> [Source] {
    let folders = ["/etc/dconf/profile", "/usr/local/share/dconf/profile", "/usr/share/dconf/profile"]
    guard let file = try evidence.text(atFirstOf: folders.map { "\($0)/\(profile)" }) else { return [] }
    var sources: [Source] = []
    for line in file.lines.prefix(256) {
      let text = line.text.prefix { $0 != "#" }.trimmingBlanks()
      guard let colon = text.firstIndex(of: ":") else { continue }
      let name = String(text[text.index(after: colon)...])
      switch text[..<colon] {
      case "system-db": try append(systemDatabase: name, to: &sources)
      case "file-db": try append(fileDatabase: name, to: &sources)
      default: continue
      }
    }
    return sources
  }

  private func append(systemDatabase name: String, to sources: inout [Source]) throws(EvidenceGap) {
    let path = "/etc/dconf/db/\(name)"
    let compiled = try evidence.entry(at: path)
    guard let directory = try evidence.entry(at: path + ".d"), directory.type == .directory else {
      if compiled != nil {
        throw EvidenceGap(path: path, reason: "a compiled database without the text that it was made from")
      }
      return
    }
    let text = try DconfKeyfiles(directory: directory, evidence)
    var obstacle: String?
    if let compiled {
      let newest = directory.subtree.filter { $0.type != .symbolicLink }.map(\.metadata.modified).max() ?? 0
      if newest > compiled.metadata.modified {
        obstacle = "\(path) is older than \(path).d: run dconf update"
      }
    } else {
      obstacle = "\(path) was not compiled: run dconf update"
    }
    sources.append(Source(text: text, obstacle: obstacle))
  }

  /// GDM compiles the defaults of its greeter at every start from /usr/share/gdm/dconf, to which Debian links
  /// /etc/gdm3/greeter.dconf-defaults.
  private func append(fileDatabase path: String, to sources: inout [Source]) throws(EvidenceGap) {
    if path.hasSuffix("/greeter-dconf-defaults") {
      guard let directory = try evidence.entry(at: "/usr/share/gdm/dconf"), directory.type == .directory
      else {
        return
      }
      sources.append(Source(text: try DconfKeyfiles(directory: directory, evidence)))
    } else if try evidence.entry(at: path) != nil {
      throw EvidenceGap(path: path, reason: "a compiled database without the text that it was made from")
    }
  }

  /// What GNOME's schemas set where no database does.
  public static func schemaDefault(_ key: String) -> Effective<String>? {
    guard let (value, schema) = schemaDefaults[key] else { return nil }
    return Effective(value, origin: .compiledDefault("\(schema).gschema.xml"))
  }

  private static let schemaDefaults: [String: (String, String)] = [
    "/org/gnome/desktop/screensaver/lock-enabled": ("true", "org.gnome.desktop.screensaver"),
    "/org/gnome/desktop/screensaver/lock-delay": ("0", "org.gnome.desktop.screensaver"),
    "/org/gnome/desktop/session/idle-delay": ("300", "org.gnome.desktop.session"),
    "/org/gnome/desktop/media-handling/automount": ("true", "org.gnome.desktop.media-handling"),
    "/org/gnome/desktop/media-handling/automount-open": ("true", "org.gnome.desktop.media-handling"),
    "/org/gnome/desktop/media-handling/autorun-never": ("false", "org.gnome.desktop.media-handling"),
    "/org/gnome/login-screen/banner-message-enable": ("false", "org.gnome.login-screen"),
    "/org/gnome/login-screen/banner-message-text": ("", "org.gnome.login-screen"),
    "/org/gnome/login-screen/disable-user-list": ("false", "org.gnome.login-screen"),
  ]
}
