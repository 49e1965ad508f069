import Evidence

/// Reads a command line of QEMU, after qemu-system(1).
struct QEMUDefinition {
  let path: String
  /// Whether these are all arguments, so that what is not asked for has its default.
  let isComplete: Bool
  var machine: MachineDefinition
  /// Backends by id: what `-netdev`, `-chardev`, `-fsdev` declare before a device uses them.
  var characterBackends: [String: (backend: MachineChannel.Backend, origin: Origin)] = [:]
  var machineOptions = QEMUOptions("")
  /// Files of pflash drives: the firmware's code and its variables.
  var flash: [(file: String, origin: Origin)] = []
  var bios: (file: String, origin: Origin)?
  /// Properties that `-global` sets.
  var globals: [GlobalProperty: String] = [:]
  /// Objects of `-object` by their id, with the type at the head.
  var objects: [String: QEMUOptions] = [:]
  var incoming: (address: String, origin: Origin)?

  /// A default of a driver's property.
  struct GlobalProperty: Hashable {
    var driver: String
    var name: String
  }
  var accelerators: [(name: String, origin: Origin)] = []
  var tpmBackends: [String: String] = [:]
  /// Nodes of `-blockdev`, which refer to each other by name.
  var nodes: [(name: String, options: QEMUOptions, origin: Origin)] = []
  /// Drives that a device shows as CD.
  var discs: Set<String> = []

  init(path: String, isComplete: Bool) {
    self.path = path
    self.isComplete = isComplete
    machine = MachineDefinition(.qemu, path: path)
  }

  /// - Throws: for text that is no command line, or that holds several.
  static func read(_ file: TextFile) throws(MachineError) -> MachineDefinition {
    let commands = try CommandLineText.commands(in: file)
    var found: [(words: [CommandWord], start: Int)] = []
    for words in commands {
      if let start = program(in: words) { found.append((words, start)) }
    }
    if found.isEmpty, let words = commands.first, commands.count == 1, words[0].text.first == "-",
      words.count > 1
    {
      found = [(words, -1)]
    }
    guard let command = found.first else {
      throw MachineError(
        path: file.path, "neither a libvirt domain, an OVF descriptor, a VMX file nor a command line of QEMU")
    }
    if found.count > 1 {
      throw MachineError(
        path: file.path, line: found[1].words[0].line, "a second command line of QEMU; give a file with one")
    }
    return try read(
      Array(command.words.dropFirst(command.start + 1)),
      program: command.start < 0
        ? "" : command.words[command.start].text, path: file.path)
  }

  /// Arguments that end with a zero each, as /proc/PID/cmdline has them.
  static func read(processArguments bytes: [UInt8], path: String) throws(MachineError) -> MachineDefinition {
    let words = bytes.split(separator: 0).enumerated().map {
      CommandWord(text: String(decoding: $1, as: UTF8.self), line: $0 + 1)
    }
    guard let program = words.first, isProgram(program.text) else {
      throw MachineError(path: path, "the arguments of a process that is not QEMU")
    }
    return try read(Array(words.dropFirst()), program: program.text, path: path)
  }

  private static func read(
    _ words: [CommandWord], program: String, path: String
  ) throws(MachineError) -> MachineDefinition {
    if let word = words.first(where: { ["-readconfig", "-incoming-config"].contains(normal($0.text)) }) {
      throw MachineError(path: path, line: word.line, "-readconfig names a further file, which is not read")
    }
    var reader = QEMUDefinition(path: path, isComplete: true)
    let name = program.split(separator: "/").last.map(String.init) ?? ""
    if name.hasPrefix("qemu-system-") {
      reader.machine.architecture = name.dropFirst(12) == "i386" ? "i686" : String(name.dropFirst(12))
    }
    if name == "kvm" || name == "qemu-kvm" {
      reader.accelerators.append(("kvm", Origin(path: path, kind: .explicit, text: name)))
    }
    reader.take(words)
    reader.finish()
    return reader.machine
  }

  /// Commands that start the command in their arguments.
  private static let wrappers: Set<String> = [
    "exec", "sudo", "doas", "env", "nice", "ionice", "nohup", "setsid", "taskset", "numactl", "chrt", "time",
    "stdbuf",
    "systemd-run", "prlimit", "runuser", "setpriv",
  ]

  /// Where QEMU stands in a command: first, or after assignments and wrappers.
  private static func program(in words: [CommandWord]) -> Int? {
    guard let first = words.firstIndex(where: { !$0.text.contains("=") }) else { return nil }
    if isProgram(words[first].text) { return first }
    guard wrappers.contains(words[first].text) else { return nil }
    return words.indices.dropFirst().first { index in
      // `kvm` alone can also be a module.
      let before = words[index - 1].text
      return isProgram(words[index].text)
        && (words[index].text != "kvm" || wrappers.contains(before) || before.contains("="))
    }
  }

  private static func isProgram(_ word: String) -> Bool {
    guard let name = word.split(separator: "/").last, !word.hasPrefix("-"), !word.contains("=") else {
      return false
    }
    return name.hasPrefix("qemu-system-") || name == "qemu-kvm" || name == "kvm"
  }

  /// `--device` is `-device`.
  static func normal(_ option: String) -> String {
    option.hasPrefix("--") ? String(option.dropFirst()) : option
  }

  /// An argument as evidence, without passwords.
  static func redacted(_ text: String) -> String {
    var shown = String(text.prefix(4096))
    for key in ["password=", "data=", "value=", "string=", "\"data\":", "\"password\":", "\"value\":"] {
      guard let start = shown.firstRange(of: key) else { continue }
      let end = shown[start.upperBound...].firstIndex(of: ",") ?? shown.endIndex
      shown.replaceSubrange(start.upperBound..<end, with: "…")
    }
    return String(shown.prefix(200))
  }

  func origin(_ word: CommandWord, _ value: String = "") -> Origin {
    let text = value.isEmpty ? word.text : "\(word.text) \(value)"
    return Origin(path: path, line: word.line, kind: .commandLine, text: Self.redacted(text))
  }

  // MARK: Arguments

  private static let switches: Set<String> = [
    "-enable-kvm", "-nodefaults", "-no-user-config", "-no-reboot", "-no-shutdown", "-S", "-s", "-daemonize",
    "-usb",
    "-nographic", "-snapshot", "-no-acpi", "-no-hpet", "-full-screen", "-no-quit", "-no-fd-bootchk",
    "-usbdevice-off",
    "-only-migratable", "-mem-prealloc", "-singlestep", "-win2k-hack", "-sdl", "-curses", "-portrait", "-h",
    "-version",
  ]

  mutating func take(_ words: [CommandWord]) {
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      let option = Self.normal(word.text)
      guard option.first == "-", option.count > 1 else {
        takeDisk(name: "drive", QEMUOptions("file=" + word.text), origin(word))
        continue
      }
      if Self.switches.contains(option) {
        takeSwitch(option, word)
      } else if index < words.count, !Self.isOption(words[index].text) {
        take(option, words[index].text, origin(word, words[index].text))
        index += 1
      }
    }
  }

  /// Whether a word is an option and not the value of the one before it, which takes none then.
  private static func isOption(_ word: String) -> Bool {
    guard word.first == "-", let second = word.dropFirst().first else { return false }
    return second.isLetter || second == "-"
  }

  private mutating func takeSwitch(_ option: String, _ word: CommandWord) {
    switch option {
    case "-enable-kvm": accelerators.append(("kvm", origin(word)))
    case "-s":
      // A debugger's stub on every address at port 1234.
      machine.channels.append(
        MachineChannel(.monitor, .network(.everywhere, usesTLS: false), origin: origin(word)))
    default: break
    }
  }

  private mutating func take(_ option: String, _ value: String, _ origin: Origin) {
    let options = QEMUOptions(value)
    switch option {
    case "-machine", "-M": takeMachine(options, origin)
    case "-accel": accelerators.append((options.first, origin))
    case "-cpu": takeProcessor(value, origin)
    case "-bios": bios = (value, origin)
    case "-drive": takeDrive(options, origin)
    case "-blockdev": takeBlockDevice(options, origin)
    case "-hda", "-hdb", "-hdc", "-hdd", "-sd", "-mtdblock":
      takeDisk(name: String(option.dropFirst()), QEMUOptions("file=" + value), origin)
    case "-pflash": flash.append((value, origin))
    case "-fda", "-fdb":
      machine.devices.append(MachineDevice(.legacy, name: "floppy \(option.dropFirst())", origin: origin))
    case "-tpmdev": tpmBackends[options["id"] ?? ""] = options.first
    case "-device": takeDevice(options, origin)
    case "-global": takeGlobal(value)
    case "-vnc": takeVNC(value, origin)
    case "-spice": takeSpice(options, origin)
    case "-display": if value.hasPrefix("vnc=") { takeVNC(String(value.dropFirst(4)), origin) }
    case "-virtfs", "-fsdev": takeShare(options, origin)
    case "-netdev", "-nic", "-net": takeNetwork(option, options, origin)
    case "-chardev": takeCharacterDevice(options, origin)
    case "-serial", "-parallel", "-monitor", "-qmp", "-qmp-pretty", "-gdb": takePort(option, value, origin)
    case "-mon": takeMonitor(options, origin)
    case "-incoming": takeIncoming(value, origin)
    case "-object": takeObject(options, origin)
    case "-sandbox":
      machine.sandbox = Effective(options.first == "on" || options.isOn("enable"), origin: origin)
    case "-usbdevice": takeOldUSB(value, origin)
    case "-watchdog-action": if value == "dump" { machine.dumps.append(origin) }
    case "-action": if options["watchdog"] == "dump" { machine.dumps.append(origin) }
    case "-smbios", "-fw_cfg": takeStrings(options, origin)
    default: break
    }
  }

  private mutating func takeMachine(_ options: QEMUOptions, _ origin: Origin) {
    machineOptions = options
    if let merge = options["mem-merge"] {
      machine.memory.mayMerge = Effective(merge != "off", origin: origin)
    }
    if let accelerator = options["accel"] { accelerators.append((accelerator, origin)) }
    if options["dump-guest-core"] == "on" { machine.dumps.append(origin) }
    for key in ["pflash0", "pflash1"] { if let node = options[key] { flash.append((node, origin)) } }
  }

  private mutating func takeProcessor(_ value: String, _ origin: Origin) {
    let parts = value.split(separator: ",").map(String.init)
    guard let model = parts.first else { return }
    var features: [String: Bool] = [:]
    for part in parts.dropFirst() {
      if part.first == "+" || part.first == "-" {
        features[MachineProcessor.featureName(part.dropFirst())] = part.first == "+"
      } else if let equals = part.firstIndex(of: "=") {
        let name = MachineProcessor.featureName(part[..<equals])
        features[name] = ["on", "yes", "true", "force"].contains(String(part[part.index(after: equals)...]))
      } else {
        features[MachineProcessor.featureName(part)] = true
      }
    }
    let isHost = ["host", "max"].contains(model)
    machine.processor = MachineProcessor(
      isHost ? .host(model) : .named(model), features: features, origin: origin)
  }

  /// `driver.property=value`, where the driver ends at the first dot, or the long form for drivers with a dot in their
  /// names, as `cfi.pflash01`.
  private mutating func takeGlobal(_ text: String) {
    let name = text.prefix { $0 != "=" }
    if let dot = name.firstIndex(of: ".") {
      let property = GlobalProperty(
        driver: String(name[..<dot]), name: String(name[name.index(after: dot)...]))
      globals[property] = String(text[name.endIndex...].dropFirst())
      return
    }
    let options = QEMUOptions(text)
    guard let driver = options["driver"], let name = options["property"] else { return }
    globals[GlobalProperty(driver: driver, name: name)] = options["value"] ?? ""
  }

  private mutating func takeObject(_ options: QEMUOptions, _ origin: Origin) {
    if let id = options["id"] { objects[id] = options }
    if options.first == "secret", options["data"] != nil, options["keyid"] == nil {
      machine.secrets.append(MachineSecret(name: "secret object \(options["id"] ?? "")", origin: origin))
    }
  }

  /// Strings that the firmware hands to the guest, where credentials may be among them.
  private mutating func takeStrings(_ options: QEMUOptions, _ origin: Origin) {
    let text = options["value"] ?? options["string"] ?? ""
    if MachineSecret.isNamed(by: text.prefix { $0 != "=" && $0 != ":" })
      || MachineSecret.isNamed(by: options["name"] ?? "")
    {
      machine.secrets.append(
        MachineSecret(name: "credential in \(options["name"] ?? "SMBIOS strings")", origin: origin))
    }
  }
}
