import Baselines
import Evidence
import Facts

/// The software of a target: what it is made of, in no format yet.
public struct BillOfMaterials: Sendable, Hashable {
  /// One installed package.
  public struct Component: Sendable, Hashable {
    public var name: String
    public var version: String
    public var architecture: String
    /// The source package; empty where it is not known.
    public var source: String
    public var purl: String
    /// As the database writes them.
    public var licences: [String]
    public var supplier: String?
    /// The file that lists it.
    public var foundAt: String
  }

  /// One operating system of the target.
  public struct System: Sendable, Hashable {
    /// `Debian GNU/Linux 12 (bookworm)`.
    public var name: String
    /// `debian`.
    public var distribution: String
    public var version: String?
    public var root: String
    public var components: [Component]
  }

  /// The target, as the user named it.
  public var subject: String
  /// RFC 3339, UTC.
  public var created: String
  public var tool: Report.Tool
  public var systems: [System]

  /// Puts a bill together.
  ///
  /// - Parameter created: seconds since 1970-01-01 UTC.
  public init(subject: String, created: Int64, tool: Report.Tool, systems: [System]) {
    self.subject = subject
    self.created = CalendarTime.timestamp(created)
    self.tool = tool
    self.systems = systems
  }

  /// The bill of what a report lists.
  public init(_ report: Report) {
    subject = report.targets.map(\.target).joined(separator: ", ")
    created = report.startedAt
    tool = report.tool
    systems = report.targets.flatMap(\.guests).map { guest in
      System(
        name: guest.name, distribution: guest.distribution, version: guest.version, root: guest.root,
        components: guest.packages.map { package in
          Component(
            name: package.name, version: package.version, architecture: package.arch, source: package.source,
            purl: package.purl, licences: package.licences, supplier: nil, foundAt: package.foundAt)
        })
    }
  }

  /// What a bill reads of a guest.
  public static let plan = CollectionPlan([OSRelease.self, InstalledPackages.self, LanguagePackages.self])
}

extension BillOfMaterials.System {
  /// The installed packages of a guest, those of the distribution first.
  ///
  /// - Parameter problem: told what could not be read and is therefore missing.
  /// - Throws: if the packages of the distribution are unknown: a bill without them would look like one of a guest
  ///   that has none.
  public init(_ facts: GuestFacts, problem: (Origin) -> Void) throws(EvidenceGap) {
    let release = try? facts.model(OSRelease.self)
    let packages = try facts.model(InstalledPackages.self)
    let languages = try facts.model(LanguagePackages.self)
    if packages.formats.isEmpty {
      throw EvidenceGap(path: "/", reason: "no package database that this version reads")
    }
    name = release?.prettyName ?? "Linux"
    distribution = release?.id ?? "linux"
    version = release?.versionID
    root = facts.evidence.rootDevice
    let (id, versionID) = (distribution, version)
    components =
      packages.software.map { .init($0, distribution: id, version: versionID) }
      + languages.packages.map(BillOfMaterials.Component.init)
    for origin in packages.problems + languages.problems { problem(origin) }
  }
}

extension BillOfMaterials.Component {
  fileprivate init(_ package: Package, distribution: String, version: String?) {
    self.init(
      name: package.name, version: package.version, architecture: package.architecture,
      source: package.sourceName,
      purl: PackageURL.text(
        package, format: package.format, distribution: distribution, version: version),
      licences: package.licence.map { [$0] } ?? [], supplier: package.vendor,
      foundAt: package.origin.path ?? "")
  }

  fileprivate init(_ package: LanguagePackage) {
    self.init(
      name: package.name, version: package.version, architecture: "", source: "",
      purl: PackageURL.text(package), licences: package.licence.map { [$0] } ?? [], supplier: nil,
      foundAt: package.origin.path ?? "")
  }
}

extension InstalledPackages {
  /// What is completely installed. rpm lists the keys it trusts as packages too: these are none.
  var software: [Package] {
    packages.filter { $0.state == .installed && !($0.format == "rpm" && $0.name == "gpg-pubkey") }
  }
}

extension BillOfMaterials {
  /// A UUID of everything in the bill, so that rendering it again gives the same
  /// bytes.
  var uuid: String {
    var text = "\(subject)\n\(created)\n\(tool.name) \(tool.version)\n"
    for system in systems {
      text += "\(system.root)\t\(system.name)\n"
      for component in system.components { text += "\(component.purl)\t\(component.foundAt)\n" }
    }
    return nameBasedUUID(text)
  }
}

/// A name-based UUID (RFC 9562, version 8) of a text.
func nameBasedUUID(_ text: String) -> String {
  var digits = Array(SHA256.hex(text).prefix(32))
  // Version 8, and the variant of the RFC.
  digits[12] = "8"
  digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
  let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
  return groups.joined(separator: "-")
}
