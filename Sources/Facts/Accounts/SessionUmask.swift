import Evidence

/// The umask with which a session's shell is started (pam_umask(8)).
struct SessionUmask: FactModel {
  static let needs: [ContentNeed] = SessionModules.needs + LoginDefinitions.needs + ["/etc/default/login"]

  /// Services whose sessions are login shells of people.
  static let services = ["login", "sshd"]

  private let modules: [(service: String, module: SessionModules.Module?)]
  private let definitions: LoginDefinitions
  private let loginDefault: Effective<String>?

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let stacks = try facts.model(SessionModules.self)
    var modules: [(service: String, module: SessionModules.Module?)] = []
    for service in Self.services {
      guard let stack = try stacks.modules(of: service) else { continue }
      modules.append((service, stack.last { $0.name == "pam_umask.so" }))
    }
    self.modules = modules
    definitions = try facts.model(LoginDefinitions.self)
    loginDefault = try Self.loginDefault(facts.evidence)
  }

  /// All values that the session of a user may start with, one for each service that differs.
  ///
  /// - Parameter hasOwnGroup: whether the primary group has the user's name.
  func values(uid: UInt32, gecos: String, hasOwnGroup: Bool) -> [ShellUmask] {
    // What sshd and getty inherit from systemd (UMask= in systemd.exec(5)).
    let inherited = ShellUmask(value: 0o022, origin: .compiledDefault("systemd.exec(5), UMask="))
    if modules.isEmpty { return [inherited] }
    var values: [ShellUmask] = []
    for (_, module) in modules {
      let value = module.flatMap { self.value($0, uid, gecos, hasOwnGroup) } ?? inherited
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  /// What the module sets: its argument, else UMASK of login.defs, else that of /etc/default/login; then the group's
  /// bits follow the owner's where the group is the user's own; last what the user's GECOS field says. Debian's module
  /// takes USERGROUPS_ENAB of login.defs for its `usergroups` where UMASK comes from there as well.
  private func value(
    _ module: SessionModules.Module, _ uid: UInt32, _ gecos: String, _ hasOwnGroup: Bool
  ) -> ShellUmask? {
    var text: String?
    var origin = module.origin
    var followsOwner = module.arguments.contains { $0.lowercased() == "usergroups" }
    if let argument = module.arguments.last(where: { $0.lowercased().hasPrefix("umask=") }) {
      text = String(argument.dropFirst(6))
    } else if let definition = definitions.moduleValue("UMASK") {
      text = definition.value
      origin = definition.origin
      if definitions.moduleValue("USERGROUPS_ENAB")?.value.lowercased() == "yes" { followsOwner = true }
    } else if let loginDefault {
      text = loginDefault.value
      origin = loginDefault.origin
    }
    if module.arguments.contains(where: { $0.lowercased() == "nousergroups" }) { followsOwner = false }
    var mask = text.flatMap { Self.octal($0) }
    if followsOwner, uid != 0, hasOwnGroup { mask = mask.map { $0 & ~0o070 | ($0 >> 3 & 0o070) } }
    for part in gecos.split(separator: ",") where part.lowercased().hasPrefix("umask=") {
      mask = Self.octal(String(part.dropFirst(6))) ?? 0
      origin = Origin(path: "/etc/passwd", kind: .explicit, text: String(part))
    }
    return mask.map { ShellUmask(value: $0, origin: origin) }
  }

  /// Leading octal digits, as strtoul(3) with base 8 takes them.
  private static func octal(_ text: String) -> UInt32? {
    let digits = text.prefix { ("0"..."7").contains($0) }
    return UInt32(digits, radix: 8).map { $0 & 0o777 }
  }

  private static func loginDefault(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String>? {
    guard let file = try evidence.text(at: "/etc/default/login") else { return nil }
    for line in file.lines {
      let text = line.text.prefix { $0 != "#" }.trimmingBlanks()
      guard text.lowercased().hasPrefix("umask") else { continue }
      let value = text.dropFirst(5).drop { $0 == "=" || $0 == " " || $0 == "\t" }
      return Effective(
        String(value),
        origin: Origin(path: file.path, line: line.number, kind: .explicit, text: line.text))
    }
    return nil
  }
}
