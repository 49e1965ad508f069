import DiskImages
import Evidence

/// chronyd's directives, with what `include`, `confdir` and `sourcedir` bring in (chrony.conf(5)).
public struct ChronyConfiguration: Sendable {
  /// One directive with its words.
  public struct Directive: Sendable, Hashable {
    /// Lower case; names are the same in any case.
    public var name: String
    public var words: [String]
    public var origin: Origin
  }

  /// Debian, Red Hat and most others.
  private static let paths = ["/etc/chrony/chrony.conf", "/etc/chrony.conf"]
  static let needs: [ContentNeed] = paths.map { ContentNeed($0) } + ["/etc/chrony/*/*", "/etc/chrony.d/*"]

  public private(set) var directives: [Directive] = []
  private static let depthLimit = 8
  private static let fileLimit = 256

  /// Reads the first configuration that exists; without one chronyd has no directives.
  init(_ evidence: Evidence) throws(EvidenceGap) {
    var read = 0
    for path in Self.paths {
      guard let file = try evidence.text(at: path) else { continue }
      try self.read(file, evidence, depth: 0, &read)
      return
    }
  }

  /// Files that the files read so far name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var needs: [ContentNeed] = []
    for path in paths {
      guard let file = try? evidence.text(at: path) else { continue }
      for line in file.lines {
        let words = words(line.text)
        guard let name = words.first?.lowercased() else { continue }
        needs += patterns(name, words.dropFirst()).map { ContentNeed($0.description) }
      }
    }
    return needs
  }

  /// The last directive of the name.
  func last(_ name: String) -> Directive? { directives.last { $0.name == name } }

  /// Where the time comes from; chronyd has no default.
  var sources: [TimeService.Source] {
    directives.compactMap { directive in
      guard ["server", "pool", "peer", "refclock"].contains(directive.name),
        let address = directive.words.first
      else {
        return nil
      }
      return .init(kind: directive.name, address: address, origin: directive.origin)
    }
  }

  private mutating func read(_ file: TextFile, _ evidence: Evidence, depth: Int, _ files: inout Int)
    throws(EvidenceGap)
  {
    files += 1
    guard files <= Self.fileLimit else {
      throw EvidenceGap(path: file.path, reason: "too many files are included")
    }
    for line in file.lines {
      let words = Self.words(line.text)
      guard let name = words.first?.lowercased() else { continue }
      let arguments = words.dropFirst()
      for pattern in Self.patterns(name, arguments) {
        guard depth < Self.depthLimit else {
          throw EvidenceGap(path: file.path, reason: "files include each other too deeply")
        }
        for entry in try evidence.entries(matching: pattern) {
          guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
            continue
          }
          try read(try evidence.text(of: entry), evidence, depth: depth + 1, &files)
        }
      }
      let kind: Origin.Kind = depth == 0 ? .explicit : .dropIn
      directives.append(
        Directive(
          name: name, words: Array(arguments),
          origin: Origin(path: file.path, line: line.number, kind: kind, text: line.text)))
    }
  }

  /// Lines that start with `!`, `;`, `#` or `%` are comments.
  private static func words(_ line: String) -> [String] {
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first?.first, !"!;#%".contains(first) else { return [] }
    return words
  }

  private static func patterns(_ directive: String, _ arguments: ArraySlice<String>) -> [GlobPattern] {
    switch directive {
    case "include": arguments.prefix(1).map { GlobPattern($0) }
    case "confdir": arguments.map { GlobPattern("\($0)/*.conf") }
    case "sourcedir": arguments.map { GlobPattern("\($0)/*.sources") }
    default: []
    }
  }
}
