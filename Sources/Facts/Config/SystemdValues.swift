/// Values as systemd's daemons read them.
public enum SystemdValues {
  /// A truth value (systemd.syntax(7)); nil if it is none.
  public static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "yes", "y", "true", "t", "on": true
    case "0", "no", "n", "false", "f", "off": false
    default: nil
    }
  }

  /// A time span in seconds, rounded down (systemd.time(7)); a number alone is seconds. Nil if it is none.
  public static func seconds(_ text: String) -> Int? {
    if text == "infinity" { return Int.max }
    var total = 0.0
    var rest = Substring(text.trimmingBlanks())
    if rest.isEmpty { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count).trimmingBlanks()
      let unit = rest.prefix { $0.isLetter || $0 == "µ" }
      guard let factor = units[String(unit)] else { return nil }
      total += number * factor
      rest = rest.dropFirst(unit.count).trimmingBlanks()
    }
    return total < 1e15 ? Int(total) : nil
  }

  private static let units: [String: Double] = {
    var units: [String: Double] = [:]
    let names: [([String], Double)] = [
      (["usec", "us", "µs", "μs"], 1e-6), (["msec", "ms"], 1e-3), (["", "seconds", "second", "sec", "s"], 1),
      (["minutes", "minute", "min", "m"], 60), (["hours", "hour", "hr", "h"], 3600),
      (["days", "day", "d"], 86_400), (["weeks", "week", "w"], 604_800),
      (["months", "month", "M"], 2_629_800), (["years", "year", "y"], 31_557_600),
    ]
    for (spellings, factor) in names { for spelling in spellings { units[spelling] = factor } }
    return units
  }()

  /// A size in bytes with K, M, G, T, P or E to the base of 1024; nil if it is none.
  public static func bytes(_ text: String) -> Int? {
    let text = text.trimmingBlanks()
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits) else { return nil }
    let suffix = text.dropFirst(digits.count).trimmingBlanks()
    guard let power = ["", "K", "M", "G", "T", "P", "E"].firstIndex(of: suffix == "B" ? "" : suffix) else {
      return nil
    }
    var value = number
    for _ in 0..<power { value *= 1024 }
    return value < 9e18 ? Int(value) : nil
  }
}
