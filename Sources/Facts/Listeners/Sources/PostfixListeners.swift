import DiskImages
import Evidence

/// Postfix: the inet services of master.cf on the addresses of inet_interfaces, which is `all` where main.cf does
/// not say (postconf(5), master(5)). Without a main.cf it does not start.
enum PostfixListeners: ListenerSource {
  static let daemon = "postfix"
  static let units = ["postfix.service", "postfix@.service"]
  static let needs: [ContentNeed] = ["/etc/postfix/main.cf", "/etc/postfix/master.cf"] + ServiceNames.needs

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    guard let main = try context.evidence.text(at: "/etc/postfix/main.cf") else { return [] }
    let settings = PostfixSettings(main)
    let interfaces =
      settings.value("inet_interfaces")
      ?? Effective("all", origin: .compiledDefault("postconf(5), inet_interfaces"))
    let names = try ServiceNames(context.evidence)
    var sockets: [ListenerContext.Socket] = []
    for line in try context.lines("/etc/postfix/master.cf")
    where line.words.count >= 8 && line.words[1] == "inet" {
      let service = line.words[0]
      if let colon = service.lastIndex(of: ":") {
        let host = service[..<colon].filter { $0 != "[" && $0 != "]" }
        sockets.append(
          .init(
            transport: "tcp", address: SocketAddress(address: host, port: nil).address,
            port: try names.port(String(service[service.index(after: colon)...])), origin: line.origin))
        continue
      }
      let port = try names.port(service)
      sockets += addresses(interfaces.value).map {
        .init(transport: "tcp", address: $0, port: port, origin: interfaces.origin)
      }
    }
    return sockets
  }

  private static func addresses(_ value: String) -> [String] {
    let words = value.split { $0 == "," || $0 == " " }.map { $0.filter { $0 != "[" && $0 != "]" } }
    if words.contains("all") { return ["*"] }
    return words.map { $0 == "loopback-only" ? "localhost" : $0 }
  }
}

/// Parameters of main.cf: the last assignment counts, lines that start with a blank continue, `$name` stands for
/// another (postconf(5)).
public struct PostfixSettings: Sendable {
  private var values: [String: Effective<String>] = [:]

  init(_ file: TextFile) {
    var current: (name: String, text: String, line: Int)?
    func close(_ values: inout [String: Effective<String>]) {
      guard let done = current else { return }
      let origin = Origin(
        path: file.path, line: done.line, kind: .explicit, text: "\(done.name) = \(done.text)")
      let old = values[done.name]
      values[done.name] = Effective(
        done.text, origin: origin, shadowed: old.map { [.init(value: $0.value, origin: $0.origin)] } ?? [])
    }
    for line in file.lines {
      if line.text.first == "#" || line.text.trimmingBlanks().isEmpty { continue }
      if line.text.first == " " || line.text.first == "\t" {
        current?.text += " " + line.text.trimmingBlanks()
        continue
      }
      close(&values)
      let parts = line.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      current =
        parts.count == 2
        ? (String(parts[0].trimmingBlanks()), String(parts[1].trimmingBlanks()), line.number) : nil
    }
    close(&values)
  }

  /// The value of a parameter with the parameters that it names filled in; nil where main.cf does not set it.
  public func value(_ name: String) -> Effective<String>? {
    guard var effective = values[name] else { return nil }
    for _ in 0..<8 {
      guard let dollar = effective.value.firstIndex(of: "$") else { break }
      let rest = effective.value[effective.value.index(after: dollar)...]
      let bare = rest.drop { $0 == "{" || $0 == "(" }
      let other = bare.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      var end = other.endIndex
      let isBraced = bare.startIndex != rest.startIndex && end < effective.value.endIndex
      if isBraced, !"?:".contains(effective.value[end]) { end = effective.value.index(after: end) }
      var own = values[String(other)]?.value ?? Self.compiled[other] ?? ""
      if let (choice, after) = Self.choice(effective.value[end...], isSet: !own.isEmpty) {
        (own, end) = (choice, after)
      }
      let filled = effective.value[..<dollar] + own + effective.value[end...]
      guard filled.utf8.count < 1 << 16 else { break }
      effective.value = String(filled)
    }
    // Parameters that name each other stand for nothing; Postfix refuses them.
    if effective.value.contains("$") { effective.value = "" }
    return effective
  }

  /// What folders are named where main.cf does not (postconf -d).
  private static let compiled: [Substring: String] = [
    "config_directory": "/etc/postfix", "data_directory": "/var/lib/postfix",
    "queue_directory": "/var/spool/postfix",
  ]

  /// What follows the name in `${name?text}`, `${name:text}`, `${name?{text}:{text}}` (postconf(5)), and where it
  /// ends; nil where nothing follows.
  private static func choice(_ text: Substring, isSet: Bool) -> (String, String.Index)? {
    guard let sign = text.first, "?:".contains(sign) else { return nil }
    var branches: [Character: Substring] = [:]
    var rest = text
    while let sign = rest.first, "?:".contains(sign), branches[sign] == nil {
      rest = rest.dropFirst()
      guard let end = closing(rest.first == "{" ? rest.dropFirst() : rest) else { return nil }
      if rest.first == "{" {
        branches[sign] = rest.dropFirst()[..<end]
        rest = rest[rest.index(after: end)...]
      } else {
        branches[sign] = rest[..<end]
        rest = rest[end...]
      }
    }
    guard rest.first == "}" || rest.first == ")" else { return nil }
    return (String((branches[isSet ? "?" : ":"] ?? "").trimmingBlanks()), rest.index(after: rest.startIndex))
  }

  /// Where the brace that is open around a text closes.
  private static func closing(_ text: Substring) -> String.Index? {
    var depth = 0
    for index in text.indices.prefix(1 << 16) {
      switch text[index] {
      case "{", "(": depth += 1
      case "}", ")":
        if depth == 0 { return index }
        depth -= 1
      default: continue
      }
    }
    return nil
  }
}
