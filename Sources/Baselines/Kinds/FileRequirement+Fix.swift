extension FileRequirement {
  /// Commands that bring the files to the requirement; nil where the requirement names no single answer.
  ///
  /// - Parameter paths: absolute paths, with wildcards that a shell expands.
  func fix(paths: [String]) -> Fix? {
    // A shell without globstar does not expand `**`, and an access list has no form in ansible.builtin.file.
    guard !paths.isEmpty, !paths.contains(where: { $0.contains("**") }), !isEmpty else { return nil }
    let mode = self.mode.map(octal) ?? modeMax.map(Self.removal)
    let owner = owner?.allowed.first { $0 != "@service" }
    let group = group?.allowed.first { $0 != "@service" }
    if self.owner != nil && owner == nil || self.group != nil && group == nil { return nil }
    var commands: [String] = []
    if let owner { commands.append("chown -- \(owner) \"$f\"") }
    if let group { commands.append("chgrp -- \(group) \"$f\"") }
    // After chown(2), which clears set-user-id.
    if let mode, !mode.isEmpty { commands.append("chmod -- \(mode) \"$f\"") }
    if commands.isEmpty { return nil }
    let list = paths.map(shellPattern).joined(separator: " ")
    let shell = "for f in \(list); do [ -e \"$f\" ] || continue; \(commands.joined(separator: "; ")); done"
    return Fix(
      shell: shell, ansible: ansible(paths: paths, shell: shell, mode: mode, owner: owner, group: group))
  }

  private func ansible(paths: [String], shell: String, mode: String?, owner: String?, group: String?)
    -> String
  {
    if paths.contains(where: \.isGlob) || paths.count > 1 {
      return "ansible.builtin.shell: \(yamlQuoted(shell))"
    }
    var lines = ["ansible.builtin.file:", "  path: \(yamlQuoted(paths[0]))"]
    if let mode, !mode.isEmpty { lines.append("  mode: \(yamlQuoted(mode))") }
    if let owner { lines.append("  owner: \(yamlQuoted(owner))") }
    if let group { lines.append("  group: \(yamlQuoted(group))") }
    return lines.joined(separator: "\n")
  }

  /// The bits that `maximum` does not have, as chmod(1) takes them away: `u-xs,g-wxs,o-rwx`.
  static func removal(_ maximum: UInt32) -> String {
    let classes: [(String, [(UInt32, String)])] = [
      ("u", [(0o400, "r"), (0o200, "w"), (0o100, "x"), (0o4000, "s")]),
      ("g", [(0o040, "r"), (0o020, "w"), (0o010, "x"), (0o2000, "s")]),
      ("o", [(0o004, "r"), (0o002, "w"), (0o001, "x")]),
      ("", [(0o1000, "t")]),
    ]
    return classes.compactMap { name, bits in
      let letters = bits.filter { maximum & $0.0 == 0 }.map(\.1).joined()
      return letters.isEmpty ? nil : "\(name)-\(letters)"
    }.joined(separator: ",")
  }
}

/// A word that a POSIX shell takes literally.
func shellQuoted(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "@"):
      true
    default: false
    }
  }
  return plain && !text.isEmpty
    ? text
    : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

/// A word in which a POSIX shell expands wildcards and nothing else.
func shellPattern(_ text: String) -> String {
  var result = ""
  var literal = ""
  for character in text {
    if "*?[]!".contains(character) && text.isGlob {
      if !literal.isEmpty { result += shellQuoted(literal) }
      literal = ""
      result.append(character)
    } else {
      literal.append(character)
    }
  }
  return result + (literal.isEmpty ? "" : shellQuoted(literal))
}

/// A YAML scalar in double quotes.
func yamlQuoted(_ text: String) -> String {
  var result = "\""
  for character in text {
    switch character {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    default: result.append(character)
    }
  }
  return result + "\""
}
