import DiskImages
import Evidence

/// Dovecot: `ssl`, `ssl_min_protocol` and whether passwords are taken in clear, of each protocol (2.3: doc "SSL
/// configuration"; 2.4: auth_allow_cleartext). Defaults by `doveconf -d` of 2.3.19: ssl = yes, ssl_min_protocol =
/// TLSv1.2, disable_plaintext_auth = yes.
///
/// What stands in `local ADDRESS { … }` and `local_name HOST { … }` is an end of its own, for who connects there; it
/// counts before the protocol's block (`doveconf -f protocol=imap -f local=ADDRESS`).
///
/// ssl_curve_list takes the place of the library's groups. Without ssl_dh (2.4: ssl_server_dh_file) there is no DHE.
enum DovecotTLS: TLSService {
  static let name = "dovecot"
  static let units = ["dovecot.service", "dovecot.socket"]
  static let needs: [ContentNeed] = [
    "/etc/dovecot/**", "/usr/share/dovecot/protocols.d/*.protocol",
  ]
  private static let packages = ["dovecot-core", "dovecot"]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    var reader = Reader(evidence: context.evidence)
    guard try context.evidence.entry(at: "/etc/dovecot/dovecot.conf") != nil else { return [] }
    try reader.read("/etc/dovecot/dovecot.conf", depth: 0)
    let listen = reader.value("listen", [[]])?.value ?? "*, ::"
    let isOpen = !listen.split { $0 == "," || $0 == " " }.allSatisfy { Listener.isLoopback(String($0)) }
    return reader.protocols.sorted().flatMap { name -> [TLSEndpoint] in
      guard let ports = usual[name] else { return [] }
      let places = [nil] + reader.places(of: name)
      return ports.flatMap { port in
        places.compactMap { endpoint(port, name, $0, isOpen, reader, context) }
      }
    }
  }

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = Reader(evidence: evidence)
    try? reader.read("/etc/dovecot/dovecot.conf", depth: 0)
    return reader.all(["ssl_dh", "ssl_server_dh_file"]).prefix(100).map {
      ContentNeed(String($0.drop { $0 == "<" }))
    }
  }

  private typealias Port = (listener: String, number: Int, isTLS: Bool)

  private static let usual: [String: [Port]] = [
    "imap": [("imap", 143, false), ("imaps", 993, true)],
    "pop3": [("pop3", 110, false), ("pop3s", 995, true)],
    "submission": [("submission", 587, false), ("submissions", 465, true)],
    "lmtp": [], "sieve": [("sieve", 4190, false)],
  ]

  private static func endpoint(
    _ port: Port, _ name: String, _ place: String?, _ isOpen: Bool, _ reader: Reader, _ context: TLSContext
  ) -> TLSEndpoint? {
    let service = name == "sieve" ? "managesieve-login" : "\(name)-login"
    let listener = ["service \(service)", "inet_listener \(port.listener)"]
    let number = reader.exact("port", listener).flatMap { Int($0.value) } ?? port.number
    if number == 0 { return nil }
    // Dovecot 2.4 does not open the port of `submissions` unless somebody writes the listener.
    let scope = (place.map { [[$0, "protocol \(name)"], [$0]] } ?? []) + [["protocol \(name)"], []]
    let source = Origin.compiledDefault("doveconf -d: ssl = yes")
    let ssl = reader.value("ssl", scope) ?? Effective("yes", origin: source)
    let ownTLS = reader.exact("ssl", listener)?.value.lowercased()
    let isTLS = ownTLS.map { $0 == "yes" } ?? port.isTLS
    let mode = ssl.value.lowercased()
    if isTLS, mode == "no" { return nil }
    let use: TLSUse = isTLS || mode == "required" ? .required : mode == "no" ? .none : .optional
    var end = TLSEndpoint(
      "dovecot", port.listener + (place.map { " \($0)" } ?? ""),
      onNetwork: isOpen && !isLocal(reader, listener),
      use: Effective(use, origin: ssl.origin, shadowed: ssl.shadowed.map { shadow($0) }))
    if end.speaksTLS {
      end.take(offer(scope, place, reader, context))
      end.certificate = reader.value("ssl_cert", scope) ?? reader.value("ssl_server_cert_file", scope)
      end.key = reader.value("ssl_key", scope) ?? reader.value("ssl_server_key_file", scope)
    }
    end.secretsInClear = secrets(use, reader, scope)
    return end
  }

  /// Version and group are agreed on before the client's name is looked at, so a `local_name` block changes the suites
  /// and the parameters for DHE alone (tried on 2.3.19 and 2.4.1).
  private static func offer(
    _ scope: [[String]], _ place: String?, _ reader: Reader, _ context: TLSContext
  ) -> TLSOffer {
    let own = ciphers(reader, scope)
    var exchange = exchange(reader, scope, context)
    guard place?.hasPrefix("local_name ") == true else {
      return context.openSSL.offer(versions(reader, scope, context), ciphers: own, exchange: exchange)
    }
    let outside = Array(scope.suffix(2))
    let asked = versions(reader, outside, context)
    let outer = Self.exchange(reader, outside, context)
    let gate = context.openSSL.offer(asked, ciphers: ciphers(reader, outside), exchange: outer)
    exchange.groups = outer.groups
    var offer = context.openSSL.offer(
      gate.protocols.effective ?? asked, ciphers: own, exchange: exchange)
    offer.refused = offer.refused ?? gate.refused
    return offer
  }

  private static func versions(
    _ reader: Reader, _ scope: [[String]], _ context: TLSContext
  ) -> Effective<Set<TLSVersion>> {
    guard let set = reader.value("ssl_min_protocol", scope) else { return compiled(reader, scope, context) }
    // Tried on 2.4.1: LATEST leaves TLS 1.2 on.
    let latest: TLSVersion = context.isAtLeast([2, 4], packages) == true ? .tls12 : .tls13
    return Effective(
      versions(set.value, latest), origin: set.origin,
      shadowed: set.shadowed.map { .init(value: versions($0.value, latest), origin: $0.origin) })
  }

  private static func exchange(
    _ reader: Reader, _ scope: [[String]], _ context: TLSContext
  ) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    if let list = reader.value("ssl_curve_list", scope), !list.value.isEmpty {
      exchange.groups = context.openSSL.choice(list)
    }
    if var file = reader.value("ssl_dh", scope) ?? reader.value("ssl_server_dh_file", scope),
      !file.value.isEmpty
    {
      file.value = String(file.value.drop { $0 == "<" })
      // A file without content is as good as no setting.
      let isEmpty = (try? context.parameterFiles.file(at: file.value))?.isEmpty == true
      exchange.parameters = isEmpty ? .notSet : context.parameters(file)
    }
    return exchange
  }

  private static func isLocal(_ reader: Reader, _ listener: [String]) -> Bool {
    guard let address = reader.exact("address", listener) ?? reader.exact("listen", listener) else {
      return false
    }
    return address.value.split { $0 == "," || $0 == " " }.allSatisfy { Listener.isLoopback(String($0)) }
  }

  private static func shadow(_ item: Effective<String>.Candidate) -> Effective<TLSUse>.Candidate {
    let use: TLSUse = ["required": .required, "no": .none][item.value.lowercased()] ?? .optional
    return .init(value: use, origin: item.origin)
  }

  /// `ANY` is every version that the library takes.
  private static func versions(_ text: String, _ latest: TLSVersion) -> Set<TLSVersion> {
    switch text.uppercased() {
    case "ANY": TLSVersion.range(from: nil)
    case "LATEST": TLSVersion.range(from: latest)
    default: TLSVersion.range(from: TLSVersion(text) ?? .tls12)
    }
  }

  private static func compiled(_ reader: Reader, _ scope: [[String]], _ context: TLSContext) -> Effective<
    Set<TLSVersion>
  > {
    if let old = reader.value("ssl_protocols", scope) {
      let off = old.value.split(separator: " ").filter { $0.hasPrefix("!") }.compactMap {
        TLSVersion($0.dropFirst())
      }
      return Effective(TLSVersion.range(from: .tls10).subtracting(off), origin: old.origin)
    }
    let isOld = context.isAtLeast([2, 3, 15], packages) == false
    return Effective(
      TLSVersion.range(from: isOld ? .tls10 : .tls12),
      origin: .compiledDefault("doveconf -d: ssl_min_protocol = \(isOld ? "TLSv1" : "TLSv1.2")"))
  }

  private static func ciphers(_ reader: Reader, _ scope: [[String]]) -> Effective<String> {
    reader.value("ssl_cipher_list", scope)
      ?? Effective(
        "ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW@STRENGTH",
        origin: .compiledDefault("doveconf -d: ssl_cipher_list"))
  }

  private static func secrets(_ use: TLSUse, _ reader: Reader, _ scope: [[String]]) -> Effective<Bool> {
    if let new = reader.value("auth_allow_cleartext", scope) {
      return Effective(new.value.lowercased() == "yes" && use != .required, origin: new.origin)
    }
    guard let old = reader.value("disable_plaintext_auth", scope) else {
      return Effective(false, origin: .compiledDefault("doveconf -d: disable_plaintext_auth = yes"))
    }
    return Effective(
      old.value.lowercased() == "no" && use != .required, origin: old.origin,
      shadowed: old.shadowed.map { .init(value: $0.value.lowercased() == "no", origin: $0.origin) })
  }

  /// Settings by the blocks around them; the last counts, and one in a block before one outside.
  private struct Reader {
    let evidence: Evidence
    private var values: [[String]: [String: Effective<String>]] = [:]
    private(set) var protocols: Set<String> = []
    private var open: [String] = []
    private var budget = ReadBudget(files: 500)

    init(evidence: Evidence) { self.evidence = evidence }

    func exact(_ key: String, _ scope: [String]) -> Effective<String>? { values[scope]?[key] }

    /// The value of the first block that has one, with what the others say.
    func value(_ key: String, _ scopes: [[String]]) -> Effective<String>? {
      let all = scopes.compactMap { values[$0]?[key] }
      guard var own = all.first else { return nil }
      own.shadowed += all.dropFirst().map { .init(value: $0.value, origin: $0.origin) }
      return own
    }

    /// `local …` and `local_name …` blocks that set something of TLS or passwords for a protocol.
    func places(of name: String) -> [String] {
      let found = values.filter { scope, settings in
        guard let first = scope.first, first.hasPrefix("local ") || first.hasPrefix("local_name ") else {
          return false
        }
        let isOfProtocol = scope.count == 1 || scope.count == 2 && scope[1] == "protocol \(name)"
        return isOfProtocol
          && settings.keys.contains {
            $0.hasPrefix("ssl") || ["auth_allow_cleartext", "disable_plaintext_auth"].contains($0)
          }
      }
      return Set(found.keys.map { $0[0] }).sorted().prefix(1000).map(\.self)
    }

    /// Every value of some keys.
    func all(_ keys: [String]) -> [String] {
      values.values.flatMap { place in keys.compactMap { place[$0]?.value } }.sorted()
    }

    mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
      for entry in try evidence.entries(matching: GlobPattern(path)) {
        guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else {
          continue
        }
        let text = try evidence.text(of: entry)
        guard budget.spend(text) else { throw EvidenceGap(path: path, reason: "too much is included") }
        let outside = open
        for line in Self.continued(text) { try take(line, entry.path, depth) }
        open = outside
      }
    }

    /// A backslash at the end of a line continues it.
    private static func continued(_ file: TextFile) -> [ConfigurationLine] {
      var whole = file
      whole.lines = []
      var isOpen = false
      for line in file.lines {
        let continues = line.text.last == "\\"
        let text = continues ? String(line.text.dropLast()) : line.text
        if isOpen, let last = whole.lines.indices.last, whole.lines[last].text.utf8.count < 1 << 16 {
          whole.lines[last].text += " " + text
        } else {
          whole.lines.append(line)
          whole.lines[whole.lines.count - 1].text = text
        }
        isOpen = continues
      }
      return ConfigurationLine.read(whole)
    }

    private mutating func take(_ line: ConfigurationLine, _ path: String, _ depth: Int) throws(EvidenceGap) {
      let first = line.words[0]
      if first == "!include" || first == "!include_try", line.words.count > 1 {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let target = line.words[1]
        try read(target.hasPrefix("/") ? target : "\(folder)/\(target)", depth: depth + 1)
      } else if line.text.last == "}", line.text.contains("{") {
        // A block in one line: `inet_listener imap { port = 0 }`.
        let parts = line.text.dropLast().split(separator: "{", maxSplits: 1)
        guard parts.count == 2 else { return }
        set(String(parts[1].trimmingBlanks()), line.origin, in: open + [Self.words(parts[0])])
      } else if line.text.last == "{" {
        guard open.count < 32 else { throw EvidenceGap(path: path, reason: "blocks too deep in each other") }
        open.append(Self.words(line.text.dropLast()))
      } else if line.text.first == "}" {
        if !open.isEmpty { open.removeLast() }
      } else {
        set(line.text, line.origin, in: open)
      }
    }

    private static func words(_ text: some StringProtocol) -> String {
      text.split { $0 == "\"" || $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    private mutating func set(_ text: String, _ origin: Origin, in scope: [String]) {
      guard let equals = text.firstIndex(of: "=") else { return }
      let key = String(text[..<equals].trimmingBlanks())
      var value = String(text[text.index(after: equals)...].trimmingBlanks())
      if let comment = value.range(of: " #") { value = String(value[..<comment.lowerBound].trimmingBlanks()) }
      value = value.filter { $0 != "\"" }
      if key == "protocols", scope.isEmpty {
        let words = value.split(separator: " ").map(String.init)
        protocols = words.contains("$protocols") ? protocols.union(words) : Set(words)
        protocols.remove("$protocols")
      } else if scope == ["protocols"] {
        // 2.4: `protocols { imap = yes }`.
        if value.lowercased() == "yes" { protocols.insert(key) } else { protocols.remove(key) }
      }
      // `protocol !pop3 { … }` holds for all the others.
      if scope.count == 1, scope[0].hasPrefix("protocol !") {
        let others = usual.keys.filter { $0 != scope[0].dropFirst(10) }
        for name in others { keep(value, of: key, in: ["protocol \(name)"], origin) }
      } else {
        keep(value, of: key, in: scope, origin)
      }
    }

    private mutating func keep(_ value: String, of key: String, in scope: [String], _ origin: Origin) {
      let old = values[scope]?[key]
      let shadowed =
        old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
      values[scope, default: [:]][key] = Effective(value, origin: origin, shadowed: Array(shadowed.prefix(8)))
    }
  }
}
