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
        let own = try SshdCommandLine(unit, facts.evidence)
      else { continue }
      self = own
      return
    }
  }

  /// The command of a unit; nil if it does not start sshd.
  init?(_ unit: LoadedUnit, _ evidence: Evidence) throws(EvidenceGap) {
    let parts = try ServiceCommand(of: unit, evidence).parts
    guard let program = parts.firstIndex(where: { $0.value.hasSuffix("/sshd") || $0.value == "sshd" }) else {
      return nil
    }
    take(parts[(program + 1)...])
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
  private mutating func take(_ parts: ArraySlice<ServiceCommand.Word>) {
    var rest = parts
    while let word = rest.popFirst() {
      if word.value == "--" { return }
      guard word.value.hasPrefix("-"), word.value.count > 1 else { continue }
      var letters = word.value.dropFirst()
      while let letter = letters.popFirst() {
        guard "CEbcfghkopu".contains(letter) else { continue }
        let argument = letters.isEmpty ? rest.popFirst() : .init(value: String(letters), origin: word.origin)
        take(letter, argument?.value ?? "", argument?.origin ?? word.origin)
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
}
