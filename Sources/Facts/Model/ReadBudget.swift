import Evidence

/// Bounds what following includes costs: files that include each other can be read any number of times.
struct ReadBudget: Sendable {
  private var bytes: Int
  private var files: Int

  /// By default far more than any real configuration: 4 MiB in 10 000 readings.
  init(bytes: Int = 4 << 20, files: Int = 10_000) {
    self.bytes = bytes
    self.files = files
  }

  /// Pays for a file; false if the budget is used up.
  mutating func spend(_ file: TextFile) -> Bool {
    files -= 1
    for line in file.lines { bytes -= line.text.utf8.count + 1 }
    return files >= 0 && bytes >= 0
  }
}
