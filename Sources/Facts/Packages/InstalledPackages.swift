import DiskImages
import Evidence

/// One package of a guest's package database.
public struct Package: Sendable, Hashable {
  /// What the database says of the package's state; only `installed` packages are complete on the disk.
  public enum State: String, Sendable, Hashable, Codable {
    case installed
    /// Removed, configuration files left behind (dpkg: `config-files`, shown as `rc`).
    case configFiles = "config-files"
    /// Unpacked or configured in part: dpkg's half-installed, unpacked, half-configured, triggers-awaited.
    case incomplete
  }

  public var name: String
  /// In the form of the package system: `[epoch:]version[-revision]`.
  public var version: String
  public var architecture: String
  /// The source package's name and version, where the database has them; else those of the package.
  public var sourceName: String
  public var sourceVersion: String
  public var state: State
  /// Names of virtual packages that it provides.
  public var provides: [String]
  /// The kind of database that lists it: `dpkg`, `rpm` …
  public var format = ""
  /// Whether it came as a dependency of another; nil where nothing says it.
  public var isAutomatic: Bool?
  /// Whether updates are held back.
  public var isHeld = false
  /// As the database writes it, which need not be an SPDX expression; nil where it does not say it.
  public var licence: String?
  /// Who built or distributes it.
  public var vendor: String?
  /// Seconds since 1970-01-01 UTC.
  public var installedAt: Int64?
  /// The module of rpm that it belongs to, `name:stream:version:context`.
  public var modularityLabel: String?
  /// The database file and line of the package's record.
  public var origin: Origin

  public init(
    name: String, version: String, architecture: String = "", sourceName: String? = nil,
    sourceVersion: String? = nil, state: State = .installed, provides: [String] = [], origin: Origin
  ) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.sourceName = sourceName ?? name
    self.sourceVersion = sourceVersion ?? version
    self.state = state
    self.provides = provides
    self.origin = origin
  }
}

/// Everything that the package databases of a guest hold.
public struct InstalledPackages: FactModel {
  /// Reads one kind of database; `nil` if the guest has none of the kind. One that is there and cannot be read
  /// throws: the guest's packages are then unknown.
  protocol Database: SendableMetatype {
    static var needs: [ContentNeed] { get }
    static var name: String { get }
    static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])?
  }

  /// A new kind of database adds a line.
  static let databases: [any Database.Type] = [
    ApkDatabase.self,
    DpkgDatabase.self,
    PacmanDatabase.self,
    RpmDatabase.self,
  ]

  public static let needs: [ContentNeed] = databases.flatMap { $0.needs }

  /// Every record, sorted by name.
  public let packages: [Package]
  /// Records that could not be read.
  public let problems: [Origin]
  /// `dpkg`, `rpm` …; empty if the guest has no package database.
  public let formats: [String]
  private let byName: [String: [Int]]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var packages: [Package] = []
    var problems: [Origin] = []
    var formats: [String] = []
    for database in Self.databases {
      guard let content = try database.read(facts.evidence) else { continue }
      // A database of which nothing can be read is no database without packages.
      if content.packages.isEmpty, let problem = content.problems.first {
        throw EvidenceGap(
          path: problem.path ?? "/",
          reason: "the database of \(database.name) has damaged records alone"
            + (problem.line.map { ", the first of them in line \($0)" } ?? ""))
      }
      packages += content.packages.map { package in
        var package = package
        package.format = database.name
        return package
      }
      problems += content.problems
      formats.append(database.name)
    }
    packages.sort { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    var byName: [String: [Int]] = [:]
    for (position, package) in packages.enumerated() {
      for name in Set([package.name] + package.provides) { byName[name, default: []].append(position) }
    }
    self.packages = packages
    self.problems = problems
    self.formats = formats
    self.byName = byName
  }

  /// Records under the name in any state, virtual names included.
  public func records(named name: String) -> [Package] { byName[name, default: []].map { packages[$0] } }

  /// Whether files of a package with exactly this name are on the disk, completely installed or not.
  public func present(_ name: String) -> Package? {
    records(named: name).first { $0.name == name && $0.state != .configFiles }
  }

  /// The installed package with the name, or one that provides it.
  public func installed(_ name: String) -> Package? {
    let found = records(named: name).filter { $0.state == .installed }
    return found.first { $0.name == name } ?? found.first
  }

  /// The release of the first of the packages that is installed, as numbers: `[2, 4, 57]` of 2.4.57-2.
  func release(_ names: [String]) -> [Int]? {
    guard let package = names.lazy.compactMap({ installed($0) }).first else { return nil }
    let version = package.version.split(separator: ":").last ?? ""
    let upstream = version.prefix { $0 != "-" && $0 != "+" && $0 != "~" }
    return upstream.split(separator: ".").prefix(4).map {
      Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0
    }
  }
}
