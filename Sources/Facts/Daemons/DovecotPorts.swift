import DiskImages
import Evidence

extension DovecotSettings {
  static let needs: [ContentNeed] = [
    "/etc/dovecot/**", "/usr/share/dovecot/protocols.d/*.protocol",
  ]
  /// Packages by which the release is known.
  static let packages = ["dovecot-core", "dovecot"]
  static let main = "/etc/dovecot/dovecot.conf"

  /// Reads the guest's; nil where there is none.
  ///
  /// - Parameter release: Dovecot's, by which it is known which of several blocks counts; 2.3 where it is not known.
  init?(of evidence: Evidence, release: [Int]?) throws(EvidenceGap) {
    guard try evidence.entry(at: Self.main) != nil else { return nil }
    let isNew = release.map { !$0.lexicographicallyPrecedes([2, 4]) } ?? false
    self.init(evidence: evidence, lastBlockCounts: isNew)
    try read(Self.main, depth: 0)
  }

  /// Where a protocol is served.
  struct Port {
    var listener: String
    var number: Int
    /// Whether TLS comes first.
    var isTLS: Bool
    /// The blocks around settings of the listener.
    var blocks: [String]
  }

  private static let usual: [String: [(listener: String, number: Int, isTLS: Bool)]] = [
    "imap": [("imap", 143, false), ("imaps", 993, true)],
    "pop3": [("pop3", 110, false), ("pop3s", 995, true)],
    "submission": [("submission", 587, false), ("submissions", 465, true)],
    "sieve": [("sieve", 4190, false)],
  ]

  /// The ports of a protocol; `port = 0` closes one, and that of `submissions` is open only where somebody writes its
  /// listener (tried on 2.3.19 and 2.4.1).
  func ports(of name: String) -> [Port] {
    let service = name == "sieve" ? "managesieve-login" : "\(name)-login"
    return (Self.usual[name] ?? []).compactMap { usual in
      let blocks = ["service \(service)", "inet_listener \(usual.listener)"]
      if usual.listener == "submissions", !isWritten(blocks) { return nil }
      let number = exact("port", blocks).flatMap { Int($0.value) } ?? usual.number
      let isTLS = exact("ssl", blocks).map { $0.value.lowercased() == "yes" } ?? usual.isTLS
      return number == 0
        ? nil : Port(listener: usual.listener, number: number, isTLS: isTLS, blocks: blocks)
    }
  }

  /// The addresses of a port: its own, or those of `listen`.
  func addresses(of port: Port) -> Effective<[String]> {
    let usual = Effective("*, ::", origin: Origin.compiledDefault("doveconf -d: listen = *, ::"))
    let set = exact("address", port.blocks) ?? exact("listen", port.blocks) ?? exact("listen", []) ?? usual
    return Effective(
      set.value.split { $0 == "," || $0 == " " }.map { String($0) }, origin: set.origin)
  }

  /// `ssl` among settings: yes, no or required.
  static func mode(_ settings: Values) -> Effective<String> {
    var mode =
      settings["ssl"] ?? Effective("yes", origin: .compiledDefault("doveconf -d: ssl = yes"))
    mode.value = mode.value.lowercased()
    return mode
  }
}
