/// One command of ExecStart= and its like, before variables are filled in (systemd.service(5), "Command lines").
struct UnitCommand: Sendable, Hashable {
  /// `-`, `@`, `:`, `+`, `!`, `|`.
  var prefixes: Set<Character>
  /// A path, or a name that is looked up.
  var program: String
  /// The name that `@` gives to the process is left out.
  var arguments: [String]
  /// The assignment.
  var origin: Origin

  /// The last component of the program's path.
  var programName: String { program.split(separator: "/").last.map(String.init) ?? program }
  /// Whether systemd fills in variables.
  var isExpanded: Bool { !prefixes.contains(":") }
  /// Whether it has root's rights whatever `User=` says: `+`, and `!` or `!!`, which keep the user that systemd is.
  var isPrivileged: Bool { prefixes.contains("+") || prefixes.contains("!") }

  /// Takes the prefixes off; nil without a program, as for an empty command.
  init?(_ words: [String], in unit: UnitName, _ origin: Origin) {
    guard let first = words.first else { return nil }
    prefixes = Set(first.prefix { "-@:+!|".contains($0) })
    program = UnitSpecifiers.expand(String(first.drop { "-@:+!|".contains($0) }), in: unit)
    if program.isEmpty { return nil }
    arguments = words.dropFirst(prefixes.contains("@") ? 2 : 1).map { UnitSpecifiers.expand($0, in: unit) }
    self.origin = origin
  }
}

extension LoadedUnit {
  /// The section with settings of the unit's type: `Service`, `Socket`, `Mount`, `Swap`.
  var typeSection: String { name.type.prefix(1).uppercased() + name.type.dropFirst() }

  /// The commands of an assignment in their order. systemd ignores an assignment that is malformed.
  func commands(_ key: String = "ExecStart") -> [UnitCommand] {
    list(typeSection, key).flatMap { assignment -> [UnitCommand] in
      let commands = (try? SystemdWords.commands(assignment.value)) ?? []
      return commands.compactMap { UnitCommand($0, in: name, assignment.origin) }
    }
  }
}
