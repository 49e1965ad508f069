/// Names of settings whose value is a secret.
enum SecretNames {
  /// What the name of a setting says of its value; nil if it is no secret.
  ///
  /// - Parameter name: letters, digits, `_`, `-` and `.`, in any case.
  static func kind(_ name: ArraySlice<UInt8>, in place: CapturedPlace) -> CutMarker.Kind? {
    guard (3...64).contains(name.count), mayEndLikeSecret(name) else { return nil }
    var key = String(decoding: name, as: UTF8.self).lowercased()
    key = String(key.map { $0 == "-" || $0 == "." ? "_" : $0 })
    if neverSecret.contains(key) { return nil }
    if let kind = exact[key] { return kind }
    if place.isYAML, let kind = inYAML[key] { return kind }
    if place.isUserData, key == "content" { return .secret }
    if place.path.hasSuffix(".docker/config.json") || place.name == "auth.json" || place.name == ".dockercfg",
      key == "auth" || key == "identitytoken"
    {
      return .secret
    }
    for (suffix, kind) in suffixes where key.hasSuffix(suffix) { return kind }
    return nil
  }

  /// Whether the value is often the name of a file, which stays.
  static func mayBePath(_ name: ArraySlice<UInt8>) -> Bool {
    let key = String(decoding: name, as: UTF8.self).lowercased()
    return key.hasSuffix("key") || key.hasSuffix("secret") || key.hasSuffix("token")
  }

  /// A cheap test that most names fail: the last letter of the names below.
  private static func mayEndLikeSecret(_ name: ArraySlice<UInt8>) -> Bool {
    guard let last = name.last else { return false }
    return "dehklnprstyDEHKLNPRSTYw0123W".utf8.contains(last)
  }

  private static let exact: [String: CutMarker.Kind] = {
    var names: [String: CutMarker.Kind] = [:]
    for name in [
      "password", "passwd", "passphrase", "pass_phrase", "passwort", "pass", "psk", "pre_shared_key",
      "presharedkey", "wpa_passphrase", "wpa_psk", "wep_key", "wep_key0", "wep_key1", "wep_key2", "wep_key3",
      "sae_password", "private_key_passwd", "ldap_default_authtok", "bindpw", "rootbindpw", "rootpw",
      "dbpass",
      "db_pass", "userpw", "authpass", "requirepass", "masterauth", "hashed_passwd", "hashed_password",
      "plain_text_passwd", "password_hash", "smtp_pass", "mysql_pwd", "pgpassword", "storepass",
      "ldap_auth_pw", "dbpasswd", "rootdn_password",
    ] { names[name] = .password }
    for name in [
      "secret", "token", "private_key", "privatekey", "secret_key", "secretkey", "aws_secret_access_key",
      "secret_access_key", "aws_session_token", "api_key", "apikey", "authtoken", "oauth_token",
      "access_token", "refresh_token", "client_secret", "clientsecret", "client_key_data", "encryption_key",
      "shared_secret", "sharedsecret", "community", "registrationtoken", "bearer_token",
      "account_key", "accountkey", "sharedaccesskey", "passkey", "webhook_secret", "signing_key",
      "cookie_secret",
      "session_secret", "jwt_secret", "hmac_key", "tsig_key", "setcredential",
    ] { names[name] = .secret }
    return names
  }()

  /// Names that mean something else outside of YAML.
  private static let inYAML: [String: CutMarker.Kind] = [
    "key_data": .secret, "pin": .password, "sim_pin": .password, "rsa_private": .privateKey,
    "ecdsa_private": .privateKey, "ed25519_private": .privateKey, "dsa_private": .privateKey,
  ]

  private static let suffixes: [(String, CutMarker.Kind)] = [
    ("password", .password), ("passwd", .password), ("passphrase", .password), ("_pass", .password),
    ("_secret", .secret), ("_token", .secret), ("authtoken", .secret), ("_api_key", .secret),
    ("_apikey", .secret),
    ("_secret_key", .secret), ("clientsecret", .secret), ("_psk", .password), ("_secret_access_key", .secret),
  ]

  /// Names that end like those of secrets and are none.
  private static let neverSecret: Set<String> = [
    "challengepassword", "lock_passwd", "no_password", "nopasswd", "passwd_token", "use_password",
    "ask_password", "ssh_pwauth", "systemd_ask_password", "reject_password", "accept_password", "proxy_pass",
    "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass", "csrf_token", "bypass",
  ]
}
