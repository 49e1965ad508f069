extension Fix {
  /// A text as one word of a POSIX shell.
  static func shellWord(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        default: "-_./:@+,=".utf8.contains(byte)
        }
      }
    return isPlain
      ? text
      : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A text as a double-quoted scalar of YAML.
  static func yamlText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A file of the administrator with lines of its own, which hold no quotes.
  static func file(_ path: String, lines: [String]) -> Fix {
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    let arguments = lines.map { "'\($0)'" }.joined(separator: " ")
    return Fix(
      shell: "mkdir -p \(folder)\nprintf '%s\\n' \(arguments) > '\(path)'\nchmod 0644 '\(path)'\n",
      ansible: """
        ansible.builtin.copy:
          dest: "\(path)"
          mode: "0644"
          content: |
        \(lines.map { "    \($0)" }.joined(separator: "\n"))

        """)
  }

  /// A drop-in file of the administrator with one setting of a section, as systemd's programs read them.
  static func dropIn(_ path: String, section: String, setting: String) -> Fix {
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return Fix(
      shell: """
        mkdir -p \(shellWord(String(folder)))
        printf '[%s]\\n%s\\n' \(shellWord(section)) \(shellWord(setting)) > \(shellWord(path))
        """,
      ansible: """
        ansible.builtin.copy:
          dest: \(yamlText(path))
          mode: "0644"
          content: \(yamlText("[\(section)]\n\(setting)\n"))
        """)
  }
}
