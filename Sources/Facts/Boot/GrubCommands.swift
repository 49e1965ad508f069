import DiskImages
import Evidence

/// Commands of GRUB that set something or answer a question (GNU GRUB manual, "Command-line and menu entry
/// commands").
extension GrubEvaluator {
  /// The command's answer; nil if the disk cannot tell, as of `search` and of what is not known.
  ///
  /// - Parameter isCertain: whether the values of the variables in its words are known.
  mutating func builtIn(
    _ name: String, _ arguments: [String], _ word: GrubWord, isCertain: Bool
  ) -> Bool? {
    let areKnown = isCertain
    let isCertain = isCertain && uncertainty == 0
    if arguments.isEmpty, let (variable, value) = assignment(name) {
      set(variable, value, word, isCertain)
      return true
    }
    switch name {
    case "set":
      if let argument = arguments.first, let (variable, value) = assignment(argument) {
        set(variable, value, word, isCertain)
      }
      return true
    case "unset":
      for name in arguments { set(name, nil, word, isCertain) }
      return true
    case "load_env":
      loadEnvironment(arguments)
      return true
    case "password", "password_pbkdf2":
      password(arguments, isHashed: name == "password_pbkdf2", word, isCertain)
      return true
    case "true": return true
    case "false": return false
    case "[" where !areKnown, "test" where !areKnown: return nil
    case "[": return GrubTest(Array(arguments.dropLast()), exists: exists).result
    case "test": return GrubTest(arguments, exists: exists).result
    case "export", "save_env", "insmod", "echo", "terminal_output", "terminal_input": return true
    default: return nil
    }
  }

  private func assignment(_ text: String) -> (String, String)? {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
    let name = text[..<equals]
    guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
    return (String(name), String(text[text.index(after: equals)...]))
  }

  private mutating func set(_ variable: String, _ value: String?, _ word: GrubWord, _ isCertain: Bool) {
    guard menu.variables.count < 4096 || menu.variables[variable] != nil else { return }
    menu.variables[variable] = value
    if isCertain { uncertainVariables.remove(variable) } else { uncertainVariables.insert(variable) }
    guard variable == "superusers" else { return }
    let value = value ?? ""
    let origin = Origin(path: path, line: word.line, kind: .explicit, text: "set superusers=\"\(value)\"")
    let shadowed = menu.superusers.map { [.init(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
    menu.superusers = Effective(value, origin: origin, shadowed: Array(shadowed.prefix(8)))
    menu.isSuperuserUncertain = !isCertain
  }

  /// The kernel of a `linux` command; nil for a memory test, which is no system.
  func kernel(_ arguments: [String], _ word: GrubWord) -> BootEntry? {
    guard let position = arguments.firstIndex(where: { !$0.hasPrefix("--") }) else { return nil }
    let file = Self.withoutDevice(arguments[position])
    if file.split(separator: "/").last?.hasPrefix("memtest") == true { return nil }
    // An argument with blanks is handed to the kernel in quotes (grub-core/lib/cmdline.c).
    let text = arguments[(position + 1)...].map { $0.contains(" ") ? "\"\($0)\"" : $0 }
      .joined(separator: " ")
    return BootEntry(
      title: file, kernel: file, kernelVersion: BootEntry.version(ofKernel: file),
      arguments: KernelArguments(text),
      origin: Origin(path: path, line: word.line, kind: .explicit, text: "linux \(file) \(text)"))
  }

  /// `password_pbkdf2` takes nothing but a hash of its own form, and what a variable that nothing sets leaves is
  /// none (grub-core/commands/password_pbkdf2.c).
  private mutating func password(_ arguments: [String], isHashed: Bool, _ word: GrubWord, _ isCertain: Bool) {
    guard arguments.count == 2, menu.passwords.count < 4096,
      !isHashed || arguments[1].hasPrefix("grub.pbkdf2.sha512.")
    else { return }
    menu.passwords.append(
      .init(
        user: arguments[0], isHashed: isHashed, isUncertain: !isCertain,
        origin: Origin(
          path: path, line: word.line, kind: .explicit,
          text: "\(isHashed ? "password_pbkdf2" : "password") \(arguments[0]) …")))
  }

  /// `load_env [--file FILE] [--skip-sig] [NAME…]`: with names, no other variable is set.
  private mutating func loadEnvironment(_ arguments: [String]) {
    var file = directory + "/grubenv"
    var names: Set<String> = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--file", "-f": file = rest.popFirst() ?? file
      case _ where word.hasPrefix("--file="): file = String(word.dropFirst(7))
      case _ where word.hasPrefix("-"): continue
      default: names.insert(word)
      }
    }
    guard let path = resolve(file) else { return }
    do {
      guard let bytes = try evidence.bytes(at: path) else { return }
      let values = GrubEnvironment.parse(bytes).filter { names.isEmpty || names.contains($0.key) }
      menu.variables.merge(values) { $1 }
      if uncertainty > 0 { uncertainVariables.formUnion(values.keys) }
    } catch {
      note(error)
    }
  }

  /// Nil if only the running GRUB can tell.
  private func exists(_ operator: String, _ file: String) -> Bool? {
    let path = Self.withoutDevice(file)
    guard path.hasPrefix("/"), !path.contains("$") else { return nil }
    for candidate in [path, "/boot" + path] {
      switch evidence.index.resolve(candidate) {
      case .found(let entry):
        switch `operator` {
        case "-s": return entry.type == .regular && entry.metadata.size > 0
        case "-f": return entry.type != .directory
        case "-d": return entry.type == .directory
        default: return true
        }
      case .unknown: return nil
      default: continue
      }
    }
    return false
  }

  /// The guest's path of a file that GRUB names, which may lie on a partition that the guest mounts at /boot.
  func resolve(_ file: String) -> String? {
    let path = Self.withoutDevice(file)
    guard path.hasPrefix("/") else { return nil }
    for candidate in [path, "/boot" + path] {
      if case .found(let entry) = evidence.index.resolve(candidate), entry.type != .directory {
        return entry.path
      }
    }
    return nil
  }

  private static func withoutDevice(_ file: String) -> String {
    guard file.hasPrefix("("), let end = file.firstIndex(of: ")") else { return file }
    return String(file[file.index(after: end)...])
  }
}
