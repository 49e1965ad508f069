import DiskImages
import Evidence
import Facts

/// Judges texts that are shown before or at login: what they tell about the system, and what they have to
/// say.
public struct BannerKind: CheckKind {
  public static let name = "banner"
  public static let summary = """
    Reads texts shown at login and objects to escapes and names that tell the operating system or its \
    version; can ask for a text.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "path", .textList, required: true, "the files, e.g. /etc/issue; its parts in /etc/issue.d count too"),
    .init("text", .text, "words that the text has to hold; blanks and line ends all count as one blank"),
    .init("required", .boolean, "whether a file that is missing or empty fails"),
    .init("allow_system_names", .boolean, "whether the name of the operating system may stand there"),
  ]

  private let paths: [String]
  private let text: String?
  private let isRequired: Bool
  private let allowsNames: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    paths = parameters.list("path")
    text = parameters.text("text")
    isRequired = parameters.boolean("required") ?? (text != nil)
    allowsNames = parameters.boolean("allow_system_names") ?? false
    if paths.isEmpty { throw ParameterError("path", "'path' names no file") }
  }

  public var plan: CollectionPlan {
    var plan = CollectionPlan([OSRelease.self])
    plan.needs.formUnion(paths.map { ContentNeed($0) })
    plan.needs.formUnion(["/etc/issue.d/*", "/usr/lib/issue.d/*", "/usr/lib/issue"])
    return plan
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let names = allowsNames ? [] : Self.systemNames(try facts.model(OSRelease.self))
    var outcomes: [Outcome] = []
    for path in paths { outcomes.append(try judge(path, facts.evidence, names)) }
    return outcomes
  }

  private func judge(
    _ path: String, _ evidence: Evidence, _ names: [String]
  ) throws(EvidenceGap) -> Outcome {
    let files = try Self.files(path, evidence)
    let lines = files.flatMap { file in file.lines.map { (file.path, $0) } }
    for (file, line) in lines {
      if let leak = Self.leak(line.text, names) {
        let place = EvidenceLine(path: file, line: line.number, text: line.text, origin: "explicit")
        return outcome(.fail, path, "tells \(leak)", [place])
      }
    }
    let words = lines.flatMap { $0.1.text.split(whereSeparator: \.isWhitespace) }
    if words.isEmpty {
      return outcome(isRequired ? .fail : .pass, path, files.isEmpty ? "no such file" : "empty", [])
    }
    if let text {
      let wanted = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      guard words.joined(separator: " ").contains(wanted) else {
        return outcome(
          .fail, path, "does not say so", [EvidenceLine(path: path, text: "", origin: "explicit")])
      }
    }
    return outcome(.pass, path, "tells nothing about the system", [])
  }

  private func outcome(
    _ verdict: Outcome.Verdict, _ path: String, _ actual: String, _ evidence: [EvidenceLine]
  ) -> Outcome {
    var expected = "\(path) tells nothing about the system"
    if let text { expected += " and says '\(text)'" } else if isRequired { expected += " and is not empty" }
    return Outcome(verdict, subject: path, expected: expected, actual: actual, evidence: evidence)
  }

  /// The file and, for /etc/issue, the parts that agetty(8) shows with it.
  private static func files(_ path: String, _ evidence: Evidence) throws(EvidenceGap) -> [TextFile] {
    var files: [TextFile] = []
    if let file = try evidence.text(at: path) {
      files.append(file)
    } else if path == "/etc/issue", let file = try evidence.text(at: "/usr/lib/issue") {
      files.append(file)
    }
    guard path == "/etc/issue" else { return files }
    var parts: [String: FileEntry] = [:]
    for directory in ["/usr/lib/issue.d", "/etc/issue.d"] {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/*.issue")) {
        parts[entry.name] = entry
      }
    }
    for (_, entry) in parts.sorted(by: { $0.key < $1.key }) { files.append(try evidence.text(of: entry)) }
    return files
  }

  /// Escapes of agetty(8) for machine, release, system name, version and os-release, or a system's name.
  private static func leak(_ line: String, _ names: [String]) -> String? {
    var isEscape = false
    for character in line {
      if isEscape {
        isEscape = false
        if "mrsvS".contains(character) { return "\\\(character)" }
      } else if character == "\\" {
        isEscape = true
      }
    }
    let lowered = line.lowercased()
    return names.first { containsWord(lowered, $0) }
  }

  private static func containsWord(_ text: String, _ word: String) -> Bool {
    var rest = text[...]
    while let range = rest.firstRange(of: word) {
      let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
      let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
      if !before.isLetter, !after.isLetter { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  private static func systemNames(_ release: OSRelease) -> [String] {
    [release.id, release.values["NAME"], release.values["PRETTY_NAME"], release.versionCodename]
      .compactMap { $0?.lowercased() }.filter { $0.count > 2 && $0 != "linux" }
  }

  /// Replaces the files by the wanted text.
  public var fix: Fix? {
    guard let text, !paths.isEmpty else { return nil }
    let quoted = text.replacing("'", with: "'\\''")
    let yaml = text.replacing("'", with: "''")
    return Fix(
      shell: paths.map { "printf '%s\\n' '\(quoted)' > \($0)" }.joined(separator: "\n"),
      ansible: """
        ansible.builtin.copy:
          dest: "{{ item }}"
          content: '\(yaml)'
          mode: '0644'
        loop: [\(paths.joined(separator: ", "))]
        """)
  }
}
