extension SshdKeyword {
  private static func flag(_ name: String, _ fallback: String, match: Bool = true) -> SshdKeyword {
    SshdKeyword(name: name, form: .flag, isMatchable: match, fallback: fallback)
  }

  private static func make(
    _ name: String, _ form: Form, _ fallback: String = "", match: Bool = true
  ) -> SshdKeyword {
    SshdKeyword(name: name, form: form, isMatchable: match, fallback: fallback)
  }

  private static func choice(
    _ name: String, _ words: [String], also: [String: String] = [:], _ fallback: String, match: Bool = true
  ) -> SshdKeyword {
    let words = Dictionary(words.map { ($0, $0) }) { first, _ in first }
    return make(name, .choice(words.merging(also) { first, _ in first }), fallback, match: match)
  }

  private static let forwarding = ["yes", "no", "local", "remote"]
  private static let levels = [
    "quiet", "fatal", "error", "info", "verbose", "debug1", "debug2", "debug3",
  ]

  /// Keywords with their compiled defaults. Those of Debian's, Ubuntu's and Red Hat's builds are the same but
  /// for what their packages put into configuration files.
  static let all: [SshdKeyword] =
    authentication + access + forwardingOptions + session + network + cryptography

  private static let authentication: [SshdKeyword] = [
    choice(
      "PermitRootLogin", ["yes", "no", "prohibit-password", "forced-commands-only"],
      also: ["without-password": "prohibit-password"], "prohibit-password"),
    flag("PasswordAuthentication", "yes"),
    flag("KbdInteractiveAuthentication", "yes"),
    flag("PubkeyAuthentication", "yes"),
    flag("PermitEmptyPasswords", "no"),
    flag("HostbasedAuthentication", "no"),
    flag("HostbasedUsesNameFromPacketOnly", "no"),
    choice("IgnoreRhosts", ["yes", "no", "shosts-only"], "yes"),
    flag("IgnoreUserKnownHosts", "no", match: false),
    flag("KerberosAuthentication", "no"),
    flag("KerberosOrLocalPasswd", "yes", match: false),
    flag("KerberosTicketCleanup", "yes", match: false),
    flag("GSSAPIAuthentication", "no"),
    flag("GSSAPICleanupCredentials", "yes", match: false),
    flag("GSSAPIStrictAcceptorCheck", "yes", match: false),
    flag("GSSAPIKeyExchange", "no", match: false),
    flag("GSSAPIStoreCredentialsOnRekey", "no", match: false),
    flag("UsePAM", "no", match: false),
    make("PAMServiceName", .word, "sshd"),
    make("AuthenticationMethods", .words, "any"),
    make("AuthorizedKeysFile", .words, ".ssh/authorized_keys .ssh/authorized_keys2"),
    make("AuthorizedKeysCommand", .words, "none"),
    make("AuthorizedKeysCommandUser", .word, "none"),
    make("AuthorizedPrincipalsFile", .word, "none"),
    make("AuthorizedPrincipalsCommand", .words, "none"),
    make("AuthorizedPrincipalsCommandUser", .word, "none"),
    make("TrustedUserCAKeys", .word, "none"),
    make("RevokedKeys", .word, "none"),
    make("PubkeyAuthOptions", .words, "none"),
    flag("ExposeAuthInfo", "no"),
    make("MaxAuthTries", .integer, "6"),
    make("LoginGraceTime", .time, "120", match: false),
    flag("StrictModes", "yes", match: false),
  ]

  private static let access: [SshdKeyword] = [
    make("AllowUsers", .appended), make("DenyUsers", .appended), make("AllowGroups", .appended),
    make("DenyGroups", .appended),
    flag("RefuseConnection", "no"),
  ]

  private static let forwardingOptions: [SshdKeyword] = [
    flag("DisableForwarding", "no"),
    choice("AllowTcpForwarding", forwarding, also: ["all": "yes"], "yes"),
    choice("AllowStreamLocalForwarding", forwarding, also: ["all": "yes"], "yes"),
    flag("AllowAgentForwarding", "yes"),
    flag("X11Forwarding", "no"),
    make("X11DisplayOffset", .integer, "10"),
    flag("X11UseLocalhost", "yes"),
    make("XAuthLocation", .word, match: false),
    choice("GatewayPorts", ["yes", "no", "clientspecified"], "no"),
    choice("PermitTunnel", ["yes", "no", "point-to-point", "ethernet"], "no"),
    make("PermitOpen", .words, "any"), make("PermitListen", .words, "any"),
    make("StreamLocalBindMask", .word, "0177"),
    flag("StreamLocalBindUnlink", "no"),
  ]

  private static let session: [SshdKeyword] = [
    make("PermitUserEnvironment", .word, "no", match: false),
    make("AcceptEnv", .appended), make("SetEnv", .words),
    flag("PermitTTY", "yes"), flag("PermitUserRC", "yes"),
    make("ForceCommand", .words, "none"), make("ChrootDirectory", .word, "none"),
    make("Subsystem", .appended, match: false),
    make("Banner", .word, "none"),
    flag("PrintMotd", "yes", match: false), flag("PrintLastLog", "yes", match: false),
    flag("DebianBanner", "yes", match: false),
    make("VersionAddendum", .words, "none", match: false),
    make("MaxSessions", .integer, "10"),
    make("ClientAliveInterval", .time, "0"), make("ClientAliveCountMax", .integer, "3"),
    make("ChannelTimeout", .words, "none"), make("UnusedConnectionTimeout", .time, "none"),
    choice(
      "Compression", ["yes", "no"], also: ["delayed": "yes"], "yes", match: false),
    choice("LogLevel", levels, also: ["debug": "debug1", "silent": "quiet"], "info"),
    make("LogVerbose", .words, "none"),
    make("SyslogFacility", .word, "AUTH"),
  ]

  private static let network: [SshdKeyword] = [
    make("Port", .appended, "22", match: false), make("ListenAddress", .appended, match: false),
    choice("AddressFamily", ["any", "inet", "inet6"], "any", match: false),
    make("MaxStartups", .startups, "10:30:100", match: false),
    make("PerSourceMaxStartups", .word, "none", match: false),
    make("PerSourceNetBlockSize", .word, "32:128", match: false),
    make("PerSourcePenalties", .appended, match: false),
    make("PerSourcePenaltyExemptList", .word, "none", match: false),
    flag("TCPKeepAlive", "yes", match: false), flag("UseDNS", "no", match: false),
    make("IPQoS", .words), make("RDomain", .word, "none"),
    make("PidFile", .word, "/run/sshd.pid", match: false),
  ]

  private static let cryptography: [SshdKeyword] = [
    make("Ciphers", .algorithms(.ciphers), match: false),
    make("MACs", .algorithms(.macs), match: false),
    make("KexAlgorithms", .algorithms(.keyExchange(isClient: false)), match: false),
    make("HostKeyAlgorithms", .algorithms(.hostKeys), match: false),
    make("PubkeyAcceptedAlgorithms", .algorithms(.hostKeys)),
    make("HostbasedAcceptedAlgorithms", .algorithms(.hostKeys)),
    make("CASignatureAlgorithms", .algorithms(.signatures)),
    make("GSSAPIKexAlgorithms", .words, match: false),
    make(
      "HostKey", .appended,
      "/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key", match: false),
    make("HostCertificate", .appended, match: false), make("HostKeyAgent", .word, "none", match: false),
    make("RekeyLimit", .words, "default none"), make("RequiredRSASize", .integer, "1024"),
    make("FingerprintHash", .word, "SHA256", match: false),
    make("ModuliFile", .word, "/etc/ssh/moduli", match: false),
    make("SecurityKeyProvider", .word, "internal", match: false),
  ]

  /// Keywords beside those above that a release up to 10.0 takes, if only to ignore them: servconf.c, and the patches of
  /// Debian and Red Hat.
  static let others: Set<String> = [
    "afstokenpassing", "authorizedkeysfile2", "checkmail", "gssapicleanupcreds", "gssapienablek5users",
    "gssapiusesessioncredcache", "gssusesessionccache", "hpnbuffersize", "hpndisabled", "include",
    "kerberosgetafstoken", "kerberostgtpassing", "kerberosuniqueccache", "keyregenerationinterval", "match",
    "nonemacenabled", "noneenabled", "pamauthenticationviakbdint", "permitblacklistedkeys", "protocol",
    "reversemappingcheck", "rhostsauthentication", "rhostsrsaauthentication", "rsaauthentication",
    "serverkeybits", "sshdauthpath", "sshdsessionpath", "tcprcvbufpoll", "uselogin",
    "useprivilegeseparation", "verifyreversemapping",
  ]
}
