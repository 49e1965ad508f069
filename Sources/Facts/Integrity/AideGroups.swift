/// Named sets of attributes in AIDE's configuration (aide.conf(5), "GROUPS" and "ATTRIBUTES").
struct AideGroups {
  private static let hashes: Set<String> = [
    "md5", "sha1", "sha256", "sha512", "rmd160", "tiger", "haval", "crc32", "crc32b", "gost", "whirlpool",
    "stribog256", "stribog512", "sha512_256", "sha3_256", "sha3_512",
  ]
  private static let extended: Set<String> = ["acl", "selinux", "xattrs", "e2fsattrs", "caps"]
  private static let common: Set<String> = ["p", "ftype", "i", "l", "n", "u", "g"]
  private static let single: Set<String> = [
    "ftype", "p", "i", "l", "n", "u", "g", "s", "b", "m", "a", "c", "S", "I", "growing", "compressed", "ANF",
    "ARF",
    "fstype",
  ]

  /// All that a name stands for. `X` and `H` hold what the distributions compile in.
  private var groups: [String: Set<String>] = [
    "R": common.union(["s", "m", "c", "md5"]).union(extended), "L": common.union(extended),
    ">": common.union(["s", "growing"]).union(extended), "H": hashes, "X": extended, "E": [],
  ]

  /// Names in lower case with an underscore, and a few others, are options and no groups.
  static func isOption(_ name: String) -> Bool {
    name.contains("_")
      || [
        "database", "verbose", "gzip_dbout", "root_prefix", "warn_dead_symlinks", "config_version",
        "ignore_list",
        "summarize_changes", "grouped", "syslog_format", "num_workers", "limit",
      ].contains(name)
  }

  /// Defines a group; false if the expression names something unknown.
  mutating func define(_ name: String, _ expression: String) -> Bool {
    guard groups.count < 10_000, let attributes = attributes(expression.filter { $0 != " " && $0 != "\t" })
    else {
      return false
    }
    groups[name] = attributes
    return true
  }

  /// What an expression such as `Full-m+acl` stands for; nil if it names something unknown.
  func attributes(_ expression: String) -> Set<String>? {
    var result: Set<String> = []
    var name = ""
    var isAdding = true
    for character in expression + "+" {
      guard character == "+" || character == "-" else {
        name.append(character)
        continue
      }
      guard let part = members(of: name) else { return nil }
      result = isAdding ? result.union(part) : result.subtracting(part)
      name = ""
      isAdding = character == "+"
    }
    return result
  }

  private func members(of name: String) -> Set<String>? {
    if let group = groups[name] { return group }
    if Self.single.contains(name) || Self.hashes.contains(name) || Self.extended.contains(name) {
      return [name]
    }
    return nil
  }
}
