import DiskImages
import Evidence

/// Runs a configuration of GRUB as far as the disk decides it (GNU GRUB manual, "Writing full configuration files
/// directly"). Of a condition that only the running machine can decide, every branch is taken, so that all entries
/// which could be booted are known.
struct GrubEvaluator {
  let evidence: Evidence
  /// GRUB's `$prefix`, where its configuration lies.
  let directory: String
  var menu = GrubMenu()
  private(set) var path = ""
  private var depth = 0
  /// How many conditions, that only the running GRUB can decide, lead to the statement.
  private(set) var uncertainty = 0
  private var steps = 0
  private var functions: [String: [GrubStatement]] = [:]

  /// Variables that something sets under such a condition, so that their value is one of several.
  var uncertainVariables: Set<String> = []

  private static let mostSteps = 400_000
  private static let mostKernels = 4096
  private var kernelCount = 0
  /// What only the running GRUB knows.
  private static let runtimeVariables: Set<String> = [
    "root", "grub_platform", "grub_cpu", "cmdpath", "chosen", "?", "@", "*", "#",
  ]

  init(_ evidence: Evidence, directory: String) {
    self.evidence = evidence
    self.directory = directory
    menu.variables = ["prefix": directory, "config_directory": directory]
  }

  /// Runs a configuration with all that it sources.
  mutating func run(_ file: String) throws(EvidenceGap) {
    var items: [GrubMenu.Item] = []
    var loose: [BootEntry] = []
    try run(file, &items, &loose)
    menu.items = items
    // `linux` outside of any entry, followed by `boot`.
    if let kernel = loose.last { menu.items.append(.init(title: kernel.title, kernels: [kernel])) }
  }

  private mutating func run(
    _ file: String, _ items: inout [GrubMenu.Item], _ kernels: inout [BootEntry]
  ) throws(EvidenceGap) {
    guard menu.files.count < 64, let bytes = try evidence.bytes(at: file) else { return }
    menu.files.append(file)
    var parser = GrubParser(GrubLexer(bytes).tokens)
    let statements = parser.parse()
    if parser.isTooDeep {
      menu.unread.append(EvidenceGap(path: file, reason: "its blocks are nested too deeply"))
    }
    let outer = path
    path = file
    _ = nested(statements, &items, &kernels)
    path = outer
  }

  /// Runs what a file or a function brings in.
  private mutating func nested(
    _ statements: [GrubStatement], _ items: inout [GrubMenu.Item], _ kernels: inout [BootEntry]
  ) -> Bool? {
    guard depth < 16 else {
      exceed("its files and functions are nested too deeply")
      return nil
    }
    depth += 1
    defer { depth -= 1 }
    return run(statements, &items, &kernels)
  }

  private mutating func exceed(_ reason: String) { note(EvidenceGap(path: path, reason: reason)) }

  mutating func note(_ gap: EvidenceGap) {
    if menu.unread.count < 64, !menu.unread.contains(gap) { menu.unread.append(gap) }
  }

  /// The answer of the last command: true, false, or nil if the disk cannot tell.
  private mutating func run(
    _ statements: [GrubStatement], _ items: inout [GrubMenu.Item], _ kernels: inout [BootEntry]
  ) -> Bool? {
    var answer: Bool? = true
    for statement in statements {
      steps += 1
      guard steps < Self.mostSteps else {
        exceed("it has too many statements")
        return nil
      }
      switch statement {
      case .command(let words): answer = command(words, &items, &kernels)
      case .conditional(let branches): runBranches(branches, &items, &kernels)
      case .menu(let isSubmenu, let arguments, let body): items.append(item(isSubmenu, arguments, body))
      case .loop(let body):
        uncertainty += 1
        _ = run(body, &items, &kernels)
        uncertainty -= 1
      case .function(let name, let body): if functions.count < 4096 { functions[name] = body }
      }
    }
    return answer
  }

  private mutating func runBranches(
    _ branches: [(condition: [GrubStatement]?, body: [GrubStatement])], _ items: inout [GrubMenu.Item],
    _ kernels: inout [BootEntry]
  ) {
    var uncertain = 0
    defer { uncertainty -= uncertain }
    for branch in branches {
      guard let condition = branch.condition else {
        _ = run(branch.body, &items, &kernels)
        return
      }
      switch run(condition, &items, &kernels) {
      case true?:
        _ = run(branch.body, &items, &kernels)
        return
      case false?: continue
      case nil:
        uncertain += 1
        uncertainty += 1
        _ = run(branch.body, &items, &kernels)
      }
    }
  }

  private mutating func item(
    _ isSubmenu: Bool, _ arguments: [GrubWord], _ body: [GrubStatement]
  ) -> GrubMenu.Item {
    var title: String?
    var id: String?
    var words = arguments.flatMap(expand)[...]
    while let word = words.popFirst() {
      switch word {
      case "--id": id = words.popFirst()
      case "--class", "--users", "--hotkey", "--source": words = words.dropFirst()
      case _ where word.hasPrefix("--id="): id = String(word.dropFirst(5))
      case _ where word.hasPrefix("--") || word.isEmpty: break
      default: title = title ?? word
      }
    }
    var item = GrubMenu.Item(title: title ?? "", id: id, isSubmenu: isSubmenu)
    // The body runs once somebody chooses the item; what it sets does not change the menu.
    let (variables, superusers, passwords) = (menu.variables, menu.superusers, menu.passwords)
    let (isUncertain, uncertainVariables) = (menu.isSuperuserUncertain, self.uncertainVariables)
    _ = run(body, &item.children, &item.kernels)
    (menu.variables, menu.superusers, menu.passwords) = (variables, superusers, passwords)
    (menu.isSuperuserUncertain, self.uncertainVariables) = (isUncertain, uncertainVariables)
    for index in item.kernels.indices {
      item.kernels[index].title = item.title
      item.kernels[index].identifier = item.id
    }
    return item
  }

  private mutating func command(
    _ words: [GrubWord], _ items: inout [GrubMenu.Item], _ kernels: inout [BootEntry]
  ) -> Bool? {
    let expanded = words.flatMap(expand)
    guard let first = words.first, let name = expanded.first else { return true }
    let arguments = Array(expanded.dropFirst())
    switch name {
    case "linux", "linux16", "linuxefi", "linux64":
      add(kernel(arguments, first), to: &kernels)
      return true
    // Xen's kernel is a module of the hypervisor.
    case "module", "module2":
      if arguments.first(where: { !$0.hasPrefix("--") })?.contains("vmlinuz") == true {
        add(kernel(arguments, first), to: &kernels)
      }
      return true
    case "blscfg":
      items.append(GrubMenu.Item(title: "blscfg", isLoaderEntries: true))
      return true
    case "source", ".", "configfile", "normal":
      source(arguments.first ?? "", &items, &kernels)
      return true
    default:
      let isCertain = !words.contains(where: isUncertain)
      if let body = functions[name] {
        setParameters(arguments, isCertain)
        return nested(body, &items, &kernels)
      }
      return builtIn(name, arguments, first, isCertain: isCertain)
    }
  }

  private func isUncertain(_ word: GrubWord) -> Bool {
    word.parts.contains { part in
      if case .variable(let name) = part { uncertainVariables.contains(name) } else { false }
    }
  }

  /// A function finds its arguments in `$1` to `$9`.
  private mutating func setParameters(_ arguments: [String], _ isCertain: Bool) {
    for index in 0..<9 {
      let name = String(index + 1)
      menu.variables[name] = index < arguments.count ? arguments[index] : ""
      if isCertain { uncertainVariables.remove(name) } else { uncertainVariables.insert(name) }
    }
  }

  private mutating func add(_ entry: BootEntry?, to kernels: inout [BootEntry]) {
    guard let entry else { return }
    guard kernelCount < Self.mostKernels else { return exceed("it has more than 4096 kernels") }
    kernelCount += 1
    kernels.append(entry)
  }

  private mutating func source(
    _ file: String, _ items: inout [GrubMenu.Item], _ kernels: inout [BootEntry]
  ) {
    guard let path = resolve(file), !menu.files.contains(path) else { return }
    do {
      try run(path, &items, &kernels)
    } catch {
      note(error)
    }
  }

  /// The words that a word becomes: a variable without quotes can bring none or several. A variable that nothing
  /// sets is empty, unless only the running GRUB knows it.
  private func expand(_ word: GrubWord) -> [String] {
    var result = ""
    for part in word.parts {
      switch part {
      case .text(let text): result += text
      case .variable(let name):
        if let value = menu.variables[name] {
          result += value
        } else if name.hasPrefix("feature_") {
          result += "y"
        } else if Self.runtimeVariables.contains(name) {
          result += "$\(name)"
        }
      }
      if result.utf8.count > 1 << 16 { break }
    }
    guard !word.isQuoted, word.parts.contains(where: \.isVariable) else { return [result] }
    return result.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
  }
}

extension GrubWord.Part {
  var isVariable: Bool {
    if case .variable = self { true } else { false }
  }
}
