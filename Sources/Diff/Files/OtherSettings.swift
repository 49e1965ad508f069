import DiskImages
import Evidence
import Facts

/// Files under /etc in a form that many programs share, setting by setting, where no topic knows what is in effect.
public struct OtherSettings: FactModel {
  /// What one file says.
  struct File {
    /// Texts by key, those of a key that stands several times in their order.
    var settings: [String: DiffChange.Value]
    /// The package that brought it.
    var owner: String?
  }

  public static let needs: [ContentNeed] = PackagedFiles.needs + (wanted + plain).map { ContentNeed($0) }

  /// Files whose names tell their form, or let it be looked for.
  private static let wanted =
    forms.keys.sorted().map { "/etc/**/*.\($0)" }
    + ["conf", "cfg", "cnf", "ini", "properties"].map { "/etc/**/*.\($0)" }
  /// Variables as a shell reads them, and `database: services` of nsswitch.conf(5).
  private static let plain = [
    "/etc/default/*", "/etc/sysconfig/**", "/etc/environment", "/etc/locale.conf", "/etc/nsswitch.conf",
  ]

  /// Forms that a name promises.
  private static let forms: [String: ConfigFormat] = [
    "json": .json, "yaml": .yaml, "yml": .yaml, "toml": .toml, "service": .systemd, "socket": .systemd,
    "timer": .systemd, "path": .systemd, "mount": .systemd, "slice": .systemd, "target": .systemd,
    "network": .systemd, "netdev": .systemd, "link": .systemd,
  ]

  /// Files that other topics understand.
  private static let covered = PathPatterns([
    "/etc/ssh/**", "/etc/pam.d/**", "/etc/sysctl.conf", "/etc/sysctl.d/**", "/etc/login.defs", "/etc/apt/**",
    "/etc/audit/rules.d/**", "/etc/chrony/**", "/etc/chrony.conf", "/etc/ntp.conf", "/etc/ntpsec/**",
    "/etc/systemd/timesyncd.conf", "/etc/systemd/timesyncd.conf.d/**", "/etc/modprobe.d/**",
    "/etc/modules-load.d/**", "/etc/ufw/**", "/etc/firewalld/**",
  ])

  private static let shell = PathPatterns(plain)

  /// By path; a file whose form is not certain has none.
  let files: [String: File]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let packages: PackagedFiles = try facts.model()
    var files: [String: File] = [:]
    for pattern in Self.wanted + Self.plain {
      for entry in try facts.evidence.entries(matching: GlobPattern(pattern))
      where entry.type == .regular && files[entry.path] == nil && !Self.covered.match(entry.path) {
        // What is too large or cannot be read is compared as a file alone.
        guard let text = try? facts.evidence.text(of: entry), let settings = Self.settings(text) else {
          continue
        }
        files[entry.path] = File(settings: settings, owner: packages.owner(of: entry))
      }
    }
    self.files = files
  }

  private static func settings(_ file: TextFile) -> [String: DiffChange.Value]? {
    let ending = file.path.split(separator: "/").last?.split(separator: ".").dropFirst().last
    if let form = ending.flatMap({ forms[String($0)] }) {
      return (try? form.parse(file)).map { texts($0, file.path) }
    }
    guard file.path == "/etc/nsswitch.conf" || isAssignments(file) else { return nil }
    let form = shell.match(file.path) ? ConfigFormat.keyValue : .ini
    return (try? form.parse(file)).map { texts($0, file.path, cutsComments: form == .ini) }
  }

  /// Whether every line is a comment, a section or `key = value`: then the form is certain. Continued and indented lines
  /// mean another thing to every program.
  static func isAssignments(_ file: TextFile) -> Bool {
    file.lines.allSatisfy { line in
      let text = line.text
      guard let first = text.first(where: { $0 != " " && $0 != "\t" }) else { return true }
      if first == "#" || first == ";" { return true }
      guard first == text.first, text.last != "\\" else { return false }
      if first == "[" { return text.contains("]") }
      guard let equals = text.firstIndex(of: "=") else { return false }
      let key = text[..<equals].reversed().drop { $0 == " " || $0 == "\t" }
      return !key.isEmpty
        && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
    }
  }

  private static func texts(_ document: ConfigDocument, _ path: String, cutsComments: Bool = false)
    -> [String: DiffChange.Value]
  {
    var found: [(key: String, text: String, line: Int)] = []
    switch document {
    case .assignments(let assignments):
      for item in assignments {
        found.append(
          (item.section.isEmpty ? item.key : "[\(item.section)] \(item.key)", item.value, item.line))
      }
    case .tree(let root): flatten(root, [], &found)
    }
    var values: [String: DiffChange.Value] = [:]
    for (key, items) in Dictionary(grouping: found, by: \.key) {
      let text = items.map { cutsComments ? withoutComment($0.text) : $0.text }.joined(separator: "; ")
      values[key] = DiffChange.Value(text, path: path, line: items[0].line)
    }
    return values
  }

  /// What stands after a blank and `#` is a comment to most programs; to the others the file has changed all the same.
  private static func withoutComment(_ text: String) -> String {
    var kept = text[...]
    if let end = [" #", "\t#"].compactMap({ text.firstRange(of: $0)?.lowerBound }).min() {
      kept = text[..<end]
    }
    while kept.last == " " || kept.last == "\t" { kept.removeLast() }
    return String(kept)
  }

  /// The parsers bound depth and number of the values.
  private static func flatten(
    _ value: ConfigValue, _ keys: [String], _ found: inout [(key: String, text: String, line: Int)]
  ) {
    switch value {
    case .scalar(let scalar):
      found.append((keys.joined(separator: "."), scalar.isNull ? "null" : scalar.text, scalar.line))
    case .list(let elements, let line):
      if elements.allSatisfy({ if case .scalar = $0 { true } else { false } }) {
        let text = elements.flatMap(\.texts).joined(separator: ", ")
        found.append((keys.joined(separator: "."), "[\(text)]", line))
      } else {
        for (position, element) in elements.enumerated() { flatten(element, keys + ["\(position)"], &found) }
      }
    case .mapping(let members, let line):
      if members.isEmpty { found.append((keys.joined(separator: "."), "{}", line)) }
      for member in members { flatten(member.value, keys + [member.key], &found) }
    }
  }
}
