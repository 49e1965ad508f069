/// GRUB's `test` command (GRUB manual, "test"): alternatives of conjunctions of tests.
struct GrubTest {
  /// True, false, or nil if a word stands for something that only the running GRUB knows.
  let result: Bool?

  /// - Parameter exists: answers `-e`, `-f`, `-d` and `-s` for a file.
  init(_ words: [String], exists: (_ operator: String, _ file: String) -> Bool?) {
    var alternatives: [Bool?] = []
    for alternative in words.split(separator: "-o", omittingEmptySubsequences: false) {
      let terms = alternative.split(separator: "-a", omittingEmptySubsequences: false).map {
        Self.term(Array($0), exists)
      }
      alternatives.append(terms.contains(false) ? false : terms.contains(nil) ? nil : true)
    }
    result = alternatives.contains(true) ? true : alternatives.contains(nil) ? nil : false
  }

  private static func term(
    _ words: [String], _ exists: (_ operator: String, _ file: String) -> Bool?
  ) -> Bool? {
    let negations = words.prefix { $0 == "!" }.count
    let answer = plain(Array(words.dropFirst(negations)), exists)
    return negations % 2 == 0 ? answer : answer.map { !$0 }
  }

  private static func plain(
    _ words: [String], _ exists: (_ operator: String, _ file: String) -> Bool?
  ) -> Bool? {
    switch words.count {
    case 0: return false
    case 1: return isOpen(words[0]) ? nil : !words[0].isEmpty
    case 2:
      switch words[0] {
      case "-z": return isOpen(words[1]) ? nil : words[1].isEmpty
      case "-n": return isOpen(words[1]) ? nil : !words[1].isEmpty
      case "-e", "-f", "-d", "-s": return exists(words[0], words[1])
      default: return nil
      }
    case 3:
      guard !isOpen(words[0]), !isOpen(words[2]) else { return nil }
      return compare(words[0], words[1], words[2])
    default: return nil
    }
  }

  private static func compare(_ left: String, _ operator: String, _ right: String) -> Bool? {
    switch `operator` {
    case "=", "==": return left == right
    case "!=": return left != right
    default: break
    }
    guard let left = Int(left), let right = Int(right) else { return nil }
    switch `operator` {
    case "-eq": return left == right
    case "-ne": return left != right
    case "-lt": return left < right
    case "-le": return left <= right
    case "-gt": return left > right
    case "-ge": return left >= right
    default: return nil
    }
  }

  private static func isOpen(_ word: String) -> Bool { word.contains("$") }
}
