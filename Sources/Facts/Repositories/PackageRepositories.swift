import DiskImages
import Evidence

/// One repository that a package manager of the guest would use.
public struct PackageRepository: Sendable, Hashable {
  /// Whether what comes from it is verified before it is installed.
  public enum Verification: Sendable, Hashable {
    case verified
    /// Not, because of the named setting.
    case unverified(String)
  }

  /// `apt`, `dnf`, `zypper`, `apk`, `pacman`.
  public var manager: String
  /// Stable across versions: the section of a .repo file, for apt the URI and the suite.
  public var id: String
  public var uris: [String]
  /// apt's suite.
  public var suite: String?
  public var isEnabled: Bool
  public var verification: Verification
  public var origin: Origin

  /// Names of the hosts; empty for a medium or a local folder.
  public var hosts: [String] {
    uris.compactMap { uri in
      guard let colon = uri.range(of: "://") else { return nil }
      let rest = uri[colon.upperBound...].prefix { $0 != "/" }
      let host = rest.split(separator: "@").last?.split(separator: ":").first
      return host.map { $0.lowercased() }
    }
  }
}

/// The repositories of every package manager in the guest.
public struct PackageRepositories: FactModel {
  /// Reads the repositories of one package manager.
  protocol Reader: SendableMetatype {
    static var needs: [ContentNeed] { get }
    static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository]
  }

  /// A new package manager adds a line.
  static let readers: [any Reader.Type] = [
    ApkRepositories.self,
    AptRepositories.self,
    DnfRepositories.self,
    PacmanRepositories.self,
    ZypperRepositories.self,
  ]

  public static let needs: [ContentNeed] = readers.flatMap { $0.needs }

  /// Every repository, disabled ones included.
  public let repositories: [PackageRepository]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var repositories: [PackageRepository] = []
    for reader in Self.readers { repositories += try reader.read(facts) }
    self.repositories = repositories
  }

  /// Those that are in use.
  public var enabled: [PackageRepository] { repositories.filter(\.isEnabled) }
}

/// apt verifies the Release file of every archive unless something tells it not to (apt-secure(8)).
enum AptRepositories: PackageRepositories.Reader {
  static let needs: [ContentNeed] = AptSources.needs + AptConfiguration.needs

  static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository] {
    let configuration: AptConfiguration = try facts.model()
    let sources: AptSources = try facts.model()
    return sources.entries.filter { $0.type == "deb" }.map { source in
      PackageRepository(
        manager: "apt", id: "\(source.uri) \(source.suite)", uris: [source.uri], suite: source.suite,
        isEnabled: source.isEnabled, verification: verification(of: source, configuration),
        origin: source.origin)
    }
  }

  private static func verification(
    of source: AptSource, _ configuration: AptConfiguration
  ) -> PackageRepository.Verification {
    if source.flag("trusted") == true { return .unverified("trusted=yes") }
    if source.flag("trusted") == false { return .verified }
    for (option, global) in [
      ("allow-insecure", "Acquire::AllowInsecureRepositories"),
      ("allow-downgrade-to-insecure", "Acquire::AllowDowngradeToInsecureRepositories"),
    ] {
      if let own = source.flag(option) {
        if own { return .unverified("\(option)=yes") }
      } else if let value = configuration.value(global), AptConfiguration.boolean(value.value) == true {
        return .unverified("\(global) in \(value.origin.path ?? "apt.conf")")
      }
    }
    return .verified
  }
}

/// apk verifies every index and package; only a command-line option turns it off (apk(8)).
enum ApkRepositories: PackageRepositories.Reader {
  static let needs: [ContentNeed] = ["/etc/apk/repositories", "/etc/apk/repositories.d/*.list"]

  static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository] {
    var files: [TextFile] = []
    if let main = try facts.evidence.text(at: "/etc/apk/repositories") { files.append(main) }
    for entry in try facts.evidence.entries(matching: "/etc/apk/repositories.d/*.list") {
      files.append(try facts.evidence.text(of: entry))
    }
    return files.flatMap { file in
      file.lines.compactMap { line -> PackageRepository? in
        let words = line.text.split { $0 == " " || $0 == "\t" }
        guard let first = words.first, !first.hasPrefix("#"),
          let uri = first.hasPrefix("@") ? words.dropFirst().first : first
        else { return nil }
        return PackageRepository(
          manager: "apk", id: String(uri), uris: [String(uri)], isEnabled: true, verification: .verified,
          origin: Origin(path: file.path, line: line.number, kind: .explicit, text: line.text))
      }
    }
  }
}
