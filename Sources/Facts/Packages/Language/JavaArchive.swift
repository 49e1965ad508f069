import Evidence

/// The libraries in a Java archive and in the archives that lie in it, as in a `.war` or the program of a framework.
///
/// Each archive is what its `META-INF/maven/GROUP/ARTIFACT/pom.properties` say: several where a build has put others'
/// classes into it. One without is what its manifest and its name say; see `JavaMetadata`.
struct JavaArchive {
  /// Endings of names, in lower case.
  static let endings: Set<String> = ["jar", "war", "ear", "par", "sar", "nar", "kar", "hpi", "jpi"]

  /// An archive in an archive in a `.ear` has depth 3.
  static let depthLimit = 4
  static let memberLimit = 200_000
  static let packageLimit = 10_000
  /// An inner archive, in bytes.
  static let innerLimit = 128 << 20
  /// All that is unpacked of one file: 200 times its size, no less than 16 MiB and no more than this.
  static let unpackedLimit = 512 << 20

  private var packages: [EmbeddedPackage] = []
  private var budget: Int

  static func isArchive(_ name: String) -> Bool {
    name.lastIndex(of: ".").map { endings.contains(name[name.index(after: $0)...].lowercased()) } ?? false
  }

  /// - Parameter name: the file's, without directories.
  static func packages(_ bytes: [UInt8], name: String) throws(EmbeddedPackageError) -> [EmbeddedPackage] {
    let (size, _) = bytes.count.multipliedReportingOverflow(by: 200)
    var archive = JavaArchive(budget: min(unpackedLimit, max(size, 16 << 20)))
    try archive.read(bytes, name: name, inside: "", depth: 1)
    return archive.packages
  }

  private init(budget: Int) { self.budget = budget }

  private mutating func read(
    _ bytes: [UInt8], name: String, inside: String, depth: Int
  ) throws(EmbeddedPackageError) {
    guard depth <= Self.depthLimit else {
      throw EmbeddedPackageError("\(inside): archives lie more than \(Self.depthLimit) levels deep")
    }
    var manifest: [String: String] = [:]
    var found: [EmbeddedPackage] = []
    var inner: [(name: String, bytes: [UInt8])] = []
    var left = budget
    do {
      try MemoryArchive.unzip(
        bytes, count: Self.memberLimit, wants: { Self.limit(of: $0).map { min($0, left) } }
      ) { (member, content) throws(MemoryArchive.Failure) in
        left -= content.count
        if Self.isArchive(member) {
          inner.append((member, content))
        } else if member == Self.manifest {
          manifest = JavaMetadata.manifest(content)
        } else if let (group, artifact, version) = JavaMetadata.pomProperties(content) {
          found.append(EmbeddedPackage(.maven, "\(group):\(artifact)", version, inside: inside + member))
        }
      }
    } catch {
      throw EmbeddedPackageError(inside.isEmpty ? error.description : "\(inside) \(error.description)")
    }
    budget = left
    if found.isEmpty, var package = JavaMetadata.package(of: manifest, fileName: name) {
      package.inside = inside + Self.manifest
      found = [package]
    }
    packages += found
    guard packages.count <= Self.packageLimit else {
      throw EmbeddedPackageError("more than \(Self.packageLimit) packages lie in it")
    }
    for (member, content) in inner {
      let name = member.split(separator: "/").last.map(String.init) ?? member
      try read(content, name: name, inside: "\(inside)\(member)!", depth: depth + 1)
    }
  }

  private static let manifest = "META-INF/MANIFEST.MF"

  private static func limit(of member: String) -> Int? {
    if isArchive(member) { return innerLimit }
    if member == manifest { return JavaMetadata.sizeLimit }
    let parts = member.split(separator: "/", maxSplits: 5, omittingEmptySubsequences: false)
    let isProperties =
      parts.count == 5 && parts[0] == "META-INF" && parts[1] == "maven" && parts[4] == "pom.properties"
    return isProperties ? JavaMetadata.sizeLimit : nil
  }
}
