import DiskImages
import Evidence

/// What the shells of people start with: umask, PATH, TMOUT and every other variable, as the start files leave them.
///
/// Followed are, for bash(1): /etc/profile and the first of ~/.bash_profile, ~/.bash_login and ~/.profile for a login
/// shell; /etc/bash.bashrc, where the distribution has it, and ~/.bashrc for another interactive shell. For sh, dash and
/// ksh: /etc/profile and ~/.profile. What those read in turn is followed too.
public struct LoginEnvironment: FactModel {
  /// Which kind of shell.
  public enum ShellKind: String, Sendable, Hashable, CaseIterable {
    /// The first shell after a login.
    case login
    /// A shell within a session, such as the one of a terminal window, or of `su` without `-`.
    case interactive
  }

  /// For whom.
  public struct Person: Sendable, Hashable {
    /// The account's name; nil for the accounts that useradd(8) would make.
    public var account: String?
    public var uid: UInt32
    public var gid: UInt32
    /// Whose start files are read; /etc/skel for new accounts.
    public var home: String
    public var shell: String
    var gecos = ""
    var groupName: String?

    /// How reports name the person.
    public var name: String { account ?? "new accounts" }
    /// Whether it is root.
    public var isRoot: Bool { uid == 0 }
  }

  /// Where the shell ends up.
  public struct Outcome: Sendable {
    let state: ShellState
    /// What could not be read or followed.
    public let gaps: [EvidenceGap]
  }

  public static let needs: [ContentNeed] =
    Accounts.needs + SessionUmask.needs + EnvironmentFiles.needs + [
      "/etc/profile", "/etc/profile.d/*", "/etc/bash.bashrc", "/etc/bashrc", "/etc/bash/bashrc",
      "/etc/skel/.*",
      "/usr/etc/profile", "/usr/etc/profile.d/*", "/usr/etc/bash.bashrc",
    ] + ["/root", "/home/*"].flatMap { home in personalFiles.map { ContentNeed("\(home)/\($0)") } }

  private static let personalFiles = [".bash_profile", ".bash_login", ".profile", ".bashrc"]
  /// More accounts than this with start files of their own are not followed.
  private static let maximumPeople = 64

  private let outcomes: [Person: [ShellKind: Outcome]]
  /// Root, new accounts, and the accounts with a login shell and start files of their own, in this order.
  public let people: [Person]
  /// Accounts whose start files are not followed: their shell is none that is read here, or there are too many.
  public let unfollowed: [(account: String, reason: String)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let followed = try Self.follow(facts)
    outcomes = followed.outcomes
    people = followed.people
    unfollowed = followed.unfollowed
  }

  /// What a shell of the person starts with.
  public func outcome(for person: Person, _ kind: ShellKind) -> Outcome? { outcomes[person]?[kind] }

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let facts = GuestFacts(evidence, asOf: 0)
    var needs: Set<String> = []
    if let accounts = try? facts.model(Accounts.self) {
      for person in (try? people(accounts, facts))?.people ?? [] {
        for file in personalFiles where !person.home.isEmpty { needs.insert("\(person.home)/\(file)") }
      }
    }
    if let followed = try? follow(facts) { needs.formUnion(followed.uncollected) }
    // A name from the guest is a name, not a pattern.
    return needs.filter { !$0.contains { "*?[".contains($0) } }.map { ContentNeed($0) }
  }

  private struct Followed {
    var outcomes: [Person: [ShellKind: Outcome]] = [:]
    var people: [Person] = []
    var unfollowed: [(account: String, reason: String)] = []
    var uncollected: Set<String> = []
  }

  private static func follow(_ facts: GuestFacts) throws(EvidenceGap) -> Followed {
    let accounts = try facts.model(Accounts.self)
    let start = try StartingPoint(facts)
    var followed = Followed()
    (followed.people, followed.unfollowed) = try people(accounts, facts)
    for person in followed.people {
      for kind in ShellKind.allCases {
        let run = start.run(person, kind, facts.evidence)
        followed.outcomes[person, default: [:]][kind] = Outcome(state: run.outcome, gaps: run.gaps)
        followed.uncollected.formUnion(run.uncollected)
      }
    }
    return followed
  }

  private static func people(
    _ accounts: Accounts, _ facts: GuestFacts
  ) throws(EvidenceGap) -> (people: [Person], unfollowed: [(account: String, reason: String)]) {
    let definitions = try facts.model(LoginDefinitions.self)
    let root = accounts.account(uid: 0)
    var people = [
      Person(
        account: root?.name ?? "root", uid: 0, gid: root?.gid ?? 0, home: root?.home ?? "/root",
        shell: root?.loginShell ?? "/bin/sh", gecos: root?.gecos ?? "", groupName: "root")
    ]
    let hasOwnGroup = definitions.value("USERGROUPS_ENAB")?.value.lowercased() == "yes"
    people.append(
      Person(
        account: nil, uid: UInt32(clamping: definitions.number("UID_MIN", default: 1000)), gid: 1000,
        home: "/etc/skel", shell: "/bin/bash", groupName: hasOwnGroup ? "new" : "users"))
    var unfollowed: [(account: String, reason: String)] = []
    for account in accounts.accounts
    where account.uid != 0 && account.hasLoginShell && account.home.hasPrefix("/") {
      let files = personalFiles.filter { name in
        if case .found = facts.evidence.index.resolve("\(account.home)/\(name)") { true } else { false }
      }
      if files.isEmpty { continue }
      if !isFollowed(account.loginShell) {
        unfollowed.append((account.name, "the start files of \(account.loginShell) are not read"))
      } else if people.count >= maximumPeople {
        unfollowed.append((account.name, "more than \(maximumPeople) accounts with start files of their own"))
      } else {
        people.append(
          Person(
            account: account.name, uid: account.uid, gid: account.gid, home: account.home,
            shell: account.loginShell, gecos: account.gecos,
            groupName: accounts.group(gid: account.gid)?.name))
      }
    }
    return (people, unfollowed)
  }

  private static func isFollowed(_ shell: String) -> Bool {
    ["bash", "rbash", "sh", "dash", "ash", "ksh", "ksh93", "mksh", "busybox"].contains(
      shell.split(separator: "/").last ?? "")
  }
}

extension LoginEnvironment.Outcome {
  /// All umasks that the shell may have, with their places; nil for one that cannot be computed.
  public var umasks: [(mask: UInt32?, origin: Origin)] { state.umask.map { ($0.value, $0.origin) } }

  /// All values that a variable may have.
  public func values(of variable: String) -> [Variable] {
    state.bindings(variable).map { binding in
      let isKnown = binding.value.map(ShellText.isKnown) ?? true
      return Variable(
        value: binding.value.map { $0.replacing(String(ShellText.unknown), with: "…") }, isKnown: isKnown,
        isExported: binding.isExported, isReadonly: binding.isReadonly, origin: binding.origin)
    }
  }

  /// One value that a variable may have.
  public struct Variable: Sendable, Hashable {
    /// Nil where the variable is unset; `…` stands for parts that are not known.
    public var value: String?
    public var isKnown: Bool
    public var isExported: Bool
    public var isReadonly: Bool
    /// Nil where nobody sets it.
    public var origin: Origin?
  }
}

/// What a shell finds before it reads its first file.
private struct StartingPoint {
  private let umask: SessionUmask
  private let environment: EnvironmentFiles
  private let definitions: LoginDefinitions

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    umask = try facts.model(SessionUmask.self)
    environment = try facts.model(EnvironmentFiles.self)
    definitions = try facts.model(LoginDefinitions.self)
  }

  func run(
    _ person: LoginEnvironment.Person, _ kind: LoginEnvironment.ShellKind, _ evidence: Evidence
  ) -> ShellInterpreter {
    let user = ShellInterpreter.User(
      name: person.account ?? "new", uid: person.uid, gid: person.gid, groupName: person.groupName)
    let shell = ShellInterpreter(evidence: evidence, user: user, state: state(person, kind))
    let isBash = person.shell.hasSuffix("bash")
    let exists = { (path: String) -> Bool in
      if case .absent = evidence.index.resolve(path) { false } else { true }
    }
    let files: [String?] =
      switch kind {
      case .login:
        [
          ["/etc/profile", "/usr/etc/profile"].first(where: exists),
          (isBash ? [".bash_profile", ".bash_login", ".profile"] : [".profile"])
            .map { "\(person.home)/\($0)" }.first(where: exists),
        ]
      case .interactive where isBash:
        [
          ["/etc/bash.bashrc", "/etc/bash/bashrc", "/usr/etc/bash.bashrc"].first(where: exists),
          "\(person.home)/.bashrc",
        ]
      case .interactive: []
      }
    for case let file? in files { shell.source(file) }
    return shell
  }

  private func state(_ person: LoginEnvironment.Person, _ kind: LoginEnvironment.ShellKind) -> ShellState {
    var state = ShellState(
      umask: umask.values(
        uid: person.uid, gecos: person.gecos, hasOwnGroup: person.groupName == person.account ?? "new"))
    let key = person.isRoot ? "ENV_SUPATH" : "ENV_PATH"
    if let path = definitions.value(key) {
      let value = path.value.hasPrefix("PATH=") ? String(path.value.dropFirst(5)) : path.value
      state.variables["PATH"] = [ShellBinding(value: value, isExported: true, origin: path.origin)]
    }
    for (name, value) in environment.variables {
      state.variables[name] = [ShellBinding(value: value.value, isExported: true, origin: value.origin)]
    }
    let unknown = String(ShellText.unknown)
    // What a session or the shell itself sets, to values that the disk does not tell.
    for name in [
      "TERM", "LANG", "LC_ALL", "DISPLAY", "SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT", "XDG_SESSION_ID",
    ]
    where state.variables[name] == nil {
      state.variables[name] = [ShellBinding(value: unknown, isExported: true)]
    }
    set(&state, ["HOME": person.home, "SHELL": person.shell, "USER": user(person), "LOGNAME": user(person)])
    set(&state, ["UID": String(person.uid), "EUID": String(person.uid), "PS1": "\\s-\\v\\$ ", "-": "himBHs"])
    if person.shell.hasSuffix("bash") { set(&state, ["BASH": "/bin/bash", "BASH_VERSION": "5" + unknown]) }
    state.variables["SHLVL"] = [ShellBinding(value: kind == .login ? "1" : unknown)]
    return state
  }

  private func user(_ person: LoginEnvironment.Person) -> String { person.account ?? "new" }

  private func set(_ state: inout ShellState, _ values: [String: String]) {
    for (name, value) in values { state.variables[name] = [ShellBinding(value: value)] }
  }
}
