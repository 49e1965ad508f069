/// What sshd knows of one keyword of its configuration (servconf.c, sshd_config(5)).
public struct SshdKeyword: Sendable, Hashable {
  /// How arguments make a value and which of several lines counts.
  enum Form: Sendable, Hashable {
    /// `yes` or `no`.
    case flag
    /// Words out of a fixed set, with the word by which sshd itself calls each.
    case choice([String: String])
    case integer
    /// Seconds; `2m` and `1h30m` are understood.
    case time
    /// The first word.
    case word
    /// All words of the first line.
    case words
    /// All words of all lines: the first line does not win.
    case appended
    case algorithms(SSHAlgorithms)
    /// `start:rate:full`. The last line wins, other than with all other keywords (`sMaxStartups` assigns
    /// without asking whether there is a value).
    case startups
  }

  /// As the manual writes it.
  public var name: String
  var form: Form
  /// Whether it may stand in a Match block.
  var isMatchable: Bool
  /// The compiled default where it does not depend on the release; empty for none.
  var fallback: String

  /// All keywords, as the manual writes them.
  public static var names: [String] { all.map(\.name) }

  /// The keyword of the given name or of an older name of it; nil if sshd knows none.
  public static func named(_ name: String) -> SshdKeyword? {
    let name = name.lowercased()
    return byName[aliases[name] ?? name]
  }

  /// The value in the form in which values are compared; nil if sshd would refuse it.
  func value(_ arguments: [String], _ version: OpenSSHVersion) -> [String]? {
    guard let first = arguments.first else { return nil }
    switch form {
    case .flag:
      let word = first.lowercased()
      return arguments.count == 1 && (word == "yes" || word == "no") ? [word] : nil
    case .choice(let words):
      return arguments.count == 1 ? words[first.lowercased()].map { [$0] } : nil
    case .integer: return Int(first).map { [String($0)] }
    case .time: return Self.seconds(first).map { [$0] }
    case .word: return [first]
    case .words, .appended: return arguments
    case .algorithms(let family): return family.assemble(first, version)
    case .startups: return Self.startups(first).map { [$0] }
    }
  }

  /// A time such as `90`, `2m` or `1h30m` in seconds; `none` stays (`convtime` in misc.c).
  static func seconds(_ text: String) -> String? {
    if text.lowercased() == "none" { return "none" }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
    var total = 0
    var number = ""
    for character in text {
      if character.isASCII, character.isNumber {
        number.append(character)
        continue
      }
      guard let unit = units[Character(character.lowercased())], let count = Int(number) else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: unit)
      if overflow || product > Int(Int32.max) { return nil }
      total += product
      number = ""
    }
    if !number.isEmpty {
      guard let count = Int(number), count <= Int(Int32.max) else { return nil }
      total += count
    } else if text.isEmpty {
      return nil
    }
    return String(total)
  }

  /// `10` stands for `10:30:10`.
  static func startups(_ text: String) -> String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    if parts.count == 1, let start = parts[0], start > 0 { return "\(start):30:\(start)" }
    guard parts.count == 3, let start = parts[0], let rate = parts[1], let full = parts[2],
      start > 0, start <= full, (1...100).contains(rate)
    else { return nil }
    return "\(start):\(rate):\(full)"
  }

  /// The value without configuration.
  func compiledDefault(_ version: OpenSSHVersion) -> [String] {
    if case .algorithms(let family) = form { return family.compiledDefault(version) }
    return fallback.isEmpty ? [] : fallback.split(separator: " ").map(String.init)
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })

  /// Older names that mean the same.
  private static let aliases = [
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication", "dsaauthentication": "pubkeyauthentication",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "hostbasedacceptedkeytypes": "hostbasedacceptedalgorithms", "keepalive": "tcpkeepalive",
    "hostdsakey": "hostkey", "rsaminsize": "requiredrsasize",
  ]
}
