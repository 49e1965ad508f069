/// A package that is part of another file: a library in a Java archive, a module in a program of Go or Rust.
public struct EmbeddedPackage: Sendable, Hashable, Codable {
  public var ecosystem: LanguagePackage.Ecosystem
  /// As the advisories of the ecosystem name it.
  public var name: String
  public var version: String
  /// The licence that the file names, if it does.
  public var licence: String?
  /// Where in the file, `WEB-INF/lib/x.jar!META-INF/MANIFEST.MF`; nil for a program.
  public var inside: String?

  init(
    _ ecosystem: LanguagePackage.Ecosystem, _ name: String, _ version: String, licence: String? = nil,
    inside: String? = nil
  ) {
    self.ecosystem = ecosystem
    self.name = name
    self.version = version
    self.licence = licence
    self.inside = inside
  }
}

/// Why a file's packages cannot be told.
struct EmbeddedPackageError: Error, Hashable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
