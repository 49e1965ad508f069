/// One condition of an audit rule: `-F name op value` or `-C field op field` (auditctl(8)).
public struct AuditField: Sendable, Hashable, CustomStringConvertible {
  /// How the kernel compares.
  public enum Operator: String, Sendable, Hashable {
    case equal = "=", notEqual = "!="
    case less = "<", atMost = "<=", greater = ">", atLeast = ">="
    case anyBit = "&", allBits = "&="
  }

  /// What is compared with.
  public enum Value: Sendable, Hashable {
    /// The kernel compares 32 bits without sign: `-1`, `unset` and 4294967295 are one value.
    case number(UInt32)
    case text(String)
    /// Another field of the same process or object; the pair is kept in alphabetical order.
    case field(String)
  }

  /// auditctl's name; `loginuid` is kept as `auid`.
  public var name: String
  public var `operator`: Operator
  public var value: Value

  /// Describes a condition.
  public init(_ name: String, _ operator: Operator, _ value: Value) {
    self.name = name
    self.operator = `operator`
    self.value = value
  }

  /// As auditctl(8) would take it.
  public var description: String {
    switch value {
    case .number(UInt32.max) where Self.users.contains(name): "\(name)\(`operator`.rawValue)unset"
    case .number(let number) where name == "exit" && number > UInt32(Int32.max):
      "\(name)\(`operator`.rawValue)\(Int32(bitPattern: number))"
    case .number(let number): "\(name)\(`operator`.rawValue)\(number)"
    case .text(let text), .field(let text): "\(name)\(`operator`.rawValue)\(text)"
    }
  }

  static let users: Set<String> = ["auid", "uid", "euid", "suid", "fsuid", "obj_uid"]
  static let groups: Set<String> = ["gid", "egid", "sgid", "fsgid", "obj_gid"]
  static let texts: Set<String> = [
    "obj_user", "obj_role", "obj_type", "obj_lev_low", "obj_lev_high", "subj_user", "subj_role", "subj_type",
    "subj_sen", "subj_clr", "key", "exe", "path", "dir",
  ]
  static let numbers: Set<String> = [
    "pid", "ppid", "pers", "devmajor", "devminor", "inode", "success", "a0", "a1", "a2", "a3", "sessionid",
    "saddr_fam",
  ]
  /// Only for the exit list (libaudit, audit_rule_fieldpair_data).
  static let exitOnly: Set<String> = [
    "exit", "obj_user", "obj_role", "obj_type", "obj_lev_low", "obj_lev_high", "path", "dir", "perm",
    "filetype",
    "devmajor", "devminor", "inode", "success", "ppid",
  ]
  /// The only ones for the exclude list.
  static let excludable: Set<String> = [
    "pid", "uid", "gid", "auid", "msgtype", "subj_user", "subj_role", "subj_type", "subj_sen", "subj_clr",
    "exe",
  ]
}

extension AuditField {
  /// Splits `name op value` at the first operator, two-character ones before others, as libaudit does.
  static func split(_ text: String) -> (name: String, operator: Operator, value: String)? {
    for candidate in ["!=", ">=", "<=", "&=", "=", ">", "<", "&"] {
      guard let range = text.firstRange(of: candidate), let found = Operator(rawValue: candidate) else {
        continue
      }
      return (String(text[..<range.lowerBound]), found, String(text[range.upperBound...]))
    }
    return nil
  }

  /// A number as strtoul(3) with base 0 reads it from the start of the text, cut to 32 bits.
  static func number(_ text: some StringProtocol) -> UInt32? {
    var digits = Substring(text)
    let isNegative = digits.hasPrefix("-")
    if isNegative { digits.removeFirst() }
    guard let first = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return nil
    }
    var radix = 10
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      radix = 16
      digits = digits.dropFirst(2)
    } else if digits.hasPrefix("0") {
      radix = 8
    }
    let valid = digits.prefix { $0.hexDigitValue.map { $0 < radix } ?? false }
    guard let value = valid.isEmpty ? 0 : UInt64(valid, radix: radix) else { return UInt32.max }
    let cut = UInt32(truncatingIfNeeded: value)
    return isNegative ? 0 &- cut : cut
  }
}
