import Evidence

/// What ssh refuses in its configuration; it then connects to nobody (readconf.c, process_config_line).
enum SshClientRefusal {
  /// The first line that the release refuses, whatever its Host or Match line says.
  static func of(_ lines: [(line: SSHConfigLine, origin: Origin)], _ version: OpenSSHVersion) -> EvidenceGap?
  {
    let ignored = lines.filter { $0.line.keyword == "ignoreunknown" }.flatMap { $0.line.arguments }
    for (line, origin) in lines {
      guard let problem = problem(line, ignored, version) else { continue }
      return EvidenceGap(
        path: origin.path ?? "ssh_config", reason: "ssh refuses line \(line.number): \(problem)")
    }
    return nil
  }

  private static func problem(_ line: SSHConfigLine, _ ignored: [String], _ version: OpenSSHVersion)
    -> String?
  {
    let name = SshClientConfiguration.canonical(line.keyword)
    if let family = SshClientConfiguration.algorithms[name] {
      let value = line.arguments.first ?? ""
      return family.assemble(value, version) == nil ? "'\(value)' has a name that it does not know" : nil
    }
    if let words = words[name] {
      if line.arguments.count > 1 { return "more than one value" }
      return words.contains(line.arguments.first?.lowercased() ?? "") ? nil : "'\(line.text)' makes no sense"
    }
    if version > OpenSSHVersion(10, 0) || known.contains(line.keyword) || known.contains(name) { return nil }
    if SshClientConfiguration.hasDefault(name) { return nil }
    return ignored.contains { matchesPatternList(line.keyword, $0.lowercased()) }
      ? nil : "it has no option '\(line.keyword)'"
  }

  private static let flag: Set<String> = ["yes", "no", "true", "false"]

  /// What the options take of which that is a fixed set.
  private static let words: [String: Set<String>] = Dictionary(
    uniqueKeysWithValues: [
      "batchmode", "enablesshkeysign", "exitonforwardfailure", "forwardx11", "forwardx11trusted",
      "gatewayports",
      "gssapiauthentication", "gssapidelegatecredentials", "hashknownhosts", "hostbasedauthentication",
      "identitiesonly", "kbdinteractiveauthentication", "nohostauthenticationforlocalhost",
      "passwordauthentication", "permitlocalcommand", "tcpkeepalive", "visualhostkey",
    ].map { ($0, flag) }
  ).merging(["stricthostkeychecking": flag.union(["off", "ask", "accept-new"])]) { first, _ in first }

  /// Keywords that a release up to 10.0 takes, if only to ignore them: readconf.c, and the patches of Debian and Red Hat.
  private static let known: Set<String> = [
    "addkeystoagent", "addressfamily", "afstokenpassing", "bindaddress", "bindinterface", "canonicaldomains",
    "canonicalizefallbacklocal", "canonicalizehostname", "canonicalizemaxdots", "canonicalizepermittedcnames",
    "certificatefile", "channeltimeout", "checkhostip", "cipher", "clearallforwardings", "compression",
    "compressionlevel", "connectionattempts", "connecttimeout", "controlmaster", "controlpath",
    "controlpersist", "dsaauthentication", "dynamicforward", "enableescapecommandline", "escapechar",
    "fallbacktorsh", "fingerprinthash", "forkafterauthentication", "forwardx11timeout",
    "globalknownhostsfile", "globalknownhostsfile2", "gssapiclientidentity", "gssapikexalgorithms",
    "gssapikeyexchange", "gssapirenewalforcesrekey", "gssapiserveridentity", "gssapitrustdns", "host",
    "hostkeyalias", "hostname", "hpnbuffersize", "hpndisabled", "identityagent", "identityfile",
    "identityfile2", "ignoreunknown", "include", "ipqos", "kbdinteractivedevices", "kerberosauthentication",
    "kerberostgtpassing", "knownhostscommand", "localcommand", "localforward", "loglevel", "logverbose",
    "match", "nonemacenabled", "noneenabled", "noneswitch", "numberofpasswordprompts",
    "obscurekeystroketiming", "permitremoteopen", "pkcs11provider", "preferredauthentications", "protocol",
    "proxycommand", "proxyjump", "proxyusefdpass", "rekeylimit", "remotecommand", "remoteforward",
    "requesttty", "revokedhostkeys", "rhostsauthentication", "rhostsrsaauthentication", "rsaauthentication",
    "rsaminsize", "securitykeyprovider", "sendenv", "sessiontype", "setenv", "setuptimeout",
    "skeyauthentication", "smartcarddevice", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink",
    "syslogfacility", "tag", "tisauthentication", "tunneldevice", "updatehostkeys", "useblacklistedkeys",
    "usekeychain", "useprivilegedport", "user", "userknownhostsfile2", "useroaming", "usersh",
    "versionaddendum", "xauthlocation",
  ]
}
