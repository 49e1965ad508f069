import DiskImages
import Evidence

/// Folders that the NFS server and Samba show to others without encryption.
enum FileShares: CleartextSource {
  static let protocols = ["nfs", "smb1", "smb"]
  static let needs: [ContentNeed] = ["/etc/exports", "/etc/exports.d/*.exports", "/etc/samba/*.conf"]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    var channels: [CleartextChannel] = []
    if try context.starts(["nfs-server.service", "nfs-kernel-server.service", "nfsd.service"]) {
      channels += try exports(context)
    }
    if try context.evidence.entry(at: "/etc/samba/smb.conf") != nil,
      try context.starts(["smbd.service", "smb.service", "samba-ad-dc.service"])
    {
      channels += try samba(context)
    }
    return channels
  }

  /// exports(5): `PATH CLIENT(options)…`, `-options` for the clients that follow, a backslash continues. Only
  /// sec=krb5p encrypts, or xprtsec=tls.
  private static func exports(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let lines = try context.lines("/etc/exports") + context.lines(matching: "/etc/exports.d/*.exports")
    var joined: [(text: String, origin: Origin)] = []
    var isOpen = false
    for line in lines {
      let continues = line.text.last == "\\"
      let text = continues ? String(line.text.dropLast()) : line.text
      if isOpen, let last = joined.indices.last, joined[last].text.utf8.count < 1 << 16 {
        joined[last].text += " " + text
      } else {
        joined.append((text, line.origin))
      }
      isOpen = continues
    }
    return joined.compactMap { text, origin in
      let (path, clients) = split(text)
      var usual = ""
      var open: [String] = []
      for client in clients.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
        if client.hasPrefix("-") {
          usual = String(client.dropFirst())
          continue
        }
        let host = client.prefix { $0 != "(" }
        let own = client.dropFirst(host.count + 1).prefix { $0 != ")" }
        if Listener.isLoopback(String(host)) || isEncrypted(own.isEmpty ? usual : "\(usual),\(own)") {
          continue
        }
        open.append(host.isEmpty ? "*" : String(host))
      }
      if open.isEmpty { return nil }
      return CleartextChannel(
        "nfs", path, "exported to \(open.prefix(4).joined(separator: ", ")) without sec=krb5p", origin)
    }
  }

  private static func split(_ text: String) -> (path: String, clients: Substring) {
    if text.first == "\"" {
      let path = text.dropFirst().prefix { $0 != "\"" }
      return (String(path), text[path.endIndex...].dropFirst())
    }
    let path = text.prefix { $0 != " " && $0 != "\t" }
    return (String(path), text[path.endIndex...])
  }

  /// The last `sec=` counts; of several flavours the weakest can be chosen.
  private static func isEncrypted(_ options: String) -> Bool {
    let all = options.split(separator: ",").map(String.init)
    if let transport = all.last(where: { $0.hasPrefix("xprtsec=") }), !transport.contains("none") {
      return true
    }
    guard let flavours = all.last(where: { $0.hasPrefix("sec=") }) else { return false }
    return flavours.dropFirst(4).split(separator: ":").allSatisfy { $0 == "krb5p" }
  }

  /// smb.conf(5): `server min protocol` is SMB2_02 since 4.11, `server smb encrypt` default. Names of parameters
  /// know neither case nor blanks.
  private static func samba(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    var section = ""
    var minimum: (value: String, origin: Origin)?
    var encryption: (value: String, origin: Origin)?
    for line in try context.lines("/etc/samba/smb.conf", comments: "#;") {
      if line.text.hasPrefix("[") {
        section = line.text.dropFirst().prefix { $0 != "]" }.lowercased()
        continue
      }
      guard section == "global", let (key, value) = line.assignment else { continue }
      switch key.lowercased().filter({ $0 != " " && $0 != "\t" }) {
      case "serverminprotocol", "minprotocol": minimum = (value.uppercased(), line.origin)
      case "serversmbencrypt", "smbencrypt": encryption = (value.lowercased(), line.origin)
      default: continue
      }
    }
    var channels: [CleartextChannel] = []
    let packages = try context.facts.model(InstalledPackages.self)
    if let minimum {
      if ["NT1", "LANMAN1", "LANMAN2", "CORE", "COREPLUS"].contains(minimum.value) {
        channels.append(
          CleartextChannel("smb1", "samba", "server min protocol = \(minimum.value)", minimum.origin))
      }
    } else if let version = packages.installed("samba")?.version, isBefore411(version) {
      let source = Origin.compiledDefault("smb.conf(5), server min protocol: NT1 before Samba 4.11")
      channels.append(CleartextChannel("smb1", "samba", "server min protocol = LANMAN1 or NT1", source))
    }
    if !["required", "mandatory", "force", "on", "yes", "true", "1"].contains(encryption?.value ?? "") {
      let origin = encryption?.origin ?? .compiledDefault("smb.conf(5), server smb encrypt: default")
      channels.append(CleartextChannel("smb", "samba", "clients may leave the encryption out", origin))
    }
    return channels
  }

  private static func isBefore411(_ version: String) -> Bool {
    let numbers = (version.split(separator: ":").last ?? "").split(separator: ".").prefix(2).map {
      Int($0.prefix { $0.isNumber }) ?? 0
    }
    return numbers.count == 2 && numbers.lexicographicallyPrecedes([4, 11])
  }
}

/// Folders of other machines that the boot mounts: NFS without sec=krb5p or xprtsec=tls (nfs(5)), CIFS without seal
/// (mount.cifs(8)), WebDAV over http, 9P and FTP.
enum NetworkMounts: CleartextSource {
  static let protocols = ["nfs-mount", "cifs-mount", "smb1"]
  static let models: [any FactModel.Type] = [Mounts.self]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    try context.facts.model(Mounts.self).all.compactMap { mount in
      let options = mount.options.value.written
      func value(_ key: String) -> String? {
        options.last { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
      }
      let host = mount.source.prefix { $0 != ":" }
      switch mount.type {
      case "nfs", "nfs4":
        if Listener.isLoopback(String(host)) || value("sec") == "krb5p" { return nil }
        if let transport = value("xprtsec"), transport != "none" { return nil }
        return CleartextChannel(
          "nfs-mount", mount.target, "\(mount.source), sec=\(value("sec") ?? "sys")", mount.options.origin)
      case "cifs", "smb3":
        if let version = value("vers"), version.hasPrefix("1") {
          return CleartextChannel(
            "smb1", mount.target, "\(mount.source), vers=\(version)", mount.options.origin)
        }
        if options.contains("seal") { return nil }
        return CleartextChannel(
          "cifs-mount", mount.target, "\(mount.source) without seal", mount.options.origin)
      default: return nil
      }
    }
  }
}
