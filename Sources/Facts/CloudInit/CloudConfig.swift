import DiskImages
import Evidence

/// The system configuration of cloud-init as it merges it: /etc/cloud/cloud.cfg and the files `*.cfg` of its
/// `.d` directory, of which a later name is stronger and all are stronger than the main file
/// (cloudinit/util.py, `read_conf_with_confd`).
///
/// What a data source or the kernel's command line adds at boot is not in the image.
public struct CloudConfig: FactModel {
  public static let needs: [ContentNeed] = ["/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d/*.cfg"]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let main = try? read("/etc/cloud/cloud.cfg", evidence), let directory = directory(main.tree) else {
      return []
    }
    return [ContentNeed("\(directory)/*.cfg")]
  }

  /// Everything merged.
  public let merged: ConfigValue
  /// The files, the strongest first.
  private let files: [File]
  /// Whether a file or its like switches cloud-init off (ds-identify, cloud-init-generator).
  public let disabledBy: Origin?

  private struct File {
    var path: String
    var tree: ConfigValue
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let main = try Self.read("/etc/cloud/cloud.cfg", evidence)
    var files: [File] = []
    let directory = main.flatMap { Self.directory($0.tree) } ?? "/etc/cloud/cloud.cfg.d"
    let entries = try evidence.entries(matching: GlobPattern("\(directory)/*.cfg"))
    for entry in entries.sorted(by: { $1.nameBytes.lexicographicallyPrecedes($0.nameBytes) }) {
      if let file = try Self.read(entry.path, evidence) { files.append(file) }
    }
    if let main { files.append(main) }
    var merged = ConfigValue.mapping([], line: 1)
    for file in files {
      var tree = file.tree
      let how = CloudMerge(&tree)
      merged = how.merge(merged, tree)
    }
    self.merged = merged
    self.files = files
    disabledBy = try evidence.entry(at: "/etc/cloud/cloud-init.disabled").map {
      Origin(path: $0.path, kind: .explicit, text: "present")
    }
  }

  /// Another directory of drop-ins, where the main file names one.
  private static func directory(_ tree: ConfigValue) -> String? {
    guard let path = tree["conf_d"]?.texts.first?.trimmingBlanks(), path.hasPrefix("/") else { return nil }
    return String(path)
  }

  /// A file as a mapping; nil if there is none. Anything but a mapping counts as empty, as cloud-init warns.
  private static func read(_ path: String, _ evidence: Evidence) throws(EvidenceGap) -> File? {
    guard let entry = try evidence.entry(at: path), entry.type == .regular else { return nil }
    let text = try evidence.text(of: entry)
    if let first = text.lines.first?.text.lowercased(), first.hasPrefix("##"), first.contains("template:") {
      throw EvidenceGap(path: path, reason: "a template that is filled in at boot")
    }
    do {
      let tree = try YAMLFormat.parse(text)
      if case .mapping = tree { return File(path: path, tree: tree) }
      return nil
    } catch {
      throw EvidenceGap(path: path, reason: "not YAML: \(error)")
    }
  }

  /// Settings that a dotted path names, `*` for any key or element: concrete path and value, nil where it is
  /// not set.
  public func settings(_ query: ConfigQuery) -> [(name: String, value: Effective<[String]>?)] {
    merged.expand(query.keys).map { path in
      (path.joined(separator: "."), value(at: path))
    }
  }

  private func value(at path: [String]) -> Effective<[String]>? {
    guard let value = merged.value(at: path) else { return nil }
    if case .scalar(let scalar) = value, scalar.isNull { return nil }
    let texts: [String]
    if case .mapping(let members, _) = value { texts = members.map(\.key) } else { texts = value.texts }
    let candidates = files.compactMap { file -> Effective<[String]>.Candidate? in
      guard let own = file.tree.value(at: path) else { return nil }
      let kind: Origin.Kind = file.path == "/etc/cloud/cloud.cfg" ? .vendor : .dropIn
      return .init(
        value: own.texts,
        origin: Origin(
          path: file.path, line: own.line, kind: kind,
          text: "\(path.joined(separator: ".")): \(own.texts.joined(separator: ", "))"))
    }
    guard let first = candidates.first else {
      return Effective(texts, origin: Origin(kind: .explicit, text: "merged from several files"))
    }
    return Effective(texts, origin: first.origin, shadowed: Array(candidates.dropFirst()))
  }
}
