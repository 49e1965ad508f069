import Evidence

extension ServiceEnvironment {
  /// The words of a command with variables filled in, the program first (src/basic/env-util.c, replace_env_argv).
  ///
  /// - Throws: where a variable of it is not known.
  func words(of command: UnitCommand) throws(EvidenceGap) -> [Variable] {
    var words = [Variable(value: command.program, origin: command.origin)]
    for argument in command.arguments {
      let word = Variable(value: argument, origin: command.origin)
      words += command.isExpanded ? try expand(word) : [word]
    }
    return words
  }

  /// `$NAME` as a word of its own is split at blanks, with quotes respected; an unset one is no word. `${NAME}` stands for
  /// the value as it is, anywhere in a word. `$$` is a dollar.
  private func expand(_ word: Variable) throws(EvidenceGap) -> [Variable] {
    let text = word.value
    guard text.hasPrefix("$"), !text.hasPrefix("${"), !text.hasPrefix("$$") else { return [try fill(word)] }
    guard let variable = try value(String(text.dropFirst())) else { return [] }
    let parts = (try? SystemdWords.split(variable.value, .plain)) ?? []
    return parts.map { Variable(value: $0, origin: variable.origin) }
  }

  /// The place is that of the last variable which is filled in.
  private func fill(_ word: Variable) throws(EvidenceGap) -> Variable {
    guard word.value.utf8.contains(UInt8(ascii: "$")) else { return word }
    var result = Variable(value: "", origin: word.origin)
    var rest = word.value[...]
    while let dollar = rest.firstIndex(of: "$") {
      result.value += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$$") {
        result.value += "$"
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("${"), let end = rest.firstIndex(where: { $0 == "}" || $0 == ":" }),
        rest[end] == "}"
      {
        let variable = try value(String(rest[..<end].dropFirst(2)))
        result.value += variable?.value ?? ""
        if let variable { result.origin = variable.origin }
        rest = rest[rest.index(after: end)...]
      } else {
        // `$x` within a word, and `${x:…}`, are for a shell.
        result.value += "$"
        rest = rest.dropFirst()
      }
    }
    result.value += rest
    return result
  }
}
