import DiskImages
import Evidence

/// One package of a programming language, as its own metadata names it.
public struct LanguagePackage: Sendable, Hashable {
  /// Who keeps the names; the raw value is the type of package URLs.
  public enum Ecosystem: String, Sendable, Hashable, CaseIterable, Codable {
    case python = "pypi"
    case npm
    case ruby = "gem"
    /// Names are `GROUP:ARTIFACT`, or the artifact alone where nothing says the group.
    case maven
    /// Names are paths of modules; `stdlib` is the standard library.
    case golang
    case cargo

    /// How its versions are ordered.
    public var versionScheme: VersionScheme {
      switch self {
      case .python: .pep440
      case .npm: .semver
      case .ruby: .gem
      case .maven: .maven
      case .golang, .cargo: .semver
      }
    }
  }

  public var ecosystem: Ecosystem
  public var name: String
  public var version: String
  /// As the metadata writes it.
  public var licence: String?
  /// The file that says it.
  public var origin: Origin
}

/// Packages of programming languages that lie in the guest, whoever put them there: pip, npm, gem or the
/// distribution; libraries in Java archives and modules in programs of Go and Rust too. A model of its own, since collecting it costs far more than the distribution's packages.
public struct LanguagePackages: FactModel {
  /// Finds the packages of one ecosystem.
  protocol Source: SendableMetatype {
    static var ecosystem: LanguagePackage.Ecosystem { get }
    static var patterns: [GlobPattern] { get }
    /// The package that a file describes.
    static func read(_ bytes: [UInt8], _ entry: FileEntry) -> LanguageMetadata
  }

  /// A new ecosystem adds a line.
  static let sources: [any Source.Type] = [NpmPackages.self, PythonPackages.self, RubyGems.self]

  /// Metadata holds the whole description of a package, seldom more than 100 KB.
  private static let limit = ContentNeed.usualLimit

  public static let needs: [ContentNeed] = sources.flatMap { source in
    source.patterns.map { ContentNeed($0.description, limit: limit) }
  }

  public static var probes: [any ContentProbe] { [EmbeddedPackageProbe()] }

  /// Sorted by ecosystem, name, version and path.
  public let packages: [LanguagePackage]
  /// Files that say no name or version, and places that could not be searched.
  public let problems: [Origin]

  public init(_ facts: GuestFacts) {
    let evidence = facts.evidence
    var packages: [LanguagePackage] = []
    var problems = evidence.index.gaps.map { Origin(path: $0.path, kind: .vendor, text: $0.reason) }
    var seen: Set<FileEntry> = []
    for source in Self.sources {
      for entry in source.patterns.flatMap(evidence.index.matches) {
        guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular,
          seen.insert(file).inserted
        else { continue }
        let problem: String
        do {
          switch source.read(try evidence.bytes(of: file), file) {
          case .package(let name, let version, let licence):
            packages.append(
              LanguagePackage(
                ecosystem: source.ecosystem, name: name, version: version, licence: licence,
                origin: Origin(path: file.path, kind: .vendor, text: "\(name) \(version)")))
            continue
          case .none: continue
          case .damaged(let reason): problem = reason
          }
        } catch {
          problem = error.reason
        }
        problems.append(Origin(path: file.path, kind: .vendor, text: problem))
      }
    }
    Self.addEmbedded(evidence, &packages, &problems)
    self.packages = packages.sorted {
      ($0.ecosystem.rawValue, $0.name, $0.version, $0.origin.path ?? "", $0.origin.text ?? "")
        < ($1.ecosystem.rawValue, $1.name, $1.version, $1.origin.path ?? "", $1.origin.text ?? "")
    }
    self.problems = problems
  }

  /// Adds what the probe has found in other files.
  private static func addEmbedded(
    _ evidence: Evidence, _ packages: inout [LanguagePackage], _ problems: inout [Origin]
  ) {
    do throws(EvidenceGap) {
      let answer = try evidence.answer(of: EmbeddedPackageProbe.self)
      for (id, found) in answer.records {
        guard let path = evidence.index.entry(id: id)?.path else { continue }
        // A build can put the same library into an archive twice.
        packages += Set(found).map { embedded in
          LanguagePackage(
            ecosystem: embedded.ecosystem, name: embedded.name, version: embedded.version,
            licence: embedded.licence,
            origin: Origin(
              path: path, kind: .vendor, text: embedded.inside ?? "\(embedded.name) \(embedded.version)"))
        }
      }
      problems += answer.unread.sorted { $0.key < $1.key }.compactMap { id, reason in
        evidence.index.entry(id: id).map { Origin(path: $0.path, kind: .vendor, text: reason) }
      }
    } catch {
      let (archives, programs) = EmbeddedPackageProbe.candidates(evidence.index)
      if archives.isEmpty && programs.isEmpty { return }
      problems.append(Origin(path: error.path, kind: .vendor, text: error.reason))
    }
  }
}

/// What a file of metadata says.
enum LanguageMetadata: Hashable {
  case package(name: String, version: String, licence: String?)
  /// A file of the name that describes no package.
  case none
  case damaged(String)
}
