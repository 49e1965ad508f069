import DiskImages

/// Text from a guest or a file in a form that a terminal shows and does not obey: a tab becomes a blank, what
/// `isUnsafeToPrint` names becomes `\xNN` or `\u{NNNN}`. Backslashes stay: paths are escaped already.
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
  guard limit < .max, result.count > limit else { return result }
  return String(result.prefix(max(0, limit - 3))) + "..."
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
