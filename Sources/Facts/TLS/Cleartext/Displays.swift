import DiskImages
import Evidence

/// Screens that others can see over the network without encryption: VNC servers and X servers on TCP.
enum DisplayServers: CleartextSource {
  static let protocols = ["vnc", "x11"]
  static let needs: [ContentNeed] = [
    "/etc/lightdm/lightdm.conf", "/etc/lightdm/lightdm.conf.d/*.conf", "/etc/gdm3/*.conf",
    "/etc/gdm/custom.conf",
    "/etc/sddm.conf", "/etc/sddm.conf.d/*.conf", "/etc/X11/xinit/xserverrc", "/etc/tigervnc/*",
  ]

  private static let vncPrograms: Set<String> = [
    "x11vnc", "Xvnc", "vncserver", "tigervncserver", "Xtigervnc", "x0vncserver", "x0tigervncserver",
    "tightvncserver", "Xtightvnc", "vncsession", "vncsession-start", "tigervncsession",
    "tigervncsession-start", "wayvnc",
  ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let units = try context.facts.model(SystemdUnits.self)
    guard units.isPresent else { return [] }
    var channels: [CleartextChannel] = []
    for name in units.startedAtBoot where name.type == "service" || name.type == "socket" {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      channels += try programs(unit, context)
    }
    return channels + (try managers(context, units))
  }

  private static func programs(_ unit: LoadedUnit, _ context: CleartextContext) throws(EvidenceGap)
    -> [CleartextChannel]
  {
    guard let program = unit.commands().last?.programName else { return [] }
    let isX = ["Xorg", "X", "Xserver"].contains(program)
    guard isX || vncPrograms.contains(program) else { return [] }
    let command = try ServiceCommand(of: unit, context.facts.evidence)
    let words = command.words
    if !isX {
      var options = words.dropFirst().map { $0.lowercased() }
      for line in try context.lines(matching: "/etc/tigervnc/vncserver-config-*") {
        if program.contains("session") || program.hasPrefix("tiger") {
          options.append("-" + line.text.lowercased().filter { !" $;\"'".contains($0) })
        }
      }
      if isSafeVNC(options, program) { return [] }
      return [CleartextChannel("vnc", unit.name.description, "\(program) without TLS", command.origin)]
    }
    if zip(words, words.dropFirst()).contains(where: { $0.0 == "-listen" && $0.1 == "tcp" }) {
      return [CleartextChannel("x11", unit.name.description, "-listen tcp", command.origin)]
    }
    return []
  }

  /// On the loopback interface alone, with TLS, or in a tunnel.
  private static func isSafeVNC(_ options: [String], _ program: String) -> Bool {
    for (position, option) in options.enumerated() {
      let name = option.drop { $0 == "-" }
      let next = position + 1 < options.count ? options[position + 1] : ""
      if name == "localhost" && !["no", "0", "off"].contains(next) { return true }
      if ["localhost=1", "localhost=yes", "localhost=on", "localhost=true"].contains(String(name)) {
        return true
      }
      if program == "x11vnc", ["ssl", "stunnel"].contains(String(name)) { return true }
      let types =
        name.hasPrefix("securitytypes=") ? String(name.dropFirst(14)) : name == "securitytypes" ? next : ""
      if !types.isEmpty,
        types.split(separator: ",").allSatisfy({ $0.hasPrefix("tls") || $0.hasPrefix("x509") })
      {
        return true
      }
    }
    return false
  }

  /// Settings of display managers that let the X server listen on TCP; none does by default.
  private static func managers(_ context: CleartextContext, _ units: SystemdUnits) throws(EvidenceGap)
    -> [CleartextChannel]
  {
    var found: [CleartextChannel] = []
    let rules: [(unit: String, patterns: [String], key: String, isOpen: (String) -> Bool)] = [
      (
        "lightdm.service", ["/etc/lightdm/lightdm.conf", "/etc/lightdm/lightdm.conf.d/*.conf"],
        "xserver-allow-tcp", { $0 == "true" }
      ),
      ("gdm.service", ["/etc/gdm3/*.conf", "/etc/gdm/custom.conf"], "disallowtcp", { $0 == "false" }),
      ("gdm3.service", ["/etc/gdm3/*.conf"], "disallowtcp", { $0 == "false" }),
      (
        "sddm.service", ["/etc/sddm.conf", "/etc/sddm.conf.d/*.conf"], "serverarguments",
        { $0.contains("-listen tcp") }
      ),
    ]
    for rule in rules where TLSServices.isStarted([rule.unit], units) {
      for pattern in rule.patterns {
        for line in try context.lines(matching: pattern) {
          guard let (key, value) = line.assignment, key.lowercased() == rule.key,
            rule.isOpen(value.lowercased())
          else { continue }
          found.append(CleartextChannel("x11", rule.unit, line.text, line.origin))
        }
      }
    }
    return found
  }
}
