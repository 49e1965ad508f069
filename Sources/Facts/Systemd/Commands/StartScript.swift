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
  ///
  /// - Throws: where the image cannot tell a variable that it uses.
  func words(
    _ environment: ServiceEnvironment, _ evidence: Evidence
  ) throws(EvidenceGap) -> [ServiceCommand.Word] {
    var state = ShellState(umask: [])
    var sources: [ServiceEnvironment.Variable] = []
    for name in Self.names(in: text) {
      if ServiceEnvironment.managed.contains(name), environment.variables[name] == nil {
        state.variables[name] = [ShellBinding(value: String(ShellText.unknown))]
      } else if let variable = try environment.value(name) {
        state.variables[name] = [
          ShellBinding(value: variable.value, isExported: true, origin: variable.origin)
        ]
        sources.append(variable)
      }
    }
    let shell = ShellInterpreter(evidence: evidence, user: Self.root, state: state)
    shell.started = []
    shell.followText(text)
    return (shell.started ?? []).flatMap(\.self).map { word in
      // A word that is part of a variable's value comes from there.
      let source = sources.first { !word.isEmpty && $0.value.contains(word) }
      return .init(value: word, origin: source?.origin ?? origin)
    }
  }

  /// What stands behind dollars, each name once.
  private static func names(in text: String) -> [String] {
    var names: Set<String> = []
    for part in text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false).dropFirst() {
      let bytes = part.drop { $0 == UInt8(ascii: "{") }.prefix(while: isShellNameByte)
      let name = String(decoding: bytes, as: UTF8.self)
      if isShellName(name), names.count < 100 { names.insert(name) }
    }
    return names.sorted()
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
