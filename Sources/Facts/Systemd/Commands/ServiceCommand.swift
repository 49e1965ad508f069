import DiskImages
import Evidence

/// The words with which a unit starts its program, variables filled in, each with its place.
///
/// Of a shell with `-c` these are the words of the programs that the script starts; of a script of /etc/init.d, the words
/// of the variables in the files that it reads.
struct ServiceCommand: Sendable, Hashable {
  typealias Word = Effective<String>.Candidate

  /// The program first.
  var parts: [Word] = []
  /// The unit's assignment, or where the last variable that is filled in is set.
  var origin: Origin

  var words: [String] { parts.map(\.value) }
  /// Everything behind the program.
  var arguments: [Word] { Array(parts.dropFirst()) }

  /// No words: what is started by something else.
  init(noneOf source: String) { origin = .compiledDefault(source) }

  /// The last command of ExecStart=.
  ///
  /// - Parameter defaults: files from which the script of /etc/init.d takes variables.
  /// - Throws: where the image cannot tell a variable of the command.
  init(of unit: LoadedUnit, _ evidence: Evidence, defaults: [String] = []) throws(EvidenceGap) {
    guard let command = unit.commands().last else {
      self.init(noneOf: unit.name.description)
      return
    }
    try self.init(command, of: unit, evidence)
    if command.program.hasPrefix("/etc/init.d/") || command.program.hasPrefix("/etc/rc.d/init.d/") {
      let variables = StartScript.variables(of: defaults, evidence)
      parts += variables
      origin = variables.last?.origin ?? origin
    }
  }

  /// One command of a unit.
  init(_ command: UnitCommand, of unit: LoadedUnit, _ evidence: Evidence) throws(EvidenceGap) {
    let environment = ServiceEnvironment(of: unit, evidence)
    parts = try environment.words(of: command)
    if let script = StartScript(parts) {
      let words = try script.words(environment, evidence)
      if !words.isEmpty { parts = words }
    }
    origin = parts.last { $0.origin != command.origin }?.origin ?? command.origin
  }

  /// Values of an option, in their order: `--name value` and `--name=value`.
  func values(_ names: String...) -> [Effective<String>] {
    parts.indices.compactMap { position in
      let part = parts[position]
      for name in names {
        if part.value == name, position + 1 < parts.count {
          return Effective(parts[position + 1].value, origin: parts[position + 1].origin)
        }
        if part.value.hasPrefix(name + "=") {
          return Effective(String(part.value.dropFirst(name.count + 1)), origin: part.origin)
        }
      }
      return nil
    }
  }
}
