import DiskImages
import Evidence

/// Paths that pacman does not unpack: `NoExtract` of pacman.conf(5), shell patterns of which the last that matches
/// decides; one with `!` takes a path out again (libalpm: util.c, _alpm_fnmatch_patterns).
struct PacmanExtraction {
  static let needs: [ContentNeed] = ["/etc/pacman.conf", "/etc/pacman.d/*"]

  /// As deep as pacman follows `Include` (pacman: ini.c), and many more patterns than anybody writes.
  private static let depthLimit = 10
  private static let patternLimit = 1000

  private var rules: [(isException: Bool, pattern: String)] = []

  init(_ evidence: Evidence) throws(EvidenceGap) {
    guard let file = try evidence.text(at: "/etc/pacman.conf") else { return }
    var section = ""
    var budget = ReadBudget()
    try read(file, evidence, depth: 0, &section, &budget)
  }

  private mutating func read(
    _ file: TextFile, _ evidence: Evidence, depth: Int, _ section: inout String, _ budget: inout ReadBudget
  ) throws(EvidenceGap) {
    guard budget.spend(file) else {
      throw EvidenceGap(path: file.path, reason: "the files that it includes are too many to read")
    }
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.hasPrefix("["), text.hasSuffix("]") { section = String(text.dropFirst().dropLast()) }
      guard section == "options", let equals = text.firstIndex(of: "=") else { continue }
      let value = text[text.index(after: equals)...].trimmingBlanks()
      switch text[..<equals].trimmingBlanks() {
      case "NoExtract": add(value)
      case "Include" where depth < Self.depthLimit:
        for entry in try evidence.entries(matching: GlobPattern(String(value))) where entry.type != .directory
        {
          try read(try evidence.text(of: entry), evidence, depth: depth + 1, &section, &budget)
        }
      default: continue
      }
    }
  }

  private mutating func add(_ patterns: Substring) {
    for word in patterns.split(separator: " ") where rules.count < Self.patternLimit {
      let isException = word.hasPrefix("!")
      rules.append((isException, String(isException || word.hasPrefix("\\") ? word.dropFirst() : word)))
    }
  }

  /// Whether pacman leaves the path out, which has no slash at its start.
  func leavesOut(_ path: [UInt8]) -> Bool {
    if rules.isEmpty { return false }
    let text = String(decoding: path, as: UTF8.self)
    return rules.last { fnmatch(pattern: $0.pattern, text) }.map { !$0.isException } ?? false
  }
}
