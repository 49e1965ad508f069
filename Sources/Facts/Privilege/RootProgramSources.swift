import DiskImages
import Evidence

/// Files that name what root executes.
extension RootProgramList {
  /// A new source adds a case.
  enum Source: CaseIterable { case cron, units, sudoers, apt, udev, logrotate, linker }

  mutating func add(_ source: Source, _ facts: GuestFacts) throws(EvidenceGap) {
    switch source {
    case .cron: try addCron(facts)
    case .units: try addUnits(facts)
    case .sudoers: try addSudoers(facts)
    case .apt: try addAptHooks(facts)
    case .udev: try addUdevRules()
    case .logrotate: try addLogrotate()
    case .linker: try addLinker()
    }
  }

  /// Jobs of root, with the tables that hold them. What cron would not run is left out.
  private mutating func addCron(_ facts: GuestFacts) throws(EvidenceGap) {
    for job in try facts.model(CronJobs.self).jobs where job.user == nil || job.user == "root" {
      if job.obstacle != nil { continue }
      if let table = job.origin.path { add(table, "table of cron", job.origin) }
      addCommand(job.command, "job of cron", job.origin)
    }
  }

  private static let commands = [
    "ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost",
  ]

  /// Units that the next boot starts or that are started on demand.
  private mutating func addUnits(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    guard units.isPresent else { return }
    for path in UnitLoadPath.directories where path.hasPrefix("/etc/") || path.hasPrefix("/usr/") {
      if case .found(let folder) = evidence.index.resolve(path), folder.type == .directory {
        add(path, "folder of units")
      }
    }
    var names = units.startedAtBoot
    names += units.unitFiles.filter { !units.activators(of: $0.description).isEmpty }
    for name in names where ["service", "socket", "mount", "swap"].contains(name.type) {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      addUnit(unit, name.description)
    }
  }

  private mutating func addUnit(_ unit: LoadedUnit, _ name: String) {
    for file in unit.files where !unit.isGenerated { add(file.path, "unit \(name)") }
    let section = unit.typeSection
    // Paths within another root are not those of the guest.
    let hasOtherRoot = ["RootDirectory", "RootImage"].contains {
      !(unit.value(section, $0)?.value.isEmpty ?? true)
    }
    if hasOtherRoot { return }
    let user = unit.value(section, "User")?.value ?? ""
    let isRoot = ["", "root", "0"].contains(user) && unit.isTrue(section, "DynamicUser") != true
    for key in Self.commands {
      for command in unit.commands(key) where isRoot || command.isPrivileged {
        addCommand([command.program] + command.arguments, "\(key) of \(name)", command.origin)
      }
    }
    guard isRoot else { return }
    for file in unit.list(section, "EnvironmentFile") {
      let value = file.value.hasPrefix("-") ? String(file.value.dropFirst()) : file.value
      let path = UnitSpecifiers.expand(value, in: unit.name)
      if path.contains("%") { continue }
      if path.contains(where: { "*?[".contains($0) }) {
        addFiles(path, "environment of \(name)", file.origin)
      } else {
        add(path, "environment of \(name)", file.origin)
      }
    }
  }

  /// Commands that somebody may run as root without a password.
  private mutating func addSudoers(_ facts: GuestFacts) throws(EvidenceGap) {
    let policy = try facts.model(Sudoers.self).policy
    for grant in policy.grants
    where grant.tags.contains("NOPASSWD") && grant.targetsRoot && !grant.isNegated && grant.user != "root" {
      let path = String(grant.command.prefix { $0 != " " })
      guard path.hasPrefix("/") else { continue }
      let role = "sudo without password for \(grant.user)"
      if path.hasSuffix("/") {
        addFolder(String(path.dropLast()), role, grant.origin)
      } else if path.contains(where: { "*?[".contains($0) }) {
        addFiles(path, role, grant.origin)
      } else {
        addCommand(grant.command, role, grant.origin)
      }
    }
  }

  private mutating func addAptHooks(_ facts: GuestFacts) throws(EvidenceGap) {
    let configuration: AptConfiguration = try facts.model()
    for option in [
      "DPkg::Pre-Invoke", "DPkg::Post-Invoke", "DPkg::Pre-Install-Pkgs", "APT::Update::Pre-Invoke",
      "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "APT::Install::Pre-Invoke",
      "APT::Install::Post-Invoke-Success", "Unattended-Upgrade::Post-Invoke",
    ] {
      for hook in configuration.list(option) { addCommand(hook.value, "hook of apt", hook.origin) }
    }
  }

  private static let ruleKeys = [
    "RUN+=", "RUN=", "RUN:=", "RUN{program}+=", "RUN{program}=", "RUN{program}:=",
    "PROGRAM==", "PROGRAM!=", "PROGRAM=", "IMPORT{program}==", "IMPORT{program}=", "IMPORT{program}!=",
  ]

  /// udev(7): programs without a slash lie in /usr/lib/udev.
  private mutating func addUdevRules() throws(EvidenceGap) {
    var seen: Set<String> = []
    for folder in [
      "/etc/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d",
    ] {
      for entry in try evidence.entries(matching: GlobPattern("\(folder)/*.rules"))
      where seen.insert(entry.name).inserted && !evidence.isNull(entry) {
        guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
          continue
        }
        for line in try evidence.text(of: entry).lines where !line.text.hasPrefix("#") {
          addRule(line, entry.path)
        }
      }
    }
  }

  private mutating func addRule(_ line: TextFile.Line, _ path: String) {
    guard line.text.contains("RUN") || line.text.contains("PROGRAM") || line.text.contains("{program}") else {
      return
    }
    for part in line.text.split(separator: ",", maxSplits: 200) {
      let part = part.trimmingBlanks()
      guard let key = Self.ruleKeys.first(where: { part.hasPrefix($0) }) else { continue }
      let value = part.dropFirst(key.count).trimmingBlanks()
      guard value.first == "\"" else { continue }
      let command = String(value.dropFirst().prefix { $0 != "\"" })
      let origin = Origin(path: path, line: line.number, kind: .vendor, text: line.text)
      addCommand(command.hasPrefix("/") ? command : "/usr/lib/udev/" + command, "program of udev", origin)
    }
  }

  private static let scripts: Set<Substring> = [
    "prerotate", "postrotate", "firstaction", "lastaction", "preremove",
  ]

  /// Scripts of logrotate(8). The files themselves are left out: logrotate ignores one that others can write or own.
  private mutating func addLogrotate() throws(EvidenceGap) {
    for pattern in ["/etc/logrotate.conf", "/etc/logrotate.d/*"] as [GlobPattern] {
      for entry in try evidence.entries(matching: pattern) {
        guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
          continue
        }
        add(entry.parent.path, "folder of logrotate's configuration")
        var isScript = false
        for line in try evidence.text(of: entry).lines {
          let text = line.text.trimmingBlanks()
          if text == "endscript" {
            isScript = false
          } else if Self.scripts.contains(text) {
            isScript = true
          } else if isScript {
            addCommand(
              String(text), "script of logrotate",
              Origin(path: entry.path, line: line.number, kind: .explicit, text: line.text))
          }
        }
      }
    }
  }

  /// ld.so(8): libraries that are loaded into every program, and folders in which libraries are looked for.
  private mutating func addLinker() throws(EvidenceGap) {
    if let file = try evidence.text(at: "/etc/ld.so.preload") {
      add(file.path, "libraries of every program")
      for line in file.lines {
        for word in line.text.prefix(while: { $0 != "#" }).split(whereSeparator: { " \t:".contains($0) }) {
          let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
          add(String(word), "loaded into every program", origin)
        }
      }
    }
    addFiles("/etc/ld.so.cache", "folders of libraries")
    addFolder("/etc/ld.so.conf.d", "folders of libraries")
    for pattern in ["/etc/ld.so.conf", "/etc/ld.so.conf.d/*.conf"] as [GlobPattern] {
      for entry in try evidence.entries(matching: pattern) {
        guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
          continue
        }
        add(entry.path, "folders of libraries")
        for line in try evidence.text(of: entry).lines {
          let text = line.text.prefix { $0 != "#" }.trimmingBlanks()
          // A folder that does not exist is no folder yet; whoever can create it is found by it.
          if text.hasPrefix("/") {
            add(
              String(text), "folder of libraries",
              Origin(path: entry.path, line: line.number, kind: .explicit, text: line.text))
          }
        }
      }
    }
  }
}
