import DiskImages
import Evidence

/// A script between systemd and the program: `sh -c '…'`, followed as the shell would.
struct StartScript {
  private let text: String
  private let origin: Origin

  private static let shells: Set<Substring> = ["sh", "bash", "dash", "ash", "ksh", "zsh"]

  /// Nil if the words do not start a shell with `-c`.
  init?(_ parts: [ServiceCommand.Word]) {
    guard let program = parts.first?.value.split(separator: "/").last, Self.shells.contains(program) else {
      return nil
    }
    let option = parts.dropFirst().firstIndex { $0.value.hasPrefix("-") && $0.value.hasSuffix("c") }
    guard let option, option + 1 < parts.count else { return nil }
    text = parts[option + 1].value
    origin = parts[option + 1].origin
  }

  /// The words of all programs that it starts, those before `;`, `&&` and the like too.
  func words(_ environment: ServiceEnvironment, _ evidence: Evidence) -> [ServiceCommand.Word] {
    var state = ShellState(umask: [])
    for (name, variable) in environment.variables {
      state.variables[name] = [
        ShellBinding(value: variable.value, isExported: true, origin: variable.origin)
      ]
    }
    let shell = ShellInterpreter(evidence: evidence, user: Self.root, state: state)
    shell.started = []
    shell.followText(text)
    let places = environment.variables.filter { text.contains("$\($0.key)") || text.contains("${\($0.key)") }
    return (shell.started ?? []).flatMap(\.self).map { word in
      // A word that is part of a variable's value comes from there.
      let source = places.values.first { $0.value.contains(word) && !word.isEmpty }
      return .init(value: word, origin: source?.origin ?? origin)
    }
  }

  /// The words of everything that files of shell variables set, by name.
  static func variables(of files: [String], _ evidence: Evidence) -> [ServiceCommand.Word] {
    let shell = ShellInterpreter(evidence: evidence, user: root, state: ShellState(umask: []))
    for file in files { shell.source(file) }
    return shell.outcome.variables.sorted { $0.key < $1.key }.flatMap { _, bindings in
      bindings.flatMap { binding -> [ServiceCommand.Word] in
        guard let origin = binding.origin, let value = binding.value, ShellText.isKnown(value) else {
          return []
        }
        return value.split(whereSeparator: \.isWhitespace).map { .init(value: String($0), origin: origin) }
      }
    }
  }

  private static let root = ShellInterpreter.User(name: "root", uid: 0, gid: 0, groupName: "root")
}
