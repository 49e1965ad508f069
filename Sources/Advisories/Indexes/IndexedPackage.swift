/// One package that a repository offers.
public struct IndexedPackage: Sendable, Hashable, Codable {
  public var name: String
  /// In the form of the package system: `[epoch:]version[-revision]`.
  public var version: String
  public var architecture: String
  /// The source package; that of the same name and version where the index names none.
  public var sourceName: String
  public var sourceVersion: String
  /// To how many machines in a hundred Ubuntu offers the update so far; nil where to all.
  public var phase: Int?

  public init(
    name: String, version: String, architecture: String, sourceName: String? = nil,
    sourceVersion: String? = nil,
    phase: Int? = nil
  ) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.sourceName = sourceName ?? name
    self.sourceVersion = sourceVersion ?? version
    self.phase = phase
  }
}

/// What is kept of one index: the packages that are asked for, and how many there were.
public struct PackageIndex: Sendable, Hashable, Codable {
  public var packages: [IndexedPackage] = []
  /// Records of the index, those that are not kept and not readable included.
  public var total = 0
  /// Records without what every package has, or out of all measure.
  public var skipped = 0
  /// Bytes of the unpacked index.
  public var size = 0

  public init() {}

  /// Makes sure that the index is the whole one that was published.
  ///
  /// - Parameter published: the bytes of it as the file has them that names it; nil where none does.
  public func requireSize(_ published: Int?) throws(IndexError) {
    guard let published, published != size else { return }
    throw IndexError("has \(size) bytes unpacked of the \(published) that were published")
  }

  /// Longer names and versions are nobody's.
  static let textLimit = 1024
  /// Bytes of one record; those of real packages, Provides and all, have 100 KB at most.
  static let recordLimit = 1 << 20
}

/// The packages that are wanted of an index; all of them if nil.
public struct IndexSelection: Sendable {
  let names: Set<String>?

  public init(names: Set<String>?) { self.names = names }

  public static let all = IndexSelection(names: nil)

  func holds(_ name: String) -> Bool { names?.contains(name) ?? true }
}

/// An index could not be used as a whole.
public struct IndexError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A few words: what is wrong with it.
  public var description: String

  public init(_ description: String) { self.description = description }
}
