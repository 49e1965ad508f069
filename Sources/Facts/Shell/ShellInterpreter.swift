import DiskImages
import Evidence

/// Follows start files of a POSIX shell or bash and tells what variables and the umask may be afterwards.
///
/// Nothing of the guest is executed: commands other than the shell's own are read over, and what depends on them is
/// unknown. Where a condition is unknown both branches are followed. Loops are followed for every word where the words
/// are known, else once. A hostile script costs a bounded number of steps.
final class ShellInterpreter {
  /// For whom the shell runs.
  struct User: Sendable, Hashable {
    var name: String
    var uid: UInt32
    var gid: UInt32
    var groupName: String?
  }

  let evidence: Evidence
  let user: User
  /// What holds now; nil behind `return` or `exit`.
  var state: ShellState?
  /// Files that could not be read or not be followed to their end, so that more may change than was seen.
  private(set) var gaps: [EvidenceGap] = []
  /// Files that the scripts name and that were not collected.
  private(set) var uncollected: [String] = []
  /// The words of each program that is started, unknown ones as `ShellText.unknown`; nil where nobody asks.
  var started: [[String]]?

  /// The states at every `return` of the files and functions that are being followed.
  private var returns: [ShellState?] = []
  /// The states at every `break` and `continue`.
  private var breaks: [ShellState?] = []
  private var exits: ShellState?
  private var files: [String: TextFile] = [:]
  private(set) var path = ""
  private var steps = 0
  private static let maximumSteps = 20_000
  private static let maximumDepth = 24

  init(evidence: Evidence, user: User, state: ShellState) {
    self.evidence = evidence
    self.user = user
    self.state = state
  }

  /// What holds at the end; where every path leaves the shell, what held then.
  var outcome: ShellState {
    state ?? exits ?? ShellState(umask: [ShellUmask(value: nil, origin: .compiledDefault("umask(2)"))])
  }

  /// Follows a file in the shell itself. False if there is none or the user may not read it.
  @discardableResult func source(_ path: String) -> Bool? {
    guard state != nil, returns.count < Self.maximumDepth else {
      if returns.count >= Self.maximumDepth { note(path, "files that read each other without end") }
      return nil
    }
    let text: TextFile
    do {
      guard let entry = try evidence.entry(at: path), entry.type != .directory, mayRead(entry) else {
        return false
      }
      if case .notCollected = evidence.contents[entry.id] ?? .notCollected, entry.type == .regular {
        uncollected.append(path)
      }
      text = try evidence.text(of: entry)
    } catch {
      gaps.append(error)
      return nil
    }
    let outer = self.path
    self.path = path
    files[path] = text
    defer { self.path = outer }
    return framed { follow(text) }
  }

  private func follow(_ file: TextFile) -> Bool? {
    var parser = ShellParser(file.lines.map(\.text).joined(separator: "\n"))
    var status: Bool? = true
    do {
      while state != nil, let command = try parser.next() { status = execute(command) }
    } catch {
      // The shell stops reading there as well if it is a mistake; if not, what is below is unknown.
      let rest = file.lines.drop { $0.number < error.line }
      let names = ["umask", "TMOUT", "PATH="].filter { name in rest.contains { $0.text.contains(name) } }
      if !names.isEmpty { note(file.path, "not understood from line \(error.line) on") }
      return nil
    }
    return status
  }

  /// Follows the text of a script that stands in no file.
  func followText(_ text: String) {
    guard returns.count < Self.maximumDepth else { return note(path, "commands nested without end") }
    framed { follow(TextFile(path: path, bytes: Array(text.utf8))) }
  }

  /// Follows what runs in another process, where somebody asks what is started; nothing changes here.
  private func aside(_ body: () -> Void) {
    guard started != nil else { return }
    let before = (state, exits, returns, breaks)
    body()
    (state, exits, returns, breaks) = before
  }

  /// Runs something that `return` leaves.
  @discardableResult private func framed(_ body: () -> Bool?) -> Bool? {
    returns.append(nil)
    let status = body()
    let returned = returns.removeLast()
    unite(returned)
    return status
  }

  private func note(_ path: String, _ reason: String) {
    let gap = EvidenceGap(path: path, reason: reason)
    if !gaps.contains(gap) { gaps.append(gap) }
  }

  private func unite(_ other: ShellState?) {
    guard let other else { return }
    if state == nil { state = other } else { state?.formUnion(other) }
  }

  /// Runs `body` on a copy of the state and unites its outcome with that of the rest.
  private func fork(_ body: () -> Void, otherwise: () -> Void = {}) {
    let before = state
    body()
    let after = state
    state = before
    otherwise()
    unite(after)
  }

  /// Follows one command and gives its status; nil if that is not known.
  func execute(_ command: ShellCommand) -> Bool? {
    guard state != nil else { return nil }
    steps += 1
    guard steps <= Self.maximumSteps else {
      note(path, "too long to follow")
      state = nil
      return nil
    }
    switch command {
    case .simple(let simple): return run(simple)
    case .sequence(let commands):
      var status: Bool? = true
      for command in commands where state != nil { status = execute(command) }
      return status
    case .and(let left, let right): return both(left, right, continuesOn: true)
    case .or(let left, let right): return both(left, right, continuesOn: false)
    case .not(let command): return execute(command).map { !$0 }
    case .apart(let command):
      aside { _ = execute(command) }
      return nil
    case .subshell(let source):
      aside { followText(source) }
      return nil
    case .opaque: return nil
    case .conditional(let branches, let otherwise):
      conditional(branches[...], otherwise)
      return nil
    case .loop(let condition, let body):
      if execute(condition) != false { fork { iterate(body) } }
      return nil
    case .forEach(let name, let words, let body):
      forEach(name, words, body)
      return nil
    case .selection(let subject, let branches):
      select(expansion.text(subject), branches[...])
      return nil
    case .function(let name, let body):
      state?.functions[name] = ShellFunction(body: body, path: path)
      return true
    case .test(let words, _): return decide(words, isExtended: true)
    }
  }

  private func both(_ left: ShellCommand, _ right: ShellCommand, continuesOn wanted: Bool) -> Bool? {
    guard let status = execute(left) else {
      fork { _ = execute(right) }
      return nil
    }
    return status == wanted ? execute(right) : status
  }

  private func conditional(
    _ branches: ArraySlice<(condition: ShellCommand, body: ShellCommand)>, _ otherwise: ShellCommand?
  ) {
    guard let branch = branches.first else {
      if let otherwise { _ = execute(otherwise) }
      return
    }
    switch execute(branch.condition) {
    case true?: _ = execute(branch.body)
    case false?: conditional(branches.dropFirst(), otherwise)
    case nil:
      fork {
        _ = execute(branch.body)
      } otherwise: {
        conditional(branches.dropFirst(), otherwise)
      }
    }
  }

  private func iterate(_ body: ShellCommand) {
    breaks.append(nil)
    _ = execute(body)
    unite(breaks.removeLast())
  }

  private func forEach(_ name: String, _ words: [ShellWord]?, _ body: ShellCommand) {
    let fields = words.map { expansion.fields($0) } ?? state?.positional
    guard let fields, fields.count <= 1024 else {
      state?.assign(name, [String(ShellText.unknown)], origin: nil)
      fork { iterate(body) }
      return
    }
    for field in fields where state != nil {
      state?.assign(name, [field], origin: nil)
      iterate(body)
    }
  }

  private func select(
    _ subject: String?, _ branches: ArraySlice<(patterns: [ShellWord], body: ShellCommand)>
  ) {
    guard let branch = branches.first, state != nil else { return }
    var matches: Bool? = false
    for pattern in branch.patterns {
      let texts = expansion.texts(pattern, escapesPatterns: true)
      if texts == ["*"] {
        matches = true
      } else if let subject, texts.count == 1, ShellText.isKnown(texts[0]) {
        if fnmatch(pattern: texts[0], subject) { matches = true }
      } else if matches == false {
        matches = nil
      }
      if matches == true { break }
    }
    switch matches {
    case true?: _ = execute(branch.body)
    case false?: select(subject, branches.dropFirst())
    case nil:
      fork {
        _ = execute(branch.body)
      } otherwise: {
        select(subject, branches.dropFirst())
      }
    }
  }

  /// `return`: what follows in the file or function is left out.
  func leaveFrame() {
    if returns.isEmpty { return leaveShell() }
    if let state {
      if returns[returns.count - 1] == nil {
        returns[returns.count - 1] = state
      } else {
        returns[returns.count - 1]?.formUnion(state)
      }
    }
    state = nil
  }

  /// `break` and `continue`: the rest of the loop's body is left out.
  func leaveIteration() {
    guard !breaks.isEmpty else { return }
    if let state {
      if breaks[breaks.count - 1] == nil {
        breaks[breaks.count - 1] = state
      } else {
        breaks[breaks.count - 1]?.formUnion(state)
      }
    }
    state = nil
  }

  /// `exit` and `exec`: nothing follows.
  func leaveShell() {
    if let state {
      if exits == nil { exits = state } else { exits?.formUnion(state) }
    }
    state = nil
  }

  /// Calls a function.
  func call(_ function: ShellFunction, _ arguments: [String]) -> Bool? {
    guard returns.count < Self.maximumDepth else { return nil }
    let outerPath = path
    let outerArguments = state?.positional ?? []
    path = function.path
    state?.positional = arguments
    let status = framed { execute(function.body) }
    path = outerPath
    state?.positional = outerArguments
    return status
  }

  /// Where the command at a line of the current file stands.
  func origin(line: Int) -> Origin {
    let lines = files[path]?.lines ?? []
    let text = line > 0 && line <= lines.count ? lines[line - 1].text.trimmingBlanks().description : nil
    let kind: Origin.Kind =
      path.hasPrefix("/usr/") ? .vendor : path.hasPrefix("/etc/profile.d/") ? .dropIn : .explicit
    return Origin(path: path, line: line, kind: kind, text: text)
  }

  /// Whether the user's permission bits let them read the file.
  private func mayRead(_ entry: FileEntry) -> Bool {
    guard user.uid != 0, case .found(let file) = evidence.index.target(of: entry) else { return true }
    let metadata = file.metadata
    let shift: UInt32 = metadata.uid == user.uid ? 6 : metadata.gid == user.gid ? 3 : 0
    return metadata.permissions >> shift & 4 != 0
  }

  /// Expands words in the state as it is.
  var expansion: ShellExpansion {
    ShellExpansion(
      state: state ?? ShellState(umask: []), output: { [self] in output($0) },
      glob: { [self] in paths(matching: $0) })
  }

  /// Decides a condition for all texts that its words may have.
  func decide(_ words: [ShellWord], isExtended: Bool) -> Bool? {
    let expansion = self.expansion
    var alternatives: [[String]] = [[]]
    for word in words {
      let texts = expansion.texts(word, escapesPatterns: isExtended && word.literal == nil)
      let isQuoted = isExtended || word.literal != nil || word.isQuoted
      alternatives = alternatives.flatMap { fields in
        texts.map { text in
          isQuoted ? fields + [text] : fields + text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
      }
      if alternatives.count > 64 { return nil }
    }
    let answers = Set(
      alternatives.map { fields in
        var test = ShellTest(fields, isExtended: isExtended, file: lookUp)
        return test.decide()
      })
    return answers.count == 1 ? answers.first ?? nil : nil
  }

  private func lookUp(_ path: String) -> ShellTest.FileLookup {
    guard path.hasPrefix("/") else { return .unknown }
    // What only a running system has.
    if ["/proc/", "/sys/", "/run/", "/dev/"].contains(where: { path.hasPrefix($0) }) { return .unknown }
    switch evidence.index.resolve(path) {
    case .found(let entry): return .found(entry)
    case .absent, .loop: return .absent
    case .unknown: return .unknown
    }
  }

  private func paths(matching pattern: String) -> [String] {
    guard pattern.hasPrefix("/"), ShellText.isKnown(pattern) else { return [] }
    return evidence.index.matches(GlobPattern(pattern)).prefix(1024).map(\.path)
  }
}

extension ShellWord {
  /// Whether any part of the word stands in quotes, so that it stays one field even if it is empty.
  var isQuoted: Bool { pieces.contains(where: \.isQuoted) }
}

extension ShellWord.Piece {
  var isQuoted: Bool {
    switch self {
    case .text(_, let quoted), .parameter(_, _, let quoted), .command(_, let quoted): quoted
    case .unknown: false
    }
  }
}
