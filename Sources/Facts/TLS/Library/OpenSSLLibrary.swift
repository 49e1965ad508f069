import DiskImages
import Evidence

/// OpenSSL as a guest has it: its release, how the distribution built it, and its system-wide settings.
public struct OpenSSLLibrary: FactModel {
  public static let needs: [ContentNeed] =
    OpenSSLConfiguration.needs + InstalledPackages.needs + OSRelease.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    OpenSSLEnvironment.furtherNeeds(evidence)
      + (OpenSSLConfiguration.paths + OpenSSLEnvironment.paths(evidence)).flatMap { path in
        OpenSSLConfiguration.includes(evidence, path: path).flatMap {
          [ContentNeed($0), ContentNeed("\($0)/*.cnf"), ContentNeed("\($0)/*.conf")]
        }
      }
  }

  /// Major and minor release, e.g. 3 and 0; nil where no package tells it.
  public let release: [Int]?
  /// Whether the build has suites with 3DES and RC4.
  public let hasWeakSuites: Bool
  /// The security level of programs that set none.
  public let level: Effective<Int>
  /// Commands of openssl.cnf for every context.
  public let commands: [String: Effective<String>]
  let systemSuites: Effective<String>?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    try self.init(facts, configuration: OpenSSLConfiguration.paths)
  }

  /// The library as a program sees it whose environment names another configuration file; one that is not there
  /// leaves the compiled defaults (CONF_modules_load_file(3)).
  init(_ facts: GuestFacts, configuration paths: [String]) throws(EvidenceGap) {
    let packages = try facts.model(InstalledPackages.self)
    let system = try facts.model(OSRelease.self)
    release = Self.release(packages)
    let families = [system.id] + system.idLike
    hasWeakSuites = families.contains { ["rhel", "fedora", "centos"].contains($0) }
    var commands: [String: Effective<String>] = [:]
    for path in paths where try facts.evidence.entry(at: path) != nil {
      commands = try OpenSSLConfiguration(facts.evidence, path: path).systemDefault
      break
    }
    self.commands = commands
    let isDebian = families.contains("debian") || families.contains("ubuntu")
    let compiled = isDebian || (release ?? [3, 2]).lexicographicallyPrecedes([3, 2]) == false ? 2 : 1
    let text = commands["cipherstring"]
    let set = text.flatMap { OpenSSLCipherString($0.value, suites: []).level }
    if let text, let set {
      level = Effective(set, origin: text.origin, shadowed: text.shadowed.compactMap(Self.level))
    } else {
      let source =
        isDebian
        ? "OpenSSL of Debian and Ubuntu, -DOPENSSL_TLS_SECURITY_LEVEL=2"
        : "OPENSSL_TLS_SECURITY_LEVEL, SSL_CTX_set_security_level(3)"
      level = Effective(compiled, origin: .compiledDefault(source))
    }
    systemSuites = try Self.policySuites(facts.evidence)
  }

  private static func level(_ candidate: Effective<String>.Candidate) -> Effective<Int>.Candidate? {
    OpenSSLCipherString(candidate.value, suites: []).level.map { .init(value: $0, origin: candidate.origin) }
  }

  /// What PROFILE=SYSTEM stands for in builds of Red Hat.
  private static func policySuites(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String>? {
    let path = "/etc/crypto-policies/back-ends/openssl.config"
    guard let line = try evidence.text(at: path)?.lines.first else { return nil }
    return Effective(line.text, origin: Origin(path: path, line: 1, kind: .vendor, text: line.text))
  }

  private static func release(_ packages: InstalledPackages) -> [Int]? {
    let names = [
      "libssl3t64", "libssl3", "libssl1.1", "libssl1.0.2", "openssl-libs", "libopenssl3", "libopenssl1_1",
      "openssl",
    ]
    for name in names {
      guard let package = packages.installed(name) else { continue }
      let version = package.version.split(separator: ":").last ?? ""
      let numbers = version.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
      if numbers.count == 2 { return numbers }
    }
    return nil
  }

  func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
    // Without a package, the oldest release that is still in use: it refuses the least.
    !(release ?? [1, 1]).lexicographicallyPrecedes([major, minor])
  }

  private var suites: [OpenSSLSuite] {
    OpenSSLSuite.all.filter { suite in
      if suite.needsSharedKey { return false }
      if suite.isHistoric { return !isAtLeast(1, 1) }
      return !suite.isOfWeakBuilds || hasWeakSuites || !isAtLeast(1, 1)
    }
  }

  /// What programs get that set nothing.
  public var systemVersions: Effective<Set<TLSVersion>> {
    let minimum = commands["minprotocol"]
    let maximum = commands["maxprotocol"]
    var versions = TLSVersion.range(
      from: minimum.flatMap { TLSVersion($0.value) }, to: maximum.flatMap { TLSVersion($0.value) })
    let words = commands["protocol"]
    if let words { versions = Self.versions(words.value, from: versions) }
    let effective = minimum ?? maximum ?? words
    return Effective(
      versions, origin: effective?.origin ?? .compiledDefault("SSL_CTX_set_min_proto_version(3): no bound"),
      shadowed: (minimum?.shadowed ?? []).compactMap { item in
        TLSVersion(item.value).map { .init(value: TLSVersion.range(from: $0), origin: item.origin) }
      })
  }

  /// `Protocol = ALL, -TLSv1` (SSL_CONF_cmd(3)).
  private static func versions(_ text: String, from start: Set<TLSVersion>) -> Set<TLSVersion> {
    var versions = start
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let name = word.drop { "+-".contains($0) }
      let some =
        name.uppercased() == "ALL" ? Set(TLSVersion.allCases) : Set([TLSVersion(name)].compactMap { $0 })
      if word.first == "-" { versions.subtract(some) } else { versions.formUnion(some) }
    }
    return versions
  }

  /// What a peer could negotiate with a program.
  ///
  /// - Parameters:
  ///   - asked: the versions that the program sets; nil if it leaves them to openssl.cnf.
  ///   - ciphers: its cipher string; nil if it leaves it to openssl.cnf.
  ///   - level: the security level that it sets in its code.
  ///   - exchange: what it sets of groups and of parameters for DHE.
  func offer(
    _ asked: Effective<Set<TLSVersion>>?, ciphers: Effective<String>?, level own: Effective<Int>? = nil,
    exchange: OpenSSLKeyExchange = OpenSSLKeyExchange()
  ) -> TLSOffer {
    let asked = asked ?? systemVersions
    let text = resolved(ciphers ?? commands["cipherstring"])
    let string = OpenSSLCipherString(text?.value ?? "DEFAULT", suites: suites)
    let level =
      string.level.map { Effective($0, origin: text?.origin ?? self.level.origin) } ?? own ?? self.level
    let allowed = asked.value.filter { !isRefused($0, level: level.value) }
    let dropped = asked.value.subtracting(allowed).filter { $0 >= .tls10 }
    let all = groups(exchange, level: level.value)
    // Without a group there is neither TLS 1.3 nor a suite with ECDHE.
    let kept =
      all.effective?.value.contains(where: \.isOfTLS13) == false ? allowed.subtracting([.tls13]) : allowed
    let hasCurves = all.effective?.value.contains(where: \.isOfTLS12) != false
    let names = kept.contains { $0 < .tls13 } ? string.names : []
    let passing = suites.filter {
      names.contains($0.name) && $0.passes(level: level.value) && (hasCurves || $0.exchange != "ECDH")
    }
    // Most suites are of TLS 1.2 alone; without one of the others nobody gets the older versions.
    let isModern = passing.allSatisfy { $0.version == "TLSv1.2" }
    let usable = isModern ? kept.filter { $0 >= .tls12 } : kept
    let taken = usable.contains { $0 < .tls13 } ? passing : []
    let finiteField = finiteField(
      exchange.parameters, level: level.value,
      hasSuites: taken.contains { $0.exchange == "DH" && $0.authentication != "None" })
    var protocols = asked
    protocols.value = usable
    // Where the library would refuse old versions at its own level, who lowered the level is who let them in.
    let isLowered = level.value == 0 && usable.contains { $0 < .tls12 } && isAtLeast(3, 0)
    if isLowered {
      protocols.shadowed.insert(.init(value: asked.value, origin: asked.origin), at: 0)
      protocols.origin = level.origin
    }
    var offer = TLSOffer(
      protocols: .known(protocols),
      ciphers: .value(
        taken.map(\.cipher), text?.origin ?? .compiledDefault("openssl-ciphers(1), DEFAULT")),
      refused: Self.refusal(dropped, level.value, without: kept.subtracting(usable)),
      groups: Self.usable(all, usable, taken), finiteField: finiteField)
    if kept != allowed { offer.refused = Self.joined(offer.refused, "no group is left for TLSv1.3") }
    return offer
  }

  /// The groups that a version and a suite that can be negotiated make use of.
  private static func usable(
    _ groups: TLSAnswer<[TLSGroup]>, _ versions: Set<TLSVersion>, _ suites: [OpenSSLSuite]
  ) -> TLSAnswer<[TLSGroup]> {
    guard case .known(var known) = groups else { return groups }
    let hasCurves = suites.contains { $0.exchange == "ECDH" }
    known.value.removeAll { !($0.isOfTLS12 && hasCurves || $0.isOfTLS13 && versions.contains(.tls13)) }
    return .known(known)
  }

  private static func joined(_ first: String?, _ second: String) -> String {
    first.map { "\($0); \(second)" } ?? second
  }

  private static func refusal(
    _ dropped: Set<TLSVersion>, _ level: Int, without suites: Set<TLSVersion>
  ) -> String? {
    var reasons: [String] = []
    if !dropped.isEmpty { reasons.append("OpenSSL refuses \(dropped.words) at security level \(level)") }
    if !suites.isEmpty { reasons.append("no suite is left for \(suites.words)") }
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }

  /// Versions of a program that turns single ones off (SSL_OP_NO_TLSv1 and its like): the bounds of openssl.cnf stay.
  func bounded(_ asked: Effective<Set<TLSVersion>>) -> Effective<Set<TLSVersion>> {
    let system = systemVersions
    guard !asked.value.isSubset(of: system.value) else { return asked }
    var result = asked
    result.value.formIntersection(system.value)
    result.shadowed.insert(.init(value: asked.value, origin: asked.origin), at: 0)
    result.origin = system.origin
    return result
  }

  /// Takes commands that a program hands to the library after its own settings (SSL_CONF_cmd(3)), in their order.
  static func apply(
    _ commands: [(name: String, value: Effective<String>)], _ versions: inout Effective<Set<TLSVersion>>,
    _ ciphers: inout Effective<String>?
  ) {
    for (name, value) in commands {
      let before = versions.value
      switch name.lowercased() {
      case "minprotocol":
        versions.value = TLSVersion.range(from: TLSVersion(value.value), to: before.max())
      case "maxprotocol":
        versions.value = TLSVersion.range(from: before.min(), to: TLSVersion(value.value))
      case "protocol": versions.value = Self.versions(value.value, from: before)
      case "cipherstring":
        let own = ciphers.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] }
        ciphers = Effective(value.value, origin: value.origin, shadowed: own ?? [])
        continue
      default: continue
      }
      versions.shadowed.insert(.init(value: before, origin: versions.origin), at: 0)
      versions.origin = value.origin
    }
  }

  private func resolved(_ text: Effective<String>?) -> Effective<String>? {
    guard let text, text.value.contains("PROFILE=SYSTEM") else { return text }
    guard var system = systemSuites ?? commands["cipherstring"] else { return text }
    system.value = text.value.replacing("PROFILE=SYSTEM", with: system.value)
    return system
  }

  /// SSLv3 is not built since 1.1.0; since 3.0, TLS below 1.2 takes security level 0 (ssl/ssl_cert.c; its
  /// signatures are made over SHA-1).
  private func isRefused(_ version: TLSVersion, level: Int) -> Bool {
    switch version {
    case .ssl2, .ssl3: isAtLeast(1, 1)
    case .tls10, .tls11: isAtLeast(3, 0) && level > 0
    case .tls12, .tls13: false
    }
  }
}
