import Evidence

/// qemu-ga of QEMU (qemu-ga(8), qga/main.c).
///
/// The configuration file is /etc/qemu/qemu-ga.conf, group `general`; lists of the command line are added to its
/// lists. Every command is allowed unless it is blocked, or unless a list of allowed ones is given and it is not
/// among them; such a list is known since QEMU 8.1, before that the key is ignored.
enum QemuGuestAgent: GuestAgentSource {
  static let agent = "qemu-guest-agent"
  static let units = ["qemu-guest-agent.service", "qemu-ga.service"]
  static let needs: [ContentNeed] = [
    "/etc/qemu/qemu-ga.conf", "/etc/qemu-ga/qemu-ga.conf", "/etc/default/qemu-guest-agent",
    "/etc/sysconfig/qemu-ga",
  ]

  /// The commands that a power needs, all of them (qga/qapi-schema.json).
  private static let commands: [(GuestAgent.Power, [String])] = [
    (.execute, ["guest-exec"]), (.readFiles, ["guest-file-open", "guest-file-read"]),
    (.writeFiles, ["guest-file-open", "guest-file-write"]), (.setPasswords, ["guest-set-user-password"]),
    (.addKeys, ["guest-ssh-add-authorized-keys"]),
  ]

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    let filter = try Filter(context)
    var powers: [GuestAgent.Power: Effective<Bool>] = [:]
    for (power, commands) in commands {
      let states = commands.map { filter.state(of: $0) }
      powers[power] = states.first { !$0.value } ?? states[0]
    }
    return powers
  }

  /// Which commands are let through.
  private struct Filter {
    private var blocked: [String: Origin] = [:]
    private var allowed: [String: Origin] = [:]
    private var allowOrigin: Origin?

    init(_ context: GuestAgentContext) throws(EvidenceGap) {
      let command = try context.command()
      let words = command.words
      var path = "/etc/qemu/qemu-ga.conf"
      var options: [(name: String, value: String, origin: Origin)] = []
      var position = 1
      while position < words.count {
        let (name, value) = Self.option(words, &position)
        if ["-c", "--config"].contains(name) { path = value }
        options.append((name, value, command.parts[position - 1].origin))
      }
      let settings = try context.settings(path, section: "general")
      let knowsAllow = Self.knowsAllowList(context.packages)
      for key in ["block-rpcs", "blacklist"] {
        if let list = settings[key] { block(list.value, list.origin) }
      }
      if knowsAllow, let list = settings["allow-rpcs"] { allow(list.value, list.origin) }
      for (name, value, origin) in options {
        switch name {
        case "-b", "--block-rpcs", "--blacklist": block(value, origin)
        case "-a", "--allow-rpcs": allow(value, origin)
        default: continue
        }
      }
    }

    /// `-b LIST`, `-bLIST`, `--block-rpcs LIST`, `--block-rpcs=LIST`.
    private static func option(_ words: [String], _ position: inout Int) -> (String, String) {
      let word = words[position]
      position += 1
      if let equals = word.firstIndex(of: "="), word.hasPrefix("--") {
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
      }
      if !word.hasPrefix("--"), word.hasPrefix("-"), word.count > 2 {
        return (String(word.prefix(2)), String(word.dropFirst(2)))
      }
      let takesValue = [
        "-b", "--block-rpcs", "--blacklist", "-a", "--allow-rpcs", "-c", "--config", "-m", "--method", "-p",
        "--path",
        "-l", "--logfile", "-f", "--pidfile", "-t", "--statedir",
      ]
      guard takesValue.contains(word), position < words.count else { return (word, "") }
      position += 1
      return (word, words[position - 1])
    }

    private mutating func block(_ list: String, _ origin: Origin) {
      for command in Self.elements(list) where blocked[command] == nil { blocked[command] = origin }
    }

    private mutating func allow(_ list: String, _ origin: Origin) {
      if Self.elements(list).isEmpty { return }
      allowOrigin = allowOrigin ?? origin
      for command in Self.elements(list) where allowed[command] == nil { allowed[command] = origin }
    }

    private static func elements(_ list: String) -> [String] {
      list.split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init)
    }

    /// Without a version to go by, the list counts: versions before 8.1 are old by now.
    private static func knowsAllowList(_ packages: InstalledPackages?) -> Bool {
      let package = ["qemu-guest-agent", "qemu-ga"].lazy.compactMap { packages?.installed($0) }.first
      guard let package else { return true }
      // Red Hat has put the list into its earlier versions.
      if package.format == "rpm" { return true }
      return DpkgVersion("1:8.1") < DpkgVersion(package.version)
        || DpkgVersion("8.1") == DpkgVersion(package.version)
        || package.format != "dpkg"
    }

    func state(of command: String) -> Effective<Bool> {
      if let origin = blocked[command] { return Effective(false, origin: origin) }
      if let allowOrigin {
        return Effective(allowed[command] != nil, origin: allowed[command] ?? allowOrigin)
      }
      return Effective(
        true, origin: .compiledDefault("qemu-ga(8): a command that --block-rpcs does not name is allowed"))
    }
  }
}
