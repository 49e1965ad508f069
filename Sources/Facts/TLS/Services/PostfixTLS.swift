import DiskImages
import Evidence

/// Postfix: smtpd_tls_* of each service in master.cf with its `-o`, and smtp_tls_* of what it sends (postconf(5)).
///
/// Postfix sets security level 0 (tls_client.c, tls_server.c: "Backwards compatible security as a base for
/// opportunistic TLS") and the lowest version itself, so it takes TLS 1.0 and suites without authentication where
/// nothing else is said. Tried on 3.7.11 with OpenSSL 3.0.19.
///
/// Groups are those of tls_eecdh_auto_curves, and since 3.8 of tls_ffdhe_auto_groups, in place of openssl.cnf's; names that OpenSSL does not know are passed
/// over. Parameters are those of smtpd_tls_dh1024_param_file; of a file that cannot be read those of the program count,
/// of one that OpenSSL refuses none. Since 3.7 with OpenSSL 3 these are the library's choice, since 3.1 they have 2048
/// bits, before that 1024.
enum PostfixTLS: TLSService {
  static let name = "postfix"
  static let units = ["postfix.service", "postfix@.service"]
  static let needs: [ContentNeed] = ["/etc/postfix/main.cf", "/etc/postfix/master.cf"]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let file = try context.evidence.text(at: "/etc/postfix/main.cf") else { return [] }
    let main = PostfixSettings(file)
    let services = try Self.services(context)
    var ends: [TLSEndpoint] = []
    for service in services where service.isListener && service.command == "smtpd" {
      ends.append(server(Settings(main: main, own: service.options), service, context))
    }
    if let client = services.first(where: { $0.command == "smtp" && !$0.isListener && $0.name == "smtp" }) {
      ends.append(sender(Settings(main: main, own: client.options), context))
    }
    return ends
  }

  private struct Service {
    var name: String
    var isListener: Bool
    var command: String
    var options: [String: Effective<String>]
    var origin: Origin
  }

  /// Parameters of main.cf with those that master.cf gives one service.
  struct Settings {
    let main: PostfixSettings
    let own: [String: Effective<String>]

    func value(_ name: String) -> Effective<String>? {
      let general = main.value(name)
      guard var mine = own[name] else { return general }
      if let general { mine.shadowed = [.init(value: general.value, origin: general.origin)] }
      return mine
    }

    func isOn(_ name: String) -> Effective<Bool> {
      guard let set = value(name) else {
        return Effective(false, origin: .compiledDefault("postconf(5), \(name)"))
      }
      return Effective(
        set.value.lowercased() == "yes", origin: set.origin,
        shadowed: set.shadowed.map { .init(value: $0.value.lowercased() == "yes", origin: $0.origin) })
    }

    /// `smtpd_tls_security_level`, or what the two older switches make of it.
    func level(_ prefix: String) -> Effective<String> {
      if let level = value("\(prefix)_tls_security_level"), !level.value.isEmpty {
        return Effective(level.value.lowercased(), origin: level.origin, shadowed: level.shadowed)
      }
      let enforced = isOn("\(prefix)_enforce_tls")
      if enforced.value { return Effective("encrypt", origin: enforced.origin) }
      let used = isOn("\(prefix)_use_tls")
      if used.value { return Effective("may", origin: used.origin) }
      return Effective("none", origin: .compiledDefault("postconf(5), \(prefix)_tls_security_level: empty"))
    }
  }

  /// Lines of master.cf; one that starts with a blank goes on with the line above (master(5)).
  private static func services(_ context: TLSContext) throws(EvidenceGap) -> [Service] {
    guard let file = try context.evidence.text(at: "/etc/postfix/master.cf") else { return [] }
    var logical: [(words: [(String, Origin)], origin: Origin)] = []
    for line in file.lines.prefix(100_000) {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.hasPrefix("#") { continue }
      let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: String(text.prefix(200)))
      let words = words(line.text).map { ($0, origin) }
      if line.text.first == " " || line.text.first == "\t", !logical.isEmpty {
        logical[logical.count - 1].words += words
      } else {
        logical.append((words, origin))
      }
    }
    return logical.compactMap { words, origin in
      guard words.count >= 8 else { return nil }
      var options: [String: Effective<String>] = [:]
      for (position, word) in words.enumerated().dropFirst(8) where words[position - 1].0 == "-o" {
        let parts = word.0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
          options[String(parts[0].trimmingBlanks())] = Effective(
            String(parts[1].trimmingBlanks()), origin: word.1)
        }
      }
      return Service(
        name: words[0].0, isListener: words[1].0 == "inet", command: words[7].0, options: options,
        origin: origin)
    }
  }

  /// Words, and texts in braces as one: `-o { name = value with blanks }`.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var rest = text[...]
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard let first = rest.first else { return words }
      if first == "{", let end = rest.firstIndex(of: "}") {
        words.append(String(rest[rest.index(after: rest.startIndex)..<end].trimmingBlanks()))
        rest = rest[rest.index(after: end)...]
      } else {
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        words.append(String(word))
        rest = rest[word.endIndex...]
      }
    }
  }

  private static func server(_ settings: Settings, _ service: Service, _ context: TLSContext) -> TLSEndpoint {
    let level = settings.level("smtpd")
    let isWrapped = settings.isOn("smtpd_tls_wrappermode")
    let host = service.name.contains(":") ? String(service.name.prefix { $0 != ":" }) : nil
    let interfaces = settings.value("inet_interfaces")?.value ?? "all"
    let isOpen =
      host.map { !Listener.isLoopback($0.filter { $0 != "[" && $0 != "]" }) }
      ?? !interfaces.split { $0 == "," || $0 == " " }.allSatisfy {
        $0 == "loopback-only" || Listener.isLoopback(String($0))
      }
    let hasKey = [
      "smtpd_tls_cert_file", "smtpd_tls_chain_files", "smtpd_tls_eccert_file", "smtpd_tls_dcert_file",
    ]
    .compactMap { settings.value($0) }.first { !$0.value.isEmpty && $0.value != "none" }
    let use: Effective<TLSUse>
    if isWrapped.value {
      use = Effective(.required, origin: isWrapped.origin)
    } else if level.value == "none" || hasKey == nil {
      // Without a certificate there is none that a client takes; smtpd then offers no STARTTLS.
      let isAnonymous = settings.value("smtpd_tls_cert_file")?.value == "none" && level.value != "none"
      use = Effective(isAnonymous ? .optional : .none, origin: level.origin, shadowed: shadowed(level))
    } else {
      use = Effective(
        level.value == "may" ? .optional : .required, origin: level.origin, shadowed: shadowed(level))
    }
    let name =
      service.name.contains(":")
      ? "smtpd \(service.name.split(separator: ":").last ?? "")" : "smtpd \(service.name)"
    var end = TLSEndpoint("postfix", name, onNetwork: isOpen, use: use)
    if end.speaksTLS { end.take(offer("smtpd", use.value == .required, settings, context)) }
    end.certificate = hasKey
    end.key = settings.value("smtpd_tls_key_file")
    let asks = settings.isOn("smtpd_sasl_auth_enable")
    if asks.value {
      let only = settings.isOn("smtpd_tls_auth_only")
      let isSafe = use.value == .required || only.value
      end.secretsInClear = Effective(
        !isSafe, origin: only.value ? only.origin : asks.origin, shadowed: only.shadowed)
    }
    end.isOpportunistic = use.value == .optional && !asks.value
    return end
  }

  private static func shadowed(_ level: Effective<String>) -> [Effective<TLSUse>.Candidate] {
    level.shadowed.map {
      let use: TLSUse =
        $0.value == "none" || $0.value.isEmpty ? .none : $0.value == "may" ? .optional : .required
      return .init(value: use, origin: $0.origin)
    }
  }

  private static func sender(_ settings: Settings, _ context: TLSContext) -> TLSEndpoint {
    let level = settings.level("smtp")
    let isNone = level.value == "none"
    let isLoose = level.value == "may" || level.value == "dane"
    let use: TLSUse = isNone ? .none : isLoose ? .optional : .required
    let relay = settings.value("relayhost")
    let name = "smtp" + (relay.map { $0.value.isEmpty ? "" : " to relayhost" } ?? "")
    let isLocal = settings.value("default_transport")?.value.hasPrefix("error") == true
    var end = TLSEndpoint(
      "postfix", name, .client, onNetwork: !isLocal,
      use: Effective(use, origin: level.origin, shadowed: shadowed(level)))
    if end.speaksTLS { end.take(offer("smtp", use == .required, settings, context)) }
    end.verification = Effective(level.value, origin: level.origin)
    let logsIn = settings.isOn("smtp_sasl_auth_enable")
    if logsIn.value { end.secretsInClear = Effective(use != .required, origin: level.origin) }
    end.isOpportunistic = isLoose && !logsIn.value
    return end
  }

  private static func offer(
    _ prefix: String, _ isMandatory: Bool, _ settings: Settings, _ context: TLSContext
  ) -> TLSOffer {
    let middle = isMandatory ? "mandatory_" : ""
    let versions = protocols("\(prefix)_tls_\(middle)protocols", settings, context)
    let grade = settings.value("\(prefix)_tls_\(middle)ciphers")
    let source = Origin.compiledDefault("postconf(5), \(prefix)_tls_\(middle)ciphers: medium")
    let word = (grade?.value ?? "medium").lowercased()
    let list = settings.value("tls_\(word)_cipherlist")
    let text = list?.value ?? compiledLists[word] ?? compiledLists["medium"] ?? "DEFAULT"
    var excluded: [Substring] = []
    for name in ["\(prefix)_tls_exclude_ciphers"]
      + (isMandatory ? ["\(prefix)_tls_mandatory_exclude_ciphers"] : [])
    {
      excluded += settings.value(name)?.value.split { ", \t:".contains($0) } ?? []
    }
    let whole = text + excluded.map { ":!\($0)" }.joined()
    let level = Effective(
      0, origin: .compiledDefault("Postfix, tls_server.c and tls_client.c: security level 0"))
    return context.openSSL.offer(
      versions, ciphers: Effective(whole, origin: list?.origin ?? grade?.origin ?? source), level: level,
      exchange: exchange(settings, context))
  }

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    needs.flatMap { need -> [ContentNeed] in
      guard let file = try? evidence.text(at: need.pattern.description) else { return [] }
      let main = PostfixSettings(file).value(parameterFile).map { [ContentNeed($0.value)] } ?? []
      return main
        + file.lines.filter { $0.text.contains(parameterFile) }.prefix(100).flatMap { line in
          line.text.split { " \t=,{}".contains($0) }.filter { $0.hasPrefix("/") }.map {
            ContentNeed(String($0))
          }
        }
    }
  }

  static let parameterFile = "smtpd_tls_dh1024_param_file"

  /// postconf(5), tls_medium_cipherlist and its like.
  private static let compiledLists = [
    "high": "aNULL:-aNULL:HIGH:@STRENGTH", "medium": "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH",
    "low": "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH",
    "export": "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH", "null": "eNULL:!aNULL",
  ]

  private static func protocols(
    _ name: String, _ settings: Settings, _ context: TLSContext
  ) -> Effective<Set<TLSVersion>> {
    if let set = settings.value(name) {
      return Effective(
        versions(set.value), origin: set.origin,
        shadowed: set.shadowed.map { .init(value: versions($0.value), origin: $0.origin) })
    }
    let isNew = context.isAtLeast([3, 6], ["postfix"]) ?? true
    return Effective(
      versions(isNew ? ">=TLSv1" : "!SSLv2, !SSLv3"),
      origin: .compiledDefault(
        "postconf(5), \(name): \(isNew ? ">=TLSv1 since 3.6" : "!SSLv2, !SSLv3 before 3.6")"))
  }

  /// `>=TLSv1.2, <=TLSv1.3`, `!SSLv2, !TLSv1`, or a list of what is on (tls_misc.c, tls_proto_mask_lims).
  private static func versions(_ text: String) -> Set<TLSVersion> {
    var minimum: TLSVersion?
    var maximum: TLSVersion?
    var off: Set<TLSVersion> = []
    var on: Set<TLSVersion> = []
    for word in text.split(whereSeparator: { ", \t:".contains($0) }) {
      if word.hasPrefix(">=") {
        minimum = TLSVersion(word.dropFirst(2))
      } else if word.hasPrefix("<=") {
        maximum = TLSVersion(word.dropFirst(2))
      } else if word.hasPrefix("!") {
        if let version = TLSVersion(word.dropFirst()) { off.insert(version) }
      } else if let version = TLSVersion(word) {
        on.insert(version)
      }
    }
    let named = on.isEmpty ? Set(TLSVersion.allCases) : on
    return TLSVersion.range(from: minimum, to: maximum).intersection(named).subtracting(off)
  }
}
