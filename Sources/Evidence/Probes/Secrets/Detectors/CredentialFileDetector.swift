/// Files in which a tool keeps credentials, known by their names, and the names of the secret ones among their values.
enum CredentialFileDetector: SecretDetector {
  private struct Form {
    var names: [String]
    var kind: SecretFinding.Kind
    var words: String
    var keys: Set<String>
    /// A value that is the secret only if this holds.
    var test: (@Sendable (ArraySlice<UInt8>) -> Bool)?
  }

  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    if let whole = wholeFile(file) {
      findings.add(whole)
      return
    }
    guard file.isText, !file.isExample else { return }
    for form in forms(for: file) {
      NamedValues(file, isWanted: form.keys.contains).forEach { assignment in
        let value = assignment.value
        guard value.count >= 4, !isPlaceholder(value), form.test?(value) ?? true else { return }
        findings.add(SecretFinding(form.kind, line: file.line(at: assignment.position), words: form.words))
      }
    }
  }

  /// Whether this detector tells what the file's secrets are.
  static func knows(_ file: SearchedFile) -> Bool { !forms(for: file).isEmpty }

  private static func forms(for file: SearchedFile) -> [Form] {
    let byName = known.filter { file.isNamed($0.names) }
    if !byName.isEmpty { return byName }
    if file.name.hasSuffix(".json"), file.bytes.count < 64 << 10 {
      if file.contains("\"service_account\""), file.contains("\"private_key\"") { return [serviceAccount] }
      if file.contains("\"authorized_user\""), file.contains("\"refresh_token\"") { return [serviceAccount] }
    }
    if file.name.hasSuffix(".tfstate") || file.name.contains(".tfstate.") { return [state] }
    if file.name.hasSuffix(".tfvars") { return [variables] }
    if file.bytes.count < 256 << 10, file.contains("client-key-data:") || file.contains("kind: Config") {
      return [kubeconfig]
    }
    return []
  }

  private static let serviceAccount = Form(
    names: [], kind: .cloudCredentials, words: "Google Cloud credentials",
    keys: ["private_key", "refresh_token"])
  private static let state = Form(
    names: [], kind: .cloudCredentials, words: "secret in Terraform's state", keys: stateKeys)
  private static let variables = Form(
    names: [], kind: .cloudCredentials, words: "secret in Terraform's variables", keys: stateKeys)
  private static let kubeconfig = Form(
    names: [
      "/.kube/config", "/etc/kubernetes/admin.conf", "/etc/kubernetes/kubelet.conf", "/k3s/k3s.yaml",
      "kubeconfig",
    ],
    kind: .cloudCredentials, words: "Kubernetes credentials", keys: ["client_key_data", "token", "password"])

  private static let stateKeys: Set<String> = [
    "password", "master_password", "admin_password", "db_password", "secret", "secret_key", "access_key",
    "private_key",
    "private_key_pem", "private_key_openssh", "client_secret", "token", "api_key", "result",
    "connection_string",
    "primary_access_key", "secret_string",
  ]

  private static let known: [Form] = [
    Form(
      names: ["/.aws/credentials", "/.aws/config", "/.s3cfg", "/.boto"], kind: .cloudCredentials,
      words: "AWS credentials",
      keys: ["aws_secret_access_key", "aws_session_token", "secret_key", "gs_secret_access_key"]),
    Form(
      names: ["application_default_credentials.json", "/gcloud/legacy_credentials/adc.json"],
      kind: .cloudCredentials,
      words: "Google Cloud credentials", keys: ["private_key", "refresh_token", "client_secret"]),
    Form(
      names: [
        "/.azure/accesstokens.json", "/.azure/accessTokens.json", "/.azure/msal_token_cache.json",
        "/.azure/service_principal_entries.json",
      ], kind: .cloudCredentials, words: "Azure credentials",
      keys: ["refreshtoken", "accesstoken", "secret", "client_secret", "password"]),
    kubeconfig,
    Form(
      names: ["/.docker/config.json", "/containers/auth.json", ".dockercfg", "/var/lib/kubelet/config.json"],
      kind: .registryCredentials, words: "credentials of a container registry",
      keys: ["auth", "identitytoken", "registrytoken"],
      test: { decodeBase64($0).contains(UInt8(ascii: ":")) || $0.count > 24 }),
    Form(
      names: [".npmrc", "npmrc"], kind: .registryCredentials, words: "credentials of npm",
      keys: ["_authtoken", "_auth", "_password"]),
    Form(names: [".pypirc"], kind: .registryCredentials, words: "credentials of PyPI", keys: ["password"]),
    Form(
      names: ["/.cargo/credentials", "/.cargo/credentials.toml"], kind: .registryCredentials,
      words: "credentials of Cargo",
      keys: ["token"]),
    Form(
      names: ["/.gem/credentials"], kind: .registryCredentials, words: "credentials of RubyGems",
      keys: ["rubygems_api_key"]),
    Form(
      names: ["/.m2/settings.xml", "/.m2/settings-security.xml"], kind: .registryCredentials,
      words: "credentials of Maven",
      keys: ["password", "passphrase", "master"]),
    Form(
      names: ["/.composer/auth.json", "/composer/auth.json"], kind: .registryCredentials,
      words: "credentials of Composer",
      keys: ["password", "token"]),
    Form(
      names: ["/gh/hosts.yml", "/.config/hub", "/glab-cli/config.yml"], kind: .gitCredentials,
      words: "credentials of a Git host",
      keys: ["oauth_token", "token"]),
    Form(
      names: ["credentials.tfrc.json", ".terraformrc"], kind: .cloudCredentials, words: "token of Terraform",
      keys: ["token"]),
    Form(
      names: [".my.cnf", "my.cnf", "debian.cnf"], kind: .password, words: "password of a MySQL client",
      keys: ["password"]),
    Form(
      names: ["/rclone/rclone.conf"], kind: .cloudCredentials, words: "credentials of rclone",
      keys: ["pass", "secret_access_key", "token", "client_secret", "password"]),
    Form(names: ["rndc.key"], kind: .privateKey, words: "key of BIND", keys: []),
  ]

  /// Files that are nothing but a secret.
  private static func wholeFile(_ file: SearchedFile) -> SecretFinding? {
    let count = file.bytes.count
    guard count > 0 else { return nil }
    if file.isNamed(["/.vnc/passwd", "/vnc/passwd", "/tigervnc/passwd", "/tightvnc/passwd", ".x11vnc_passwd"])
      || file.name.hasPrefix("vncpasswd"), count >= 8, count <= 24
    {
      return SecretFinding(.vncPassword, words: "VNC password, hidden with a key that everybody knows")
    }
    let text = file.bytes.prefix(64)
    if file.isNamed([".vault-token"]), count >= 20 {
      return SecretFinding(.token, line: 1, words: "Vault token")
    }
    if file.isNamed([".vault_pass", ".vault_pass.txt", "vault-password", ".vault-password", "vault_pass.txt"]
    ), count >= 4, file.isText,
      !isPlaceholder(text), !text.starts(with: "#!".utf8)
    {
      return SecretFinding(.password, line: 1, words: "passphrase of Ansible Vault")
    }
    if file.isNamed([".erlang.cookie"]), count >= 8 {
      return SecretFinding(.token, line: 1, words: "cookie of an Erlang cluster")
    }
    if file.isNamed([".mylogin.cnf"]), count > 24 {
      return SecretFinding(.password, words: "MySQL login, hidden with a key that lies in the file")
    }
    if file.isNamed(["/gcloud/credentials.db", "/gcloud/access_tokens.db"]),
      file.contains("refresh_token") || file.contains("ya29.")
    {
      return SecretFinding(.cloudCredentials, words: "Google Cloud credentials")
    }
    if file.isNamed(["/secrets/master.key", "/secrets/hudson.util.secret", "/secrets/hudson.util.Secret"]) {
      return SecretFinding(.privateKey, words: "master key of Jenkins", isEncrypted: false)
    }
    return nil
  }
}
