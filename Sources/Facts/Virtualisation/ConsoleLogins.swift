import DiskImages
import Evidence

/// Login prompts on consoles, and whom they let in without asking (agetty(8), mingetty(8)).
public struct ConsoleLogins: FactModel {
  /// One prompt.
  public struct Console: Sendable, Hashable {
    /// `tty1`, `ttyS0`; `any` for a template that a terminal starts when it is opened.
    public var terminal: String
    /// Whether it is a serial line or a hypervisor's console rather than a virtual terminal.
    public var isSerial: Bool
    /// Whether a boot starts it; a virtual terminal is also started when somebody switches to it (logind.conf(5),
    /// `NAutoVTs=`).
    public var isStarted: Bool
    /// Who is logged in without a password; nil if everybody is asked.
    public var automatic: Effective<String>?
    public var origin: Origin
  }

  public static let needs: [ContentNeed] = SystemdUnits.needs + ["/etc/inittab"]

  /// By terminal.
  public let consoles: [Console]

  private static let templates = [
    "getty@", "serial-getty@", "autovt@", "container-getty@",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    var found: [Console] = []
    let started = units.startedAtBoot
    if units.isPresent {
      for name in started where Self.isPrompt(name.description) {
        if let console = try Self.console(name.description, facts, isStarted: true) { found.append(console) }
      }
      // Terminals beside those of the boot take the template.
      for template in Self.templates {
        let name = "\(template).service"
        guard let console = try Self.console(name, facts, isStarted: false) else { continue }
        if template == "getty@" || console.automatic != nil { found.append(console) }
      }
    }
    found += try Self.inittab(facts.evidence, units.initSystem)
    var seen: Set<String> = []
    consoles = found.filter { seen.insert($0.origin.text ?? $0.terminal).inserted }
      .sorted { $0.terminal < $1.terminal }
  }

  private static func isPrompt(_ unit: String) -> Bool {
    unit == "console-getty.service" || templates.contains { unit.hasPrefix($0) }
  }

  private static func console(
    _ name: String, _ facts: GuestFacts, isStarted: Bool
  ) throws(EvidenceGap) -> Console? {
    guard case .loaded(let unit) = try facts.model(SystemdUnits.self).state(of: name) else { return nil }
    let instance =
      name.split(separator: "@", maxSplits: 1).dropFirst().first.map { $0.prefix { $0 != "." } } ?? ""
    let terminal = name.hasPrefix("console-") ? "console" : instance.isEmpty ? "any" : String(instance)
    let environment = ServiceEnvironment(of: unit, facts.evidence)
    let automatic = unit.commands().lazy.compactMap { command in
      // TERM is handed on from the kernel's command line; whom the command logs in does not depend on it.
      let words = (try? environment.words(of: command).map(\.value)) ?? [command.program] + command.arguments
      return automaticUser(words).map { Effective($0, origin: command.origin) }
    }.first
    return Console(
      terminal: terminal, isSerial: isSerial(terminal) || name.hasPrefix("serial-"), isStarted: isStarted,
      automatic: automatic,
      origin: Origin(path: unit.path, kind: unit.isVendor ? .vendor : .explicit, text: name))
  }

  private static func isSerial(_ terminal: String) -> Bool {
    terminal != "any" && terminal != "console"
      && !(terminal.hasPrefix("tty") && terminal.dropFirst(3).allSatisfy(\.isNumber))
  }

  /// Whom the command logs in: `-a NAME`, `--autologin NAME`; or that it starts a shell in place of login(1).
  static func automaticUser(_ words: [String]) -> String? {
    guard let program = words.first?.split(separator: "/").last else { return nil }
    if ["bash", "sh", "dash", "zsh", "ash", "sulogin-none"].contains(program) { return "root (\(program))" }
    guard ["agetty", "getty", "mingetty", "fgetty", "mgetty"].contains(program) else { return nil }
    var loginProgram: String?
    var skips = false
    var position = 1
    while position < words.count {
      let word = words[position]
      let next = position + 1 < words.count ? words[position + 1] : ""
      position += 1
      switch word {
      case "-a", "--autologin":
        return next.isEmpty ? nil : next
      case "-l", "--login-program":
        loginProgram = next
        position += 1
      case "-n", "--skip-login": skips = true
      case _ where word.hasPrefix("--autologin="): return String(word.dropFirst("--autologin=".count))
      case _ where word.hasPrefix("--login-program="):
        loginProgram = String(word.dropFirst("--login-program=".count))
      case _ where word.hasPrefix("-a") && !word.hasPrefix("--"): return String(word.dropFirst(2))
      default: continue
      }
    }
    if skips, let loginProgram, let last = loginProgram.split(separator: "/").last, last != "login" {
      return "root (\(last))"
    }
    return nil
  }

  /// `ID:RUNLEVELS:ACTION:COMMAND` of inittab(5), for guests that do not start systemd; busybox leaves the second field
  /// empty and gives the terminal as the first.
  private static func inittab(_ evidence: Evidence, _ system: InitSystem) throws(EvidenceGap) -> [Console] {
    if system == .systemd { return [] }
    guard let file = try evidence.text(at: "/etc/inittab") else { return [] }
    return file.lines.compactMap { line in
      let fields = line.text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(
        String.init)
      guard fields.count == 4, fields[0].first != "#",
        ["respawn", "askfirst", "once", "off"].contains(fields[2]),
        fields[2] != "off"
      else { return nil }
      let words = fields[3].split { $0 == " " || $0 == "\t" }.map(String.init)
      let origin = Origin(
        path: file.path, line: line.number, kind: .explicit, text: String(line.text.prefix(200)))
      guard words.first?.contains("getty") ?? false || automaticUser(words) != nil else { return nil }
      let terminal =
        words.first { $0.hasPrefix("tty") || $0.hasPrefix("hvc") || $0.hasPrefix("/dev/") } ?? fields[0]
      return Console(
        terminal: terminal, isSerial: isSerial(terminal), isStarted: true,
        automatic: automaticUser(words).map { Effective($0, origin: origin) }, origin: origin)
    }
  }
}
