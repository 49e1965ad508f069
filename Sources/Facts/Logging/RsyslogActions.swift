import Evidence

/// Reads what an action does, in sysklogd's form and as a RainerScript object.
enum RsyslogActions {
  typealias Made = (RsyslogConfiguration.Action.Target, RsyslogConfiguration.Creation)

  /// `/var/log/mail.log`, `-/var/log/x`, `@host`, `@@(o)host:6514;template`, `?template`,
  /// `:omrelp:host:20514`.
  static func legacy(_ text: String, legacy: [String: Effective<String>], globals: [String: String]) -> Made?
  {
    var text = Substring(text)
    let creation = creation(
      mode: legacy["filecreatemode"], owner: legacy["fileowner"], group: legacy["filegroup"])
    if text.first == "-" { text.removeFirst() }
    // A template for the message follows a semicolon.
    let body = text.prefix { $0 != ";" }
    switch body.first {
    case "/", ".": return (.file(String(body.trimmingBlanks())), creation)
    case "?": return (.dynamicFile(String(body.dropFirst())), creation)
    case "@": return (.remote(legacyRemote(body, legacy, globals)), creation)
    case ":":
      let parts = body.split(separator: ":", maxSplits: 1)
      guard let module = parts.first else { return nil }
      if module == "omrelp" || module == "omgssapi" {
        let host = parts.count > 1 ? String(parts[1].prefix { $0 != ":" }) : ""
        return (.remote(plain(host, transport: String(module.dropFirst(2)))), creation)
      }
      return (.other(String(module)), creation)
    case nil: return nil
    default: return (.other(String(body)), creation)
    }
  }

  private static func legacyRemote(
    _ text: Substring, _ legacy: [String: Effective<String>], _ globals: [String: String]
  ) -> RsyslogConfiguration.Remote {
    let isTCP = text.hasPrefix("@@")
    var rest = text.dropFirst(isTCP ? 2 : 1)
    if rest.first == "(" { rest = rest.drop { $0 != ")" }.dropFirst() }
    let host: Substring =
      rest.first == "[" ? rest.dropFirst().prefix { $0 != "]" } : rest.prefix { $0 != ":" && $0 != " " }
    var remote = plain(String(host), transport: isTCP ? "tcp" : "udp")
    guard isTCP else { return remote }
    remote.driver = (legacy["actionsendstreamdriver"]?.value ?? globals["defaultnetstreamdriver"] ?? "ptcp")
      .lowercased()
    remote.authentication = legacy["actionsendstreamdriverauthmode"]?.value
    remote.certificateAuthority = globals["defaultnetstreamdrivercafile"]
    remote.isEncrypted = isTLS(remote.driver) && legacy["actionsendstreamdrivermode"]?.value == "1"
    return remote
  }

  private static func plain(_ host: String, transport: String) -> RsyslogConfiguration.Remote {
    .init(
      host: host, transport: transport, driver: "ptcp", isEncrypted: false, authentication: nil,
      certificateAuthority: nil)
  }

  private static func isTLS(_ driver: String) -> Bool { ["gtls", "ossl", "mbedtls"].contains(driver) }

  /// `action(type="omfile" file="…")` and its like.
  static func object(
    _ parameters: [String: String], fileModule: [String: Effective<String>], globals: [String: String],
    _ origin: Origin
  ) -> Made? {
    func value(_ key: String) -> Effective<String>? {
      parameters[key].map { Effective($0, origin: origin) } ?? fileModule[key]
    }
    let creation = creation(
      mode: value("filecreatemode"), owner: value("fileowner") ?? value("fileownernum"),
      group: value("filegroup") ?? value("filegroupnum"))
    let type = parameters["type"]?.lowercased() ?? ""
    switch type {
    case "omfile", "builtin:omfile":
      if let template = parameters["dynafile"] { return (.dynamicFile(template), creation) }
      return parameters["file"].map { (.file($0), creation) }
    case "omfwd", "builtin:omfwd":
      return parameters["target"].map { (.remote(forward($0, parameters, globals)), creation) }
    case "omrelp":
      var remote = plain(parameters["target"] ?? "", transport: "relp")
      remote.isEncrypted = parameters["tls"]?.lowercased() == "on"
      remote.driver = remote.isEncrypted ? (parameters["tls.tlslib"] ?? "gnutls") : "ptcp"
      remote.certificateAuthority = parameters["tls.cacert"]
      remote.authentication = parameters["tls.authmode"].map { $0 == "name" ? "x509/name" : $0 }
      return (.remote(remote), creation)
    case "omelasticsearch", "omhttp", "omkafka", "omamqp1", "omgssapi", "omclickhouse", "omrabbitmq",
      "omdtls":
      let host =
        parameters["server"] ?? parameters["broker"] ?? parameters["host"] ?? parameters["target"] ?? ""
      var remote = plain(host, transport: String(type.dropFirst(2)))
      remote.isEncrypted =
        host.hasPrefix("https://") || parameters["usehttps"]?.lowercased() == "on" || type == "omdtls"
      return (.remote(remote), creation)
    default: return (.other(type), creation)
    }
  }

  private static func forward(
    _ target: String, _ parameters: [String: String], _ globals: [String: String]
  ) -> RsyslogConfiguration.Remote {
    let transport = (parameters["protocol"] ?? "udp").lowercased()
    var remote = plain(target, transport: transport)
    guard transport == "tcp" else { return remote }
    remote.driver = (parameters["streamdriver"] ?? globals["defaultnetstreamdriver"] ?? "ptcp").lowercased()
    remote.isEncrypted = isTLS(remote.driver) && parameters["streamdrivermode"] == "1"
    remote.authentication = parameters["streamdriverauthmode"]
    remote.certificateAuthority = parameters["streamdriver.cafile"] ?? globals["defaultnetstreamdrivercafile"]
    return remote
  }

  private static func creation(
    mode: Effective<String>?, owner: Effective<String>?, group: Effective<String>?
  ) -> RsyslogConfiguration.Creation {
    let fallback = Effective<UInt32>(
      0o644, origin: .compiledDefault("rsyslog manual, omfile: fileCreateMode 0644"))
    let read = mode.flatMap { mode in
      UInt32(mode.value, radix: 8).map { value in
        Effective(
          value & 0o7777, origin: mode.origin,
          shadowed: mode.shadowed.compactMap { old in
            UInt32(old.value, radix: 8).map { .init(value: $0, origin: old.origin) }
          })
      }
    }
    return .init(mode: read ?? fallback, owner: owner, group: group)
  }
}
