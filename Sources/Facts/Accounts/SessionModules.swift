import DiskImages
import Evidence

/// The modules that PAM calls when a session of a service begins, in order, includes expanded (pam.conf(5), pam.d(5)).
///
/// Jumps and controls are not followed: the modules that are looked for here do their work whatever others answer.
public struct SessionModules: FactModel {
  /// One line of type `session`.
  public struct Module: Sendable, Hashable {
    /// File name without directories: `pam_umask.so`.
    public var name: String
    public var arguments: [String]
    public var origin: Origin
  }

  private static let directories = ["/etc/pam.d", "/usr/etc/pam.d", "/usr/lib/pam.d"]
  public static let needs: [ContentNeed] = directories.map { ContentNeed($0 + "/*") }

  private let evidence: Evidence
  private static let maximumDepth = 16

  public init(_ facts: GuestFacts) throws(EvidenceGap) { evidence = facts.evidence }

  /// The session modules of a service; nil if it has no file of its own.
  public func modules(of service: String) throws(EvidenceGap) -> [Module]? {
    guard try path(of: service) != nil else { return nil }
    var modules: [Module] = []
    try read(service, depth: 0, into: &modules)
    return modules
  }

  private func path(of service: String) throws(EvidenceGap) -> String? {
    for directory in Self.directories {
      let path = service.hasPrefix("/") ? service : directory + "/" + service
      if let entry = try evidence.entry(at: path), entry.type == .regular { return path }
    }
    return nil
  }

  private func read(_ service: String, depth: Int, into modules: inout [Module]) throws(EvidenceGap) {
    guard depth < Self.maximumDepth, modules.count < 512, let path = try path(of: service),
      let file = try evidence.text(at: path)
    else { return }
    var pending = ""
    for line in file.lines {
      let text = pending + line.text.prefix { $0 != "#" }
      if text.hasSuffix("\\"), text.utf8.count < 65_536 {
        pending = text.dropLast() + " "
        continue
      }
      pending = ""
      var fields = Self.fields(text)
      guard let first = fields.first else { continue }
      if first == "@include" {
        if fields.count > 1 { try read(fields[1], depth: depth + 1, into: &modules) }
        continue
      }
      guard first.drop(while: { $0 == "-" }).lowercased() == "session", fields.count > 2 else { continue }
      if ["include", "substack"].contains(fields[1].lowercased()) {
        try read(fields[2], depth: depth + 1, into: &modules)
        continue
      }
      let name = fields[2].split(separator: "/").last.map(String.init) ?? fields[2]
      let kind: Origin.Kind = path.hasPrefix("/usr") ? .vendor : .explicit
      fields.removeFirst(3)
      modules.append(
        Module(
          name: name, arguments: fields,
          origin: Origin(path: path, line: line.number, kind: kind, text: line.text)))
    }
  }

  /// Words apart by blanks; what stands in square brackets is one word without them.
  private static func fields(_ text: String) -> [String] {
    var fields: [String] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(where: { !$0.isWhitespace }) {
      rest = rest[start...]
      if rest.first == "[" {
        let end = rest.firstIndex(of: "]") ?? rest.endIndex
        fields.append(String(rest.dropFirst().prefix(upTo: max(end, rest.index(after: rest.startIndex)))))
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
      } else {
        let field = rest.prefix { !$0.isWhitespace }
        fields.append(String(field))
        rest = rest[field.endIndex...]
      }
    }
    return fields
  }
}
