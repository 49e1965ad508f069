/// Passwords and other secrets that are assigned to a name in a configuration file: `.env`, INI, YAML, JSON, XML,
/// properties, PHP. Programs are not looked at: what they assign is seldom the secret itself.
enum AssignedSecretDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, !file.isExample, isConfiguration(file), !isForeign(file) else { return }
    let isPHP = file.name.hasSuffix(".php")
    NamedValues(file, isWanted: isSecretName).forEach { assignment in
      guard mayBeSecret(assignment), !isPHP || assignment.isQuoted else { return }
      // A hash of a password lets nobody in by itself; those of the guest's accounts are another question.
      if CryptHash(assignment.value) != nil { return }
      let words = isPasswordName(assignment.name) ? "password" : "secret"
      findings.add(
        SecretFinding(
          .password, line: file.line(at: assignment.position), words: "\(words) '\(assignment.name)'"))
    }
  }

  /// Files whose names say that they configure something.
  private static func isConfiguration(_ file: SearchedFile) -> Bool {
    if file.name == ".env" || file.name.hasPrefix(".env.") { return true }
    return extensions.contains { file.name.hasSuffix($0) } || exact.contains(file.name)
  }

  private static let extensions = [
    ".env", ".conf", ".cnf", ".cfg", ".ini", ".yaml", ".yml", ".json", ".properties", ".toml", ".xml",
    ".config",
    ".tfvars", ".service", ".timer", ".rc", ".local", ".credentials", ".secrets",
  ]

  private static let exact: Set<String> = [
    "config", "credentials", "secrets", "environment", "msmtprc", ".msmtprc", ".fetchmailrc", "passwd.client",
    "sasl_passwd",
    "wp-config.php", "config.php", "configuration.php", "settings.php", "local.php", "database.php",
    "localsettings.php",
    "config.inc.php", "parameters.php", "env.php", "config-db.php",
    "config.py", "settings.py", "local_settings.py", "application.yml", "dockerfile",
  ]

  /// Files in which other detectors tell the kind, and those in which such names mean something else.
  private static func isForeign(_ file: SearchedFile) -> Bool {
    let path = file.path
    if [
      "/etc/pam.d/", "/etc/apt/", "/etc/security/", "/etc/audit/", "/etc/fonts/", "/etc/debconf.conf",
      "/etc/ssl/",
      "/etc/ssh/", "/etc/login.defs", "/etc/nsswitch.conf", "/etc/deluser.conf", "/etc/adduser.conf",
      "/usr/share/",
      "/usr/lib/", "/var/lib/dpkg/", "/etc/rspamd/modules.d/",
    ].contains(where: { path.hasPrefix($0) }) {
      return true
    }
    return ["package-lock.json", "composer.lock", "package.json", "tsconfig.json", "openssl.cnf"].contains(
      file.name)
      || path.contains("/locale") || path.contains("/i18n/") || path.contains("/lang/")
      || path.contains("/translations/")
      || CredentialFileDetector.knows(file) || WiFiDetector.knows(file) || CloudInitDetector.knows(file)
      || UnattendedDetector.knows(file)
  }

  private static func isPasswordName(_ name: String) -> Bool { name.contains("pass") || name.contains("pw") }

  static func isSecretName(_ name: String) -> Bool {
    guard let last = name.utf8.last, "deknstyspw".utf8.contains(last), !never.contains(name) else {
      return false
    }
    return exactNames.contains(name) || suffixes.contains { name.hasSuffix($0) }
  }

  private static let exactNames: Set<String> = [
    "password", "passwd", "passphrase", "pass", "pwd", "secret", "secret_key", "secretkey", "requirepass",
    "masterauth",
    "bindpw", "rootpw", "bindpass", "dbpass", "dbpassword", "api_key", "apikey", "auth_token", "authtoken",
    "access_token", "client_secret", "clientsecret", "private_key", "ldap_default_authtok", "app_key",
    "jwt_secret",
    "encryption_key", "cookie_secret", "session_secret", "secret_key_base", "signing_key",
  ]

  private static let suffixes = [
    "_password", "_passwd", "_passphrase", "_pass", "_pwd", "_secret", "_secret_key", "_api_key", "_apikey",
    "_auth_token", "_access_token", "_client_secret", "_secret_access_key", "_private_key", "_token",
    "password",
    "_encryption_key", "_signing_key",
  ]

  /// Names that end like those of secrets and are none.
  private static let never: Set<String> = [
    "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass", "bypass",
    "no_password",
    "csrf_token", "lock_passwd", "ask_password", "use_password", "require_password", "challengepassword",
    "compass",
    "input_password", "output_password", "change_password", "server_tokens", "page_token", "next_page_token",
    "default_token", "end_token", "unk_token", "pad_token", "bos_token", "eos_token", "sep_token",
    "mask_token",
    "cls_token", "one_pass", "two_pass", "single_pass", "first_pass", "try_first_pass", "use_first_pass",
  ]
}
