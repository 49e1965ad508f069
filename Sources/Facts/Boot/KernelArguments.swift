/// A kernel command line, taken apart as the kernel does (Linux, lib/cmdline.c `next_arg`, kernel/params.c
/// `parse_args`).
public struct KernelArguments: Sendable, Hashable {
  public struct Argument: Sendable, Hashable {
    /// As written.
    public var name: String
    /// Nil for an argument without `=`.
    public var value: String?
  }

  /// In their order, up to a `--`, behind which arguments are the init program's.
  public let arguments: [Argument]

  /// Blanks within double quotes do not part arguments; the quotes are dropped.
  public init(_ line: String) {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in line.prefix(65536) {
      if character == "\"" {
        isQuoted.toggle()
      } else if character.isWhitespace, !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    arguments = words.prefix { $0 != "--" }.map { word in
      guard let equals = word.firstIndex(of: "=") else { return Argument(name: word, value: nil) }
      return Argument(name: String(word[..<equals]), value: String(word[word.index(after: equals)...]))
    }
  }

  /// The arguments of one command line before those of another.
  init(_ first: KernelArguments, followedBy second: KernelArguments) {
    arguments = first.arguments + second.arguments
  }

  /// All arguments of the name; the kernel takes `-` and `_` for the same (`parameqn`).
  public func all(_ name: String) -> [Argument] {
    let wanted = name.replacing("-", with: "_")
    return arguments.filter { $0.name.replacing("-", with: "_") == wanted }
  }

  /// What counts of several: each occurrence is handed to its handler in turn, so that the last one stays.
  public func last(_ name: String) -> Argument? { all(name).last }
}
