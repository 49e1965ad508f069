import Evidence

/// GRUB's environment block: `name=value` lines in a file of 1024 bytes, filled up with `#`
/// (grub-core/lib/envblk.c).
enum GrubEnvironment {
  static func parse(_ bytes: [UInt8]) -> [String: String] {
    var variables: [String: String] = [:]
    for line in TextFile(path: "grubenv", bytes: bytes).lines.prefix(1024) where !line.text.hasPrefix("#") {
      guard let equals = line.text.firstIndex(of: "=") else { continue }
      variables[String(line.text[..<equals])] = unescaped(line.text[line.text.index(after: equals)...])
    }
    return variables
  }

  private static func unescaped(_ value: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in value {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
