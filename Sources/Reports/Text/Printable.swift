import DiskImages

/// Text from a guest or a file in a form that a terminal shows and does not obey: a tab becomes a blank, what
/// `isUnsafeToPrint` names becomes `\xNN` or `\u{NNNN}`. Backslashes stay: paths are escaped already. What a runner of
/// GitHub Actions would obey in the log loses its effect.
///
/// - Parameter limit: longest result in characters; what is longer ends in `...`.
package func printable(_ text: String, limit: Int = .max) -> String {
  var result = text
  if text.unicodeScalars.contains(where: isUnsafeToPrint) {
    var scalars = "".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        scalars.append(" ")
      } else if scalar == "\n" {
        scalars.append(contentsOf: "\\n".unicodeScalars)
      } else if isUnsafeToPrint(scalar) {
        scalars.append(contentsOf: escaped(scalar).unicodeScalars)
      } else {
        scalars.append(scalar)
      }
    }
    result = String(scalars)
  }
  result = withoutWorkflowCommands(result)
  guard limit < .max, result.count > limit else { return result }
  return String(result.prefix(max(0, limit - 3))) + "..."
}

/// The runner obeys `::command` at the start of a line and `##[command]` anywhere (actions/runner, ActionCommand.cs). Only
/// its own words are changed: `::1` and `File::Spec` stay.
private func withoutWorkflowCommands(_ text: String) -> String {
  var last: UInt8 = 0
  let isSuspect = text.utf8.contains { byte in
    defer { last = byte }
    return byte == last && (byte == UInt8(ascii: ":") || byte == UInt8(ascii: "#"))
  }
  guard isSuspect else { return text }
  return text.replacing("##[", with: "##\\x5b").replacing(
    /::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning)\b)/
      .ignoresCase(), with: ":\\x3a")
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  let digits = String(scalar.value, radix: 16)
  return scalar.value < 0x100 ? "\\x" + (digits.count == 1 ? "0" : "") + digits : "\\u{\(digits)}"
}

/// Like `printable`, with the lines kept.
package func printableLines(_ text: String) -> String {
  text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { printable(String($0)) }
    .joined(separator: "\n")
}

extension String {
  /// With code points replaced. A format's own characters are looked for as its readers do: a combining mark behind one
  /// of them makes it part of another `Character`, and hides it from nobody else.
  package func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = "".unicodeScalars
    for scalar in unicodeScalars {
      if let text = replacement(scalar) {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
