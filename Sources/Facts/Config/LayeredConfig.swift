import DiskImages
import Evidence

/// Where a program looks for its configuration, and in which order what it finds counts.
public struct ConfigLayers: Sendable, Hashable {
  /// Files and patterns in the order in which they are read.
  public var paths: [String]
  /// Whether only the first of `paths` that exists is read.
  public var firstOnly = false
  /// Directories of drop-ins, the strongest first. A file masks those of its name in weaker directories; all
  /// are read after `paths`, in the order of their names.
  public var dropIns: [String] = []
  /// The ending of drop-ins that count.
  public var suffix = ".conf"

  public init(paths: [String], firstOnly: Bool = false, dropIns: [String] = [], suffix: String = ".conf") {
    self.paths = paths
    self.firstOnly = firstOnly
    self.dropIns = dropIns
    self.suffix = suffix
  }

  /// How systemd's daemons look for `journald.conf` and its like: one main file, the strongest, then drop-ins
  /// from all directories (systemd-system.conf(5), "Configuration Directories and Precedence").
  public static func systemd(_ file: String) -> ConfigLayers {
    let roots = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"]
    return ConfigLayers(
      paths: roots.map { "\($0)/\(file)" }, firstOnly: true, dropIns: roots.map { "\($0)/\(file).d" })
  }

  /// What the files may be.
  public var needs: [ContentNeed] {
    paths.map { ContentNeed($0) } + dropIns.map { ContentNeed("\($0)/*\(suffix)") }
  }

  /// A file that is read, and what kind of source it is.
  public struct Layer: Sendable {
    public var file: TextFile
    public var kind: Origin.Kind
  }

  /// The files that exist, in the order in which they are read.
  public func files(_ evidence: Evidence) throws(EvidenceGap) -> [Layer] {
    var layers: [Layer] = []
    var seen: Set<UInt32> = []
    for path in paths {
      for entry in try evidence.entries(named: path) {
        guard case .found(let target) = evidence.index.target(of: entry), seen.insert(target.id).inserted
        else {
          continue
        }
        // A link to /dev/null stands for an empty file.
        guard target.type == .regular else { continue }
        layers.append(
          Layer(file: try evidence.text(of: entry), kind: Self.isVendor(path) ? .vendor : .explicit))
      }
      if firstOnly, !seen.isEmpty { break }
    }
    return layers + (try dropInFiles(evidence))
  }

  private func dropInFiles(_ evidence: Evidence) throws(EvidenceGap) -> [Layer] {
    var byName: [String: FileEntry] = [:]
    for directory in dropIns {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/*\(suffix)"))
      where byName[entry.name] == nil {
        byName[entry.name] = entry
      }
    }
    var layers: [Layer] = []
    for (_, entry) in byName.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      // A link to /dev/null only masks.
      guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
        continue
      }
      layers.append(
        Layer(file: try evidence.text(of: entry), kind: Self.isVendor(entry.path) ? .vendor : .dropIn))
    }
    return layers
  }

  private static func isVendor(_ path: String) -> Bool { path.hasPrefix("/usr/") || path.hasPrefix("/lib/") }
}

/// Which setting is asked for.
public struct ConfigQuery: Sendable, Hashable {
  /// The section, possibly a pattern; nil where any does.
  public var section: String?
  /// The key, or for a tree the keys from its root.
  public var keys: [String]
  /// Whether letters of either case are equal in sections and keys.
  public var ignoresCase: Bool

  /// Reads `section/key` for flat formats and `a.b.c` for trees, where `\.` is a dot within a key and `*` any
  /// key.
  public init(_ text: String, section: String? = nil, isTree: Bool, ignoresCase: Bool = false) {
    self.ignoresCase = ignoresCase
    if isTree {
      self.section = nil
      keys = (section.map { [$0] } ?? []) + Self.split(text)
    } else if section == nil, let slash = text.lastIndex(of: "/") {
      self.section = String(text[..<slash])
      keys = [String(text[text.index(after: slash)...])]
    } else {
      self.section = section
      keys = [text]
    }
  }

  private static func split(_ text: String) -> [String] {
    var keys = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        keys[keys.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "." {
        keys.append("")
      } else {
        keys[keys.count - 1].append(character)
      }
    }
    return keys
  }
}

/// What all layers together say of the settings that a query names.
public struct LayeredConfig: Sendable {
  /// A value with its place; a list has several texts.
  public typealias Candidate = Effective<[String]>.Candidate

  /// Settings by concrete name, with everything that sets them in the order of reading. A setting without
  /// candidates is one whose section exists.
  public private(set) var candidates: [(name: String, all: [Candidate])] = []
  private var positions: [String: Int] = [:]

  /// Reads the layers.
  ///
  /// - Throws: if a file is not in the format.
  public init(_ layers: [ConfigLayers.Layer], _ format: ConfigFormat, _ query: ConfigQuery)
    throws(EvidenceGap)
  {
    for layer in layers {
      do {
        switch try format.parse(layer.file) {
        case .assignments(let assignments): take(assignments, layer, query)
        case .tree(let tree): take(tree, layer, query)
        }
      } catch {
        throw EvidenceGap(path: layer.file.path, reason: "not \(format.rawValue): \(error)")
      }
    }
  }

  private mutating func take(
    _ assignments: [ConfigAssignment], _ layer: ConfigLayers.Layer, _ query: ConfigQuery
  ) {
    let fold: (String) -> String = { query.ignoresCase ? $0.lowercased() : $0 }
    let section = query.section.map(fold)
    let key = fold(query.keys.last ?? "")
    var matching: [String: Bool] = [:]
    for assignment in assignments {
      let own = fold(assignment.section)
      let isSection: Bool
      if let known = matching[own] {
        isSection = known
      } else {
        isSection = section.map { $0 == own || ($0.isGlob && fnmatch(pattern: $0, own)) } ?? true
        matching[own] = isSection
        if isSection, section?.isGlob == true {
          _ = position(of: "\(assignment.section)/\(query.keys.last ?? "")")
        }
      }
      guard isSection, fold(assignment.key) == key else { continue }
      let isPattern = section?.isGlob == true
      let name = isPattern ? "\(assignment.section)/\(query.keys.last ?? "")" : query.name
      add(
        [assignment.value], to: name,
        Origin(
          path: layer.file.path, line: assignment.line, kind: layer.kind,
          text: "\(assignment.key)=\(assignment.value)"))
    }
  }

  private mutating func take(_ tree: ConfigValue, _ layer: ConfigLayers.Layer, _ query: ConfigQuery) {
    for path in tree.expand(query.keys) {
      let name = path.joined(separator: ".")
      guard let value = tree.value(at: path), !isNull(value) else {
        if query.keys.contains("*") { _ = position(of: name) }
        continue
      }
      add(
        value.texts, to: name,
        Origin(
          path: layer.file.path, line: value.line, kind: layer.kind,
          text: "\(name): \(value.texts.joined(separator: ", "))"))
    }
  }

  private func isNull(_ value: ConfigValue) -> Bool {
    if case .scalar(let scalar) = value { scalar.isNull } else { false }
  }

  private mutating func position(of name: String) -> Int {
    if let position = positions[name] { return position }
    positions[name] = candidates.count
    candidates.append((name, []))
    return candidates.count - 1
  }

  private mutating func add(_ values: [String], to name: String, _ origin: Origin) {
    candidates[position(of: name)].all.append(.init(value: values, origin: origin))
  }
}

extension ConfigQuery {
  /// The setting as people write it.
  public var name: String {
    if let section { return "\(section)/\(keys.last ?? "")" }
    return keys.joined(separator: ".")
  }
}
