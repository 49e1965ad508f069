/// The file that apt takes a version from, as pins see it.
public struct AptOrigin: Sendable, Hashable {
  /// The host of the source's URI; empty for a folder of the machine, nil for what is installed.
  public var site: String?
  public var component: String?
  public var architecture: String?
  /// Fields of the Release file: `Suite`, `Codename`, `Version`, `Origin`, `Label`. Nil where it does not have them.
  public var archive: String?
  public var codename: String?
  public var version: String?
  public var origin: String?
  public var label: String?
  /// dpkg's status file, whose archive is `now`.
  public var isInstalled = false

  public init() {}

  /// What is installed.
  public static var installed: AptOrigin {
    var origin = AptOrigin()
    origin.isInstalled = true
    origin.archive = "now"
    origin.component = "now"
    return origin
  }
}

/// What a `Pin:` field asks (apt 2.6, versionmatch.cc: pkgVersionMatch).
public struct AptPinMatch: Sendable, Hashable {
  private enum Test: Hashable {
    case nothing
    case all
    case version(VersionTest)
    case site(AptPattern)
    case release(ReleaseTest)
  }

  private struct VersionTest: Hashable {
    var text: String
    var isPrefix: Bool
    var pattern: AptPattern

    init?(_ text: String) {
      isPrefix = text.hasSuffix("*")
      self.text = (isPrefix ? String(text.dropLast()) : text).lowercased()
      guard let pattern = AptPattern(self.text) else { return nil }
      self.pattern = pattern
    }

    func matches(_ version: String?) -> Bool {
      guard let version = version?.lowercased() else { return false }
      return (isPrefix ? version.hasPrefix(text) : version == text) || pattern.matches(version)
    }
  }

  private struct ReleaseTest: Hashable {
    var version: VersionTest?
    var origin: AptPattern?
    var archive: AptPattern?
    var codename: AptPattern?
    var label: AptPattern?
    var component: AptPattern?
    var architecture: AptPattern?
    /// `Pin: release bookworm`: archive or codename.
    var either: AptPattern?

    func matches(_ file: AptOrigin) -> Bool {
      func holds(_ pattern: AptPattern?, _ subject: String?) -> Bool { pattern?.matches(subject) ?? true }
      if file.isInstalled {
        if origin != nil || label != nil || version != nil || codename != nil { return false }
        return holds(archive, file.archive) && holds(either, file.archive)
          && holds(component, file.component) && holds(architecture, file.architecture)
      }
      guard version?.matches(file.version) ?? true, holds(origin, file.origin), holds(archive, file.archive),
        holds(codename, file.codename), holds(label, file.label)
      else { return false }
      if let either, !either.matches(file.archive), !either.matches(file.codename) { return false }
      return holds(component, file.component) && holds(architecture, file.architecture)
    }
  }

  private let test: Test

  /// Reads the rest of a `Pin:` field.
  ///
  /// - Returns: nil for a regular expression that is not supported here.
  public init?(_ kind: AptPin.Kind, _ data: String) {
    guard !data.isEmpty else {
      test = .nothing
      return
    }
    switch kind {
    case .version:
      guard let version = VersionTest(data) else { return nil }
      test = .version(version)
    case .origin:
      let isQuoted = data.count >= 2 && data.hasPrefix("\"") && data.hasSuffix("\"")
      guard let site = AptPattern(isQuoted ? String(data.dropFirst().dropLast()) : data) else { return nil }
      test = .site(site)
    case .release:
      guard let release = Self.release(data) else { return nil }
      test = release
    }
  }

  private static func release(_ data: String) -> Test? {
    if data == "*" { return .all }
    var test = ReleaseTest()
    guard data.contains("=") else {
      if data.first.map({ "0"..."9" ~= $0 }) ?? false {
        guard let version = VersionTest(data) else { return nil }
        test.version = version
      } else {
        guard let pattern = AptPattern(data) else { return nil }
        test.either = pattern
      }
      return .release(test)
    }
    // apt keeps 299 bytes of the field.
    let fragments = String(decoding: data.utf8.prefix(299), as: UTF8.self).split(separator: ",")
    guard fragments.count < 20 else { return .nothing }
    for fragment in fragments.map({ $0.trimmingBlanks() }) where fragment.utf8.count >= 3 {
      let value = String(fragment.dropFirst(2))
      let field: WritableKeyPath<ReleaseTest, AptPattern?>
      switch fragment.prefix(2).lowercased() {
      case "v=":
        guard let version = VersionTest(value) else { return nil }
        test.version = version
        continue
      case "o=": field = \.origin
      case "a=": field = \.archive
      case "n=": field = \.codename
      case "l=": field = \.label
      case "c=": field = \.component
      case "b=": field = \.architecture
      default: continue
      }
      guard let pattern = AptPattern(value) else { return nil }
      test[keyPath: field] = pattern
    }
    return test == ReleaseTest() ? .nothing : .release(test)
  }

  /// Whether it is about a file; what asks for a version is about none.
  public func matches(_ file: AptOrigin) -> Bool {
    switch test {
    case .nothing, .version: false
    case .all: true
    case .site(let site): file.isInstalled ? false : site.matches(file.site)
    case .release(let release): release.matches(file)
    }
  }

  /// Whether it is about a version that the files hold.
  public func matches(version: String, in files: [AptOrigin]) -> Bool {
    if case .version(let test) = test { return test.matches(version) }
    return files.contains { matches($0) }
  }
}
