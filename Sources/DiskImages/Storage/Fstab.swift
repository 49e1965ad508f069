/// One line of fstab(5).
public struct FstabEntry: Hashable, Sendable {
  /// `fs_spec`: device, `UUID=…`, `LABEL=…` or a word such as `tmpfs`.
  public var source: String
  /// `fs_file`: absolute path, or `none` for swap.
  public var target: String
  public var type: String
  public var options: [String]
  public var frequency: Int
  public var pass: Int
  /// Counted from 1.
  public var line: Int
  /// The line as it stands.
  public var text: String

  /// The value of an option `name=value`; nil if it is not given.
  public func option(_ name: String) -> String? {
    options.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }
}

/// A line that is not one of fstab(5).
public struct FstabProblem: Hashable, Sendable {
  public var line: Int
  public var text: String
}

/// Reads fstab(5) as getmntent(3) and libmount do: fields apart by blanks, `\040` octal escapes, the last two
/// fields optional.
public func parseFstab(_ bytes: [UInt8]) -> (entries: [FstabEntry], problems: [FstabProblem]) {
  var entries: [FstabEntry] = []
  var problems: [FstabProblem] = []
  var number = 0
  for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    number += 1
    let fields = line.split {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
    }
    guard let first = fields.first, first.first != UInt8(ascii: "#") else { continue }
    let text = String(decoding: line, as: UTF8.self)
    guard fields.count >= 3, entries.count < 4096 else {
      problems.append(FstabProblem(line: number, text: text))
      continue
    }
    let decoded = fields.prefix(6).map(unescapeOctal)
    var target = decoded[1]
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    entries.append(
      FstabEntry(
        source: decoded[0], target: target, type: decoded[2],
        options: decoded.count > 3
          ? decoded[3].split(separator: ",").map(String.init) : ["defaults"],
        frequency: decoded.count > 4 ? Int(decoded[4]) ?? 0 : 0,
        pass: decoded.count > 5 ? Int(decoded[5]) ?? 0 : 0, line: number, text: text))
  }
  return (entries, problems)
}

/// Replaces `\040` and its like, the only escapes that getmntent(3) knows.
private func unescapeOctal(_ field: ArraySlice<UInt8>) -> String {
  var result: [UInt8] = []
  var rest = field
  while let byte = rest.popFirst() {
    let digits = rest.prefix(3)
    if byte == UInt8(ascii: "\\"), digits.count == 3,
      let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
    {
      result.append(value)
      rest = rest.dropFirst(3)
    } else {
      result.append(byte)
    }
  }
  return String(decoding: result, as: UTF8.self)
}
