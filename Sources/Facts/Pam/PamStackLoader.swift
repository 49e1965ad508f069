import DiskImages
import Evidence

/// Puts together the stacks of a service as libpam does at `pam_start` (pam_handlers.c, pam.conf(5)).
struct PamStackLoader {
  let evidence: Evidence
  /// Debian's libpam looks for included files in /etc/pam.d alone (its patch `031_pam_include`).
  let includeDirectories: [String]
  /// For all services together.
  private var budget = ReadBudget()
  private var ruleCount = 0

  /// Where services are looked for, the strongest first.
  static let directories = ["/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d"]

  private static let substackLimit = 16
  private static let depthLimit = 32
  private static let ruleLimit = 200_000

  init(evidence: Evidence, isDebian: Bool) {
    self.evidence = evidence
    includeDirectories = isDebian ? ["/etc/pam.d"] : Self.directories
  }

  /// Everything fails: libpam gives up on a configuration that it cannot read.
  struct Abort: Error, Hashable {
    var path: String
    var reason: String
  }

  /// The rules of a service; nil if nothing configures it.
  ///
  /// - Throws: `Abort` if libpam would refuse to serve.
  mutating func load(_ service: String) throws -> [PamRule]? {
    guard try Self.directories.contains(where: { try evidence.entry(at: $0)?.type == .directory }) else {
      return try loadPamConf(service)
    }
    guard let file = try find(service, in: Self.directories) else { return nil }
    var rules: [PamRule] = []
    try read(file, phase: nil, level: 0, depth: 0, into: &rules)
    return rules
  }

  /// Without any of the directories /etc/pam.conf holds all services, their name first on each line.
  private mutating func loadPamConf(_ service: String) throws -> [PamRule]? {
    guard let file = try evidence.text(at: "/etc/pam.conf") else { return nil }
    guard let lines = PamLine.assemble(file) else {
      throw Abort(path: file.path, reason: "its last line is not finished")
    }
    var rules: [PamRule] = []
    for line in lines where line.words.first?.lowercased() == service.lowercased() {
      var line = line
      line.words.removeFirst()
      try take(line, file.path, phase: nil, level: 0, depth: 0, into: &rules)
    }
    return rules.isEmpty ? nil : rules
  }

  private func find(_ name: String, in directories: [String]) throws -> TextFile? {
    let paths = name.hasPrefix("/") ? [name] : directories.map { "\($0)/\(name)" }
    for path in paths {
      guard let entry = try evidence.entry(at: path), entry.type != .directory else { continue }
      var file = try evidence.text(of: entry)
      file.path = path
      return file
    }
    return nil
  }

  private mutating func read(
    _ file: TextFile, phase: PamPhase?, level: Int, depth: Int, into rules: inout [PamRule]
  ) throws {
    guard depth < Self.depthLimit else {
      throw Abort(path: file.path, reason: "includes nested more than \(Self.depthLimit) deep")
    }
    guard budget.spend(file) else {
      throw EvidenceGap(path: file.path, reason: "too much configuration to read")
    }
    guard let lines = PamLine.assemble(file) else {
      throw Abort(path: file.path, reason: "its last line is not finished")
    }
    for line in lines {
      try take(line, file.path, phase: phase, level: level, depth: depth, into: &rules)
    }
  }

  private mutating func take(
    _ line: PamLine.Assembled, _ path: String, phase requested: PamPhase?, level: Int, depth: Int,
    into rules: inout [PamRule]
  ) throws {
    ruleCount += 1
    guard ruleCount < Self.ruleLimit else {
      throw EvidenceGap(path: path, reason: "too many rules to follow")
    }
    var words = line.words[...]
    let first = (words.popFirst() ?? "").lowercased()
    let type = first.hasPrefix("-") ? String(first.dropFirst()) : first
    let origin = Origin(
      path: path, line: line.number, kind: path.hasPrefix("/usr/") ? .vendor : .explicit, text: line.text)
    if type == "@include" {
      guard try include(words.popFirst(), phase: requested, level: level, depth: depth, into: &rules) else {
        throw Abort(path: path, reason: "line \(line.number) includes what is not there")
      }
      return
    }
    let phase = PamPhase(rawValue: type)
    let effective = phase ?? requested ?? .auth
    if let requested, effective != requested { return }
    func rule(_ kind: PamRule.Kind, _ control: String, _ module: String = "", _ arguments: [String] = []) {
      rules.append(
        PamRule(
          kind: kind, phase: effective, control: PamControl(control), module: module, arguments: arguments,
          level: level, origin: origin))
    }
    guard phase != nil, let control = words.popFirst() else { return rule(.failure, "required") }
    switch control.lowercased() {
    case "include", "substack":
      let isSubstack = control.lowercased() == "substack"
      if isSubstack { rule(.substack, "required") }
      let inner = level + (isSubstack ? 1 : 0)
      if inner >= Self.substackLimit { return rule(.failure, "required") }
      if try !include(words.popFirst(), phase: effective, level: inner, depth: depth, into: &rules) {
        rule(.failure, "required")
      }
    default:
      guard let module = words.popFirst() else { return rule(.failure, control) }
      let name = module.split(separator: "/").last.map(String.init) ?? module
      rule(.module, control, name, Array(words))
    }
  }

  /// Whether the file was there.
  private mutating func include(
    _ name: String?, phase: PamPhase?, level: Int, depth: Int, into rules: inout [PamRule]
  ) throws -> Bool {
    guard let name, let file = try find(name, in: includeDirectories) else { return false }
    try read(file, phase: phase, level: level, depth: depth + 1, into: &rules)
    return true
  }
}
