/// Reads the lines of sudoers files; aliases are replaced at the end (gram.y).
struct SudoersParser {
  var policy = SudoersPolicy()
  var specifications: [SudoersSpecification] = []
  var aliases: [Kind: [String: [SudoersSpecification.Command]]] = [:]

  enum Kind: String, Sendable {
    case user, runas, host, command
  }

  /// What a line asks to be read.
  enum Include: Hashable {
    case file(String)
    case directory(String)
  }

  mutating func note(_ problem: Origin) {
    if policy.problems.count < 1000 { policy.problems.append(problem) }
  }

  mutating func noteFile(_ path: String) { policy.files.append(path) }

  /// Reads one line; gives back what it includes, if it is of that kind.
  mutating func read(_ line: SudoersLine.Assembled, path: String, kind: Origin.Kind) -> Include? {
    let origin = Origin(path: path, line: line.number, kind: kind, text: line.text)
    if line.text.hasPrefix("@include") || line.text.hasPrefix("#include") {
      if let include = Self.include(line.text) { return include }
    }
    let isSound: Bool
    if line.text.hasPrefix("Defaults"), Self.startsDefaults(line.text) {
      isSound = readDefaults(line.text.dropFirst("Defaults".count), origin)
    } else if let (kind, rest) = Self.alias(line.text) {
      isSound = readAliases(kind, rest)
    } else {
      isSound = readSpecification(line.text, origin)
    }
    if !isSound { note(origin) }
    return nil
  }

  private static func include(_ text: String) -> Include? {
    var scanner = SudoersScanner(text.dropFirst())
    let keyword = scanner.word(stops: "")
    guard let path = scanner.word(stops: "") else { return nil }
    switch keyword {
    case "include": return .file(path)
    case "includedir": return .directory(path)
    default: return nil
    }
  }

  private static func startsDefaults(_ text: String) -> Bool {
    guard let next = text.dropFirst("Defaults".count).first else { return false }
    return " \t:@>!".contains(next)
  }

  private static func alias(_ text: String) -> (Kind, Substring)? {
    let words: [(String, Kind)] = [
      ("User_Alias", .user), ("Runas_Alias", .runas), ("Host_Alias", .host), ("Cmnd_Alias", .command),
      ("Cmd_Alias", .command),
    ]
    for (word, kind) in words where text.hasPrefix(word + " ") || text.hasPrefix(word + "\t") {
      return (kind, text.dropFirst(word.count))
    }
    return nil
  }
}

extension SudoersParser {
  /// `Defaults[scope] [!]name [= | += | -= value], …`
  private mutating func readDefaults(_ text: Substring, _ origin: Origin) -> Bool {
    var scanner = SudoersScanner(text)
    var scope = ""
    if let marker = scanner.next, ":@>!".utf8.contains(marker) {
      scope = String(UnicodeScalar(marker))
      _ = scanner.take(Character(scope))
      var names: [String] = []
      repeat {
        let isNegated = scanner.takeNegation()
        guard let name = scanner.word(stops: ",") else { return false }
        names.append((isNegated ? "!" : "") + name)
      } while scanner.take(",")
      scope += names.joined(separator: ",")
    }
    repeat {
      scanner.skipBlanks()
      if scanner.isAtEnd { break }
      let isNegated = scanner.takeNegation()
      guard let name = scanner.word(stops: ",=+-!\"") else { return false }
      var operation: SudoersDefault.Operation = isNegated ? .negate : .set
      var value = ""
      if scanner.take("+") { operation = .add } else if scanner.take("-") { operation = .remove }
      if scanner.take("=") {
        guard let word = scanner.word(stops: ",") else { return false }
        value = word
      } else if operation == .add || operation == .remove {
        return false
      }
      policy.defaults.append(
        SudoersDefault(name: name, operation: operation, value: value, scope: scope, origin: origin))
    } while scanner.take(",")
    return scanner.isAtEnd
  }

  /// `NAME = member, member : NAME = …`
  private mutating func readAliases(_ kind: Kind, _ text: Substring) -> Bool {
    var scanner = SudoersScanner(text)
    repeat {
      guard let name = scanner.word(stops: "="), scanner.take("=") else { return false }
      guard let members = kind == .command ? commands(&scanner) : members(&scanner)?.map(Self.plain) else {
        return false
      }
      aliases[kind, default: [:]][name] = members
    } while scanner.take(":")
    scanner.skipBlanks()
    return scanner.isAtEnd
  }

  static func plain(_ member: SudoersMember) -> SudoersSpecification.Command {
    .init(member: member, arguments: nil, runasUsers: nil, runasGroups: [], tags: [])
  }

  private func members(_ scanner: inout SudoersScanner, stops: String = ",=:()!") -> [SudoersMember]? {
    var members: [SudoersMember] = []
    repeat {
      let isNegated = scanner.takeNegation()
      guard let name = scanner.word(stops: stops) else { return nil }
      members.append(SudoersMember(name: name, isNegated: isNegated))
    } while scanner.take(",")
    return members
  }

  /// `users hosts = commands : hosts = commands`
  private mutating func readSpecification(_ text: String, _ origin: Origin) -> Bool {
    var scanner = SudoersScanner(text)
    // %:group is a group of a plug-in, so that a colon may stand in a user's name.
    guard let users = members(&scanner, stops: ",=()!") else { return false }
    var found: [SudoersSpecification] = []
    repeat {
      guard let hosts = members(&scanner), scanner.take("="), let commands = commands(&scanner) else {
        return false
      }
      found.append(SudoersSpecification(users: users, hosts: hosts, commands: commands, origin: origin))
    } while scanner.take(":")
    scanner.skipBlanks()
    guard scanner.isAtEnd else { return false }
    specifications += found
    return true
  }

  /// A list of commands. Who runs them and tags hold until the next that says otherwise.
  private func commands(_ scanner: inout SudoersScanner) -> [SudoersSpecification.Command]? {
    var commands: [SudoersSpecification.Command] = []
    var runas: (users: [SudoersMember]?, groups: [SudoersMember]) = (nil, [])
    var tags: Set<String> = []
    repeat {
      if scanner.take("(") {
        guard let parsed = runasList(&scanner) else { return nil }
        runas = parsed
      }
      takeOptions(&scanner, &tags)
      let isNegated = scanner.takeNegation()
      guard let (name, arguments) = command(&scanner) else { return nil }
      commands.append(
        .init(
          member: SudoersMember(name: name, isNegated: isNegated), arguments: arguments,
          runasUsers: runas.users, runasGroups: runas.groups, tags: tags))
    } while scanner.take(",")
    return commands
  }

  /// `(users : groups)`; `()` and `(: groups)` run as the user who calls.
  private func runasList(
    _ scanner: inout SudoersScanner
  ) -> (users: [SudoersMember]?, groups: [SudoersMember])? {
    var users: [SudoersMember] = []
    var groups: [SudoersMember] = []
    if scanner.take(")") { return ([], []) }
    if !scanner.take(":") {
      guard let parsed = members(&scanner) else { return nil }
      users = parsed
      if scanner.take(")") { return (users, []) }
      guard scanner.take(":") else { return nil }
    }
    if scanner.take(")") { return (users, []) }
    guard let parsed = members(&scanner) else { return nil }
    groups = parsed
    return scanner.take(")") ? (users, groups) : nil
  }

  private static let tagPairs = [
    "NOPASSWD": "PASSWD", "NOEXEC": "EXEC", "SETENV": "NOSETENV", "LOG_INPUT": "NOLOG_INPUT",
    "LOG_OUTPUT": "NOLOG_OUTPUT", "FOLLOW": "NOFOLLOW", "MAIL": "NOMAIL", "INTERCEPT": "NOINTERCEPT",
  ]
  private static let settings: Set<String> = [
    "ROLE", "TYPE", "PRIVS", "LIMITPRIVS", "APPARMOR_PROFILE", "CWD", "CHROOT", "TIMEOUT", "NOTBEFORE",
    "NOTAFTER",
  ]

  /// `TAG:` and `OPTION=value` before a command.
  private func takeOptions(_ scanner: inout SudoersScanner, _ tags: inout Set<String>) {
    while true {
      let saved = scanner
      guard let word = scanner.word(stops: ":=,!()") else {
        scanner = saved
        return
      }
      if scanner.take(":") {
        if let opposite = Self.tagPairs[word] {
          tags.insert(word)
          tags.remove(opposite)
          continue
        }
        if let pair = Self.tagPairs.first(where: { $0.value == word }) {
          tags.insert(word)
          tags.remove(pair.key)
          continue
        }
      } else if Self.settings.contains(word), scanner.take("="), scanner.word(stops: ",") != nil {
        continue
      }
      scanner = saved
      return
    }
  }

  /// `ALL` or the name of an alias.
  private static func isAlias(_ name: String) -> Bool {
    name.utf8.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } == true
      && name.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
  }

  /// A path with arguments, `ALL`, an alias or `sudoedit`, after digests of the file.
  private func command(_ scanner: inout SudoersScanner) -> (String, String?)? {
    while true {
      let saved = scanner
      guard let word = scanner.word(stops: ":,=()!"), word.hasPrefix("sha"), scanner.take(":"),
        scanner.word(stops: ",") != nil
      else {
        scanner = saved
        break
      }
      _ = scanner.take(",")
    }
    guard let name = scanner.word(stops: ",:=!") else { return nil }
    guard name.hasPrefix("/") || name == "sudoedit" || name.hasPrefix("^") || name == "list" else {
      return Self.isAlias(name) ? (name, nil) : nil
    }
    scanner.skipBlanks()
    let text = scanner.commandArguments()
    if text.isEmpty { return (name, nil) }
    return (name, text == "\"\"" ? "" : text)
  }
}
