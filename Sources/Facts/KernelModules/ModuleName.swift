/// Names of kernel modules; `-` and `_` are the same in them (modprobe.d(5)).
enum ModuleName {
  /// The name with underscores. What stands in brackets is a pattern and stays (libkmod's `underscores()`).
  static func normal(_ name: some StringProtocol) -> String {
    var depth = 0
    return String(
      name.map { character -> Character in
        if character == "[" { depth += 1 } else if character == "]" { depth = 0 }
        return character == "-" && depth == 0 ? "_" : character
      })
  }

  /// The name of the module in a file such as `kernel/fs/cramfs/cramfs.ko.xz`; nil for other files.
  static func ofFile(_ path: some StringProtocol) -> String? {
    guard let file = path.split(separator: "/").last, let end = file.firstRange(of: ".ko")?.lowerBound,
      end != file.startIndex, ["", ".xz", ".gz", ".zst"].contains(file[end...].dropFirst(3))
    else { return nil }
    return normal(file[..<end])
  }
}
