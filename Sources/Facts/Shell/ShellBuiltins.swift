import Evidence

/// The shell's own commands, as far as they change what start files are read for.
extension ShellInterpreter {
  /// Follows a simple command.
  func run(_ command: SimpleCommand) -> Bool? {
    let origin = self.origin(line: command.line)
    guard let first = command.words.first else {
      for assignment in command.assignments { assign(assignment, origin) }
      return true
    }
    let arguments = Array(command.words.dropFirst())
    guard let name = expansion.text(first) else {
      recordStart(command.words)
      return nil
    }
    return run(name, arguments, origin)
  }

  private func run(_ name: String, _ arguments: [ShellWord], _ origin: Origin) -> Bool? {
    if let function = state?.functions[name] {
      return call(function, arguments.map { expansion.text($0) ?? String(ShellText.unknown) })
    }
    switch name {
    case ":", "true": return true
    case "false": return false
    case "export", "readonly", "declare", "typeset", "local": return declare(name, arguments, origin)
    case "unset": return unset(arguments, origin)
    case "umask": return setUmask(arguments, origin)
    case ".", "source": return sourceArgument(arguments)
    case "return":
      leaveFrame()
      return nil
    case "break", "continue":
      leaveIteration()
      return nil
    case "exit", "logout":
      leaveShell()
      return nil
    case "exec":
      recordStart(arguments)
      if !arguments.isEmpty { leaveShell() }
      return nil
    case "test": return decide(arguments, isExtended: false)
    case "[":
      guard arguments.last?.literal == "]" else { return nil }
      return decide(arguments.dropLast(), isExtended: false)
    case "command", "builtin":
      guard let word = arguments.first, let inner = word.literal, !inner.hasPrefix("-"), inner != name else {
        return nil
      }
      return run(inner, Array(arguments.dropFirst()), origin)
    case "read", "mapfile", "readarray", "getopts", "let":
      for case let name? in arguments.map(\.literal) where isShellName(name) {
        state?.assign(name, [String(ShellText.unknown)], origin: origin)
      }
      return nil
    case "shift":
      if let positional = state?.positional { state?.positional = Array(positional.dropFirst()) }
      return true
    default:
      recordStart([ShellWord([.text(name, quoted: true)])] + arguments)
      return nil
    }
  }

  /// Notes what a program is started with.
  private func recordStart(_ words: [ShellWord]) {
    guard let count = started?.count, count < 1000, !words.isEmpty else { return }
    started?.append(words.flatMap { expansion.fields([$0]) ?? [String(ShellText.unknown)] })
  }

  private func assign(_ assignment: SimpleCommand.Assignment, _ origin: Origin) {
    var texts = expansion.texts(assignment.value)
    if assignment.appends {
      let old = state?.bindings(assignment.name).map { $0.value ?? "" } ?? []
      texts = old.flatMap { old in texts.map { old + $0 } }
    }
    state?.assign(assignment.name, texts, origin: origin)
  }

  /// `export`, `readonly`, `declare`, `typeset` and `local`, with names and assignments.
  private func declare(_ command: String, _ arguments: [ShellWord], _ origin: Origin) -> Bool? {
    var exported: Bool? = command == "export" ? true : nil
    var readonly: Bool? = command == "readonly" ? true : nil
    for argument in arguments {
      if let option = argument.literal, let sign = option.first, sign == "-" || sign == "+", option.count > 1
      {
        let isOn = sign == "-"
        if option.contains("f") || option.contains("p") { return nil }
        if option.contains("x") { exported = isOn }
        if option.contains("n"), command == "export" { exported = false }
        if option.contains("r"), isOn { readonly = true }
        continue
      }
      let assignment = argument.assignment
      if let assignment { assign(assignment, origin) }
      guard let name = assignment?.name ?? expansion.text(argument), isShellName(name) else { continue }
      state?.mark(name, exported: exported, readonly: readonly)
    }
    return true
  }

  private func unset(_ arguments: [ShellWord], _ origin: Origin) -> Bool? {
    for argument in arguments {
      guard let name = expansion.text(argument) else { continue }
      if name == "-f" { return true }
      if name.hasPrefix("-") { continue }
      if isShellName(name) { state?.unset(name, origin: origin) }
      state?.functions[name] = nil
    }
    return true
  }

  private func sourceArgument(_ arguments: [ShellWord]) -> Bool? {
    guard let word = arguments.first else { return false }
    guard let path = expansion.text(word), path.hasPrefix("/") else { return nil }
    return source(path)
  }

  private func setUmask(_ arguments: [ShellWord], _ origin: Origin) -> Bool? {
    let words = arguments.filter { $0.literal?.hasPrefix("-") != true || $0.literal?.contains("=") == true }
    guard let word = words.first else { return true }
    let texts = expansion.texts(word)
    let old = state?.umask ?? []
    var new: [ShellUmask] = []
    for text in texts {
      for previous in old {
        let value = ShellText.isKnown(text) ? umaskValue(text, previous.value) : nil
        let mask = ShellUmask(value: value, origin: origin)
        if !new.contains(mask) { new.append(mask) }
      }
    }
    state?.umask = new
    return true
  }

  /// Octal digits, or clauses as chmod(1) takes them, which name the permissions that are left.
  private func umaskValue(_ text: String, _ previous: UInt32?) -> UInt32? {
    if let digits = UInt32(text, radix: 8), text.utf8.count <= 5 { return digits & 0o777 }
    guard var mask = previous else { return nil }
    for clause in text.split(separator: ",") {
      let who = clause.prefix { "ugoa".contains($0) }
      guard let sign = clause.dropFirst(who.count).first, "=+-".contains(sign) else { return nil }
      var bits: UInt32 = 0
      for letter in clause.dropFirst(who.count + 1) {
        switch letter {
        case "r": bits |= 4
        case "w": bits |= 2
        case "x": bits |= 1
        default: return nil
        }
      }
      for class_ in who.isEmpty || who.contains("a") ? "ugo" : String(who) {
        let shift: UInt32 = class_ == "u" ? 6 : class_ == "g" ? 3 : 0
        switch sign {
        case "=": mask = mask & ~(7 << shift) | (~bits & 7) << shift
        case "+": mask &= ~(bits << shift)
        default: mask |= bits << shift
        }
      }
    }
    return mask
  }

  /// What a command substitution prints, for the few commands whose output the disk tells.
  func output(_ source: String) -> String? {
    guard source.utf8.count <= 1024, let command = ShellParser.onlyCommand(of: source),
      command.assignments.isEmpty, let words = plainFields(command.words), let first = words.first
    else { return nil }
    let arguments = Array(words.dropFirst())
    switch first.split(separator: "/").last ?? "" {
    case "id":
      switch arguments {
      case ["-u"], ["-ru"], ["-ur"]: return String(user.uid)
      case ["-g"]: return String(user.gid)
      case ["-un"], ["-nu"], ["-u", "-n"]: return user.name
      case ["-gn"], ["-ng"], ["-g", "-n"]: return user.groupName
      default: return nil
      }
    case "whoami", "logname": return user.name
    case "umask":
      guard let masks = state?.umask, masks.count == 1, let value = masks[0].value else { return nil }
      return "0" + String(value + 0o1000, radix: 8).dropFirst()
    case "echo" where arguments.first?.hasPrefix("-") != true: return arguments.joined(separator: " ")
    case "run-parts": return runParts(arguments)
    default: return nil
    }
  }

  private func plainFields(_ words: [ShellWord]) -> [String]? {
    // Substitutions within substitutions are not followed.
    let isNested = words.contains { word in
      word.pieces.contains { if case .command = $0 { true } else { false } }
    }
    return isNested ? nil : expansion.fields(words)
  }

  /// `run-parts --list --regex '…\.sh$' DIRECTORY`, as Debian's /etc/profile calls it: names of letters, digits, `.`,
  /// `_` and `-` that begin with none of the last two signs and end in `.sh`.
  private func runParts(_ arguments: [String]) -> String? {
    guard arguments.count == 4, arguments[0] == "--list", arguments[1] == "--regex",
      arguments[2] == "^[a-zA-Z0-9_][a-zA-Z0-9._-]*\\.sh$",
      let directory = try? evidence.entry(at: arguments[3])
    else { return nil }
    let names = directory.children.map(\.name).filter { name in
      name.hasSuffix(".sh") && name.first != "." && name.first != "-"
        && name.utf8.allSatisfy { isShellNameByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
    return names.map { arguments[3] + "/" + $0 }.joined(separator: "\n")
  }
}
