import Evidence

/// Postfix: groups and parameters for DHE (tls_dh.c).
extension PostfixTLS {
  static func exchange(_ settings: Settings, _ context: TLSContext) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    exchange.groups = groups(settings, context)
    let isOld = context.isAtLeast([3, 1], ["postfix"]) == false
    let chooses = context.isAtLeast([3, 7], ["postfix"]) != false && context.openSSL.isAtLeast(3, 0)
    let usual =
      chooses
      ? DHSource.automatic("Postfix since 3.7, tls_dh.c: SSL_CTX_set_dh_auto")
      : .builtIn(isOld ? 1024 : 2048, "Postfix, tls_dh.c: compiled-in parameters")
    exchange.parameters = usual
    if let file = settings.value(parameterFile), !["", "auto"].contains(file.value) {
      exchange.parameters = context.parameters(file, orElse: usual, whereDamaged: usual)
    }
    exchange.parameters.refusal = .without
    return exchange
  }

  /// tls_dh.c, tls_auto_groups; before 3.6 smtpd_tls_eecdh_grade could take one curve alone.
  private static func groups(_ settings: Settings, _ context: TLSContext) -> TLSAnswer<[TLSGroup]>? {
    if context.isAtLeast([3, 8], ["postfix"]) == true { return unifiedGroups(settings, context) }
    var set = settings.value("tls_eecdh_auto_curves")
    if context.isAtLeast([3, 6], ["postfix"]) == false {
      let grade = settings.value("smtpd_tls_eecdh_grade")
      let curves = [
        "strong": ("tls_eecdh_strong_curve", "prime256v1"), "ultra": ("tls_eecdh_ultra_curve", "secp384r1"),
      ]
      if let grade, let (name, usual) = curves[grade.value] {
        set = settings.value(name) ?? Effective(usual, origin: grade.origin)
      }
    }
    let list =
      set
      ?? Effective(
        "X25519 X448 prime256v1 secp521r1 secp384r1",
        origin: .compiledDefault("postconf(5), tls_eecdh_auto_curves"))
    let names = list.value.split { ", \t".contains($0) }.prefix(200)
    if names.isEmpty {
      return .unknown(
        EvidenceGap(path: list.origin.path ?? "", reason: "no curve is left: \(TLSContext.failure)"))
    }
    let groups = names.compactMap { context.openSSL.known($0) }
    // Where none is known, or OpenSSL refuses one that stands twice, Postfix leaves the choice to the library.
    let isRefused = Set(groups).count < groups.count && !context.openSSL.isAtLeast(3, 5)
    return groups.isEmpty || isRefused ? nil : .known(Effective(groups, origin: list.origin))
  }

  /// Since 3.8 one list of curves and, with OpenSSL 3, of finite fields (tls_dh.c, setup_auto_groups): names that the
  /// library does not take one by one are passed over, and without any the defaults count. Nil where the library has
  /// the choice.
  private static func unifiedGroups(
    _ settings: Settings, _ context: TLSContext
  ) -> TLSAnswer<[TLSGroup]>? {
    let library = context.openSSL
    let curves = settings.value("tls_eecdh_auto_curves")
    let fields = library.isAtLeast(3, 0) ? settings.value("tls_ffdhe_auto_groups") : nil
    let usual = [
      "X25519 X448 prime256v1 secp384r1 secp521r1", library.isAtLeast(3, 0) ? "ffdhe2048 ffdhe3072" : "",
    ]
    let texts = [curves?.value ?? usual[0], fields?.value ?? usual[1]]
    let source = curves ?? fields
    let origin =
      source?.origin ?? .compiledDefault("postconf(5), tls_eecdh_auto_curves, tls_ffdhe_auto_groups")
    if texts.allSatisfy(\.isEmpty) {
      // HISTORY, 20250212: both empty leave it to the library; releases before were brought up to it one by one.
      if context.isAtLeast([3, 10], ["postfix"]) == true { return nil }
      return .unknown(
        EvidenceGap(
          path: origin.path ?? "", reason: "empty lists of groups mean different things in 3.8 and 3.9"))
    }
    func known(_ texts: [String]) -> [String] {
      var seen: Set<String> = []
      return texts.joined(separator: " ").split { ", \t\r\n:".contains($0) }.prefix(200).map(String.init)
        .filter { library.groups($0) != nil && seen.insert($0.lowercased()).inserted }
    }
    let own = known(texts)
    let list = (own.isEmpty ? known(usual) : own).joined(separator: ":")
    return library.groups(list).map { .known(Effective($0, origin: origin)) }
  }
}
