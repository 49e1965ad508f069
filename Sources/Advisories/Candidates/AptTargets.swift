import Facts

/// The index files that apt has for one source, by its configuration (apt 2.6, debmetaindex.cc: GetIndexTargetsFor,
/// strutl.cc: URItoFileName).
struct AptSuite: Sendable, Hashable {
  struct Target: Sendable, Hashable {
    /// Nil in an archive without components.
    var component: String?
    var architecture: String
    /// Whether apt asks for it without being told to: the packages for all architectures.
    var isImplied: Bool
    /// Below the folder of the suite: `main/binary-amd64/Packages`.
    var path: String
  }

  var source: AptSource
  /// The folder of the suite: `http://deb.debian.org/debian/dists/bookworm/`.
  var base: String
  var targets: [Target]

  /// What reports call it.
  var name: String { source.suite.hasSuffix("/") ? "\(source.uri) \(source.suite)" : source.suite }

  /// The host, as pins know it; empty for folders.
  var site: String {
    guard let colon = source.uri.range(of: "://") else { return "" }
    let authority = source.uri[colon.upperBound...].prefix { $0 != "/" }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
    return String(host.prefix { $0 != ":" })
  }

  /// - Parameters:
  ///   - native: the guest's own architecture.
  ///   - architectures: all that it installs packages of, the native one first.
  init(_ source: AptSource, native: String, architectures: [String]) {
    self.source = source
    let uri = source.uri.hasSuffix("/") ? source.uri : source.uri + "/"
    let suite = source.suite.split(separator: "$(ARCH)", omittingEmptySubsequences: false).joined(
      separator: native)
    let isFlat = suite.hasSuffix("/")
    base = !isFlat ? "\(uri)dists/\(suite)/" : suite == "/" ? uri : uri + suite
    let wanted = Self.architectures(source, architectures)
    targets = []
    if isFlat {
      targets = [Target(component: nil, architecture: native, isImplied: false, path: "Packages")]
      return
    }
    for component in source.components {
      for (architecture, isImplied) in wanted {
        targets.append(
          Target(
            component: component, architecture: architecture, isImplied: isImplied,
            path: "\(component)/binary-\(architecture)/Packages"))
      }
    }
  }

  /// What the source says of architectures, else the guest's; with the packages for all of them.
  private static func architectures(_ source: AptSource, _ own: [String]) -> [(String, isImplied: Bool)] {
    func words(_ name: String) -> [String]? {
      source.options[name].map { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
    }
    var wanted = words("architectures") ?? own
    for name in words("architectures-add") ?? [] where !wanted.contains(name) { wanted.append(name) }
    let removed = words("architectures-remove") ?? []
    wanted.removeAll { removed.contains($0) }
    var result = wanted.map { ($0, isImplied: false) }
    if !wanted.contains("all"), !removed.contains("all") { result.append(("all", isImplied: true)) }
    return result
  }

  /// The name in apt's folder of lists.
  func listName(_ path: String) -> String { Self.listName(of: base + path) }

  /// A URI without scheme, user and password; what is not letters, digits or harmless is written as `%xx`, slashes as
  /// underlines.
  static func listName(of uri: String) -> String {
    var rest = Substring(uri)
    if let colon = uri.range(of: "://") {
      rest = uri[colon.upperBound...]
      let authority = rest.prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    } else if let colon = uri.firstIndex(of: ":") {
      rest = uri[uri.index(after: colon)...]
    }
    let hex = Array("0123456789abcdef".utf8)
    var name: [UInt8] = []
    for byte in rest.utf8 {
      if byte == UInt8(ascii: "/") {
        name.append(UInt8(ascii: "_"))
      } else if byte <= 0x20 || byte >= 0x7f || "%\\|{}[]<>\"^~_=!@#$%^&*".utf8.contains(byte) {
        name += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      } else {
        name.append(byte)
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}

extension DebianRelease {
  /// Whether apt takes the index from the suite (debmetaindex.cc: IsArchitectureSupported, HasSupportForComponent,
  /// IsArchitectureAllSupportedFor).
  func offers(_ target: AptSuite.Target) -> Bool {
    guard let component = target.component else { return true }
    if !architectures.isEmpty, !architectures.contains(target.architecture) { return false }
    if target.isImplied, architectures.isEmpty || noSupportForAll.contains("Packages") { return false }
    return components.isEmpty
      || components.contains {
        $0 == component || $0.split(separator: "/").last.map(String.init) == component
      }
  }

  /// Whether the suite has such a file in any form.
  func lists(_ path: String) -> Bool {
    sizes.isEmpty || ([""] + PackedIndex.endings).contains { sizes[path + $0] != nil }
  }
}
