import DiskImages
import Evidence

/// What the unit that starts sshd tells it: options on its command line and sockets handed to it.
struct SshdCommandLine: Sendable {
  /// `-f`; nil for the compiled path.
  var configuration: String?
  /// `-o` and `-g`, as lines of configuration; they come before the file.
  var directives: [SshdDirective] = []
  /// `-p`; other ports in the configuration are then ignored.
  var ports: [Effective<String>.Candidate] = []
  /// `-h`.
  var hostKeys: [Effective<String>.Candidate] = []

  /// Files with environment variables that distributions' units name.
  static let environmentNeeds: [ContentNeed] = [
    "/etc/default/ssh", "/etc/sysconfig/sshd", "/etc/sysconfig/ssh", "/etc/sysconfig/sshd-permitrootlogin",
    "/etc/crypto-policies/back-ends/opensshserver.config",
  ]

  static let services = ["ssh.service", "sshd.service", "ssh@.service", "sshd@.service"]

  /// Nothing.
  init() {}

  /// Reads the first unit of sshd's that there is.
  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units = try facts.model(SystemdUnits.self)
    for service in Self.services {
      guard case .loaded(let unit) = try units.state(of: service),
        let start = unit.list("Service", "ExecStart").last
      else { continue }
      let words = Self.words(start.value, try Self.environment(of: unit, facts.evidence))
      guard let program = words.firstIndex(where: { $0.hasSuffix("/sshd") }) else { continue }
      take(Array(words[(program + 1)...]), start.origin)
      return
    }
  }

  /// Whether a unit or its environment could name a configuration file: a look that needs no model.
  static func mayNameConfiguration(_ evidence: Evidence) -> Bool {
    let patterns: [GlobPattern] =
      environmentNeeds.map(\.pattern)
      + ["ssh", "sshd"].flatMap { name -> [GlobPattern] in
        ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"].flatMap { directory in
          [
            GlobPattern("\(directory)/\(name)*.service"),
            GlobPattern("\(directory)/\(name)*.service.d/*.conf"),
          ]
        }
      }
    return patterns.flatMap { evidence.index.matches($0) }.contains { entry in
      guard let bytes = try? evidence.bytes(of: entry) else { return false }
      return String(decoding: bytes, as: UTF8.self).contains("-f")
    }
  }

  /// Options as getopt(3) reads them in sshd(8).
  private mutating func take(_ words: [String], _ origin: Origin) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1, word != "--" else { continue }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard "CEbcfghkopu".contains(letter) else { continue }
        let argument = letters.isEmpty ? rest.popFirst() ?? "" : String(letters)
        take(letter, argument, origin)
        break
      }
    }
  }

  private mutating func take(_ letter: Character, _ argument: String, _ origin: Origin) {
    let origin = Origin(
      path: origin.path, line: origin.line, kind: origin.kind, text: "-\(letter) \(argument)")
    switch letter {
    case "f": configuration = argument
    case "p": ports.append(.init(value: argument, origin: origin))
    case "h": hostKeys.append(.init(value: argument, origin: origin))
    case "o", "g":
      let text = letter == "g" ? "LoginGraceTime \(argument)" : argument
      if let line = SSHConfigLine(text: text, number: 0) {
        directives.append(SshdDirective(line: line, origin: origin, conditions: []))
      }
    default: break
    }
  }

  /// Environment= and EnvironmentFile= of the unit, later ones winning (systemd.exec(5)).
  private static func environment(
    of unit: LoadedUnit, _ evidence: Evidence
  ) throws(EvidenceGap) -> [String: String] {
    var variables: [String: String] = [:]
    for (name, value) in unit.environment { variables[name] = value }
    for assignment in unit.list("Service", "EnvironmentFile") {
      let path = assignment.value.drop { $0 == "-" }
      guard let file = try evidence.text(at: String(path)) else { continue }
      for line in file.lines {
        let text = line.text.trimmingBlanks()
        guard !text.hasPrefix("#"), !text.hasPrefix(";") else { continue }
        guard let equals = text.firstIndex(of: "=") else { continue }
        let value = words(String(text[text.index(after: equals)...]), [:]).joined(separator: " ")
        variables[String(text[..<equals].trimmingBlanks())] = value
      }
    }
    return variables
  }

  /// Splits a command line as systemd does: quotes, `$NAME` that becomes several words, `${NAME}` that
  /// becomes part of one (systemd.service(5), "Command lines").
  private static func words(_ text: String, _ variables: [String: String]) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let complete = word { words.append(complete) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words.flatMap { word in expand(word, variables) }
  }

  private static func expand(_ word: String, _ variables: [String: String]) -> [String] {
    if word.hasPrefix("$"), !word.hasPrefix("${"), !word.hasPrefix("$$") {
      let value = variables[String(word.dropFirst())] ?? ""
      return value.split { $0 == " " || $0 == "\t" }.map(String.init)
    }
    guard word.contains("${") else { return [word] }
    var result = word
    for (name, value) in variables { result = result.replacing("${\(name)}", with: value) }
    return [result]
  }
}
