/// Command line options as getopt_long(3) gives them to auditctl.
struct AuditctlOptions {
  enum Option: Hashable {
    /// A one-letter option, its argument empty if it takes none.
    case short(Character, String)
    case long(String, String)
  }

  private(set) var options: [Option] = []
  /// Words that are no options; auditctl refuses a line with any.
  private(set) var strays = 0
  /// Why reading stopped: an unknown option or a missing argument. What came before it has been done.
  private(set) var error: AuditctlError?
  /// Words on the line.
  let count: Int

  private static let withArgument: Set<Character> = [
    "C", "e", "f", "r", "b", "a", "A", "d", "S", "F", "m", "R", "w", "W", "k", "p", "q",
  ]
  private static let withoutArgument: Set<Character> = ["h", "i", "c", "s", "l", "D", "v", "t"]
  private static let longOptions: [(name: String, takesArgument: Bool)] = [
    ("loginuid-immutable", false), ("backlog_wait_time", true), ("reset-lost", false),
    ("reset_backlog_wait_time_actual", false), ("signal", true),
  ]

  init(_ words: [String]) {
    count = words.count
    var index = 0
    while index < words.count, error == nil {
      let word = words[index]
      index += 1
      if word == "--" {
        strays += words.count - index
        return
      }
      if word.hasPrefix("--") {
        readLong(word.dropFirst(2), words, &index)
      } else if word.hasPrefix("-"), word != "-" {
        readCluster(word.dropFirst(), words, &index)
      } else {
        strays += 1
      }
    }
  }

  private mutating func readCluster(_ cluster: Substring, _ words: [String], _ index: inout Int) {
    var rest = cluster
    while let letter = rest.popFirst() {
      if Self.withoutArgument.contains(letter) {
        options.append(.short(letter, ""))
      } else if Self.withArgument.contains(letter) {
        guard let argument = argument(rest.isEmpty ? nil : String(rest), words, &index) else {
          error = AuditctlError("-\(letter) needs a value")
          return
        }
        options.append(.short(letter, argument))
        return
      } else {
        error = AuditctlError("-\(letter) is not an option of auditctl")
        return
      }
    }
  }

  private mutating func readLong(_ text: Substring, _ words: [String], _ index: inout Int) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    var found = Self.longOptions.filter { $0.name == name }
    if found.isEmpty { found = Self.longOptions.filter { $0.name.hasPrefix(name) } }
    guard found.count == 1, let option = found.first else {
      error = AuditctlError("--\(name) is not an option of auditctl")
      return
    }
    var value = ""
    if option.takesArgument {
      guard let argument = argument(parts.count > 1 ? String(parts[1]) : nil, words, &index) else {
        error = AuditctlError("--\(option.name) needs a value")
        return
      }
      value = argument
    } else if parts.count > 1 {
      error = AuditctlError("--\(option.name) takes no value")
      return
    }
    options.append(.long(option.name, value))
  }

  private func argument(_ attached: String?, _ words: [String], _ index: inout Int) -> String? {
    if let attached { return attached }
    guard index < words.count else { return nil }
    index += 1
    return words[index - 1]
  }
}
