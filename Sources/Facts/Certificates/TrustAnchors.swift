import DiskImages
import Evidence

/// The roots that programs of the guest trust, compared with those that its distribution ships.
///
/// The distribution's are the certificates in files of its package of roots; whether such a file has been changed is
/// what `packaged_files` tells. Stores of single programs (Firefox, NSS databases, certifi, a JDK's own) are not
/// looked into.
public struct TrustAnchors: FactModel {
  /// A root that programs trust.
  public struct Anchor: Hashable, Sendable {
    public var certificate: CertificateDetails
    /// Where an administrator or another package has put it, else where programs find it; sorted.
    public var paths: [String]
    /// Whether programs trust it now; else the next run of the tool that renews the store lets them.
    public var isEffective: Bool
    /// Whether the distribution's package brought it.
    public var isShipped: Bool
    /// Another package that brought it.
    public var package: String?
    /// Why it should not be trusted: the administrator or the system has struck it out; nil for none.
    public var distrust: String?
  }

  public static let needs: [ContentNeed] = ["/etc/ca-certificates.conf"] + PackagedFiles.needs
  public static var probes: [any ContentProbe] { [CertificateProbe()] }

  /// Every root, by subject and fingerprint.
  public let anchors: [Anchor]
  /// Fingerprints of the distribution's roots, trusted or not.
  public let shipped: Set<String>
  /// Stores that could not be read or compared.
  public let gaps: [EvidenceGap]

  /// Roots that the distribution does not ship.
  public var extra: [Anchor] { anchors.filter { !$0.isShipped } }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let found = try facts.model(CertificateFilesFound.self)
    let packages = try facts.model(PackagedFiles.self)
    let sources = AnchorSources(found, packages, facts.evidence)
    let struckOut = try Self.struckOut(facts.evidence, found)
    let blocked = sources.blocked
    shipped = sources.shipped
    let candidates = Set(sources.effective.keys).union(sources.local.keys)
    anchors = candidates.compactMap { fingerprint -> Anchor? in
      guard let certificate = found.details[fingerprint] else { return nil }
      let isShipped = sources.shipped.contains(fingerprint)
      let effective = sources.effective[fingerprint] ?? []
      if isShipped, effective.isEmpty { return nil }
      if blocked.contains(fingerprint), effective.isEmpty { return nil }
      let local = sources.local[fingerprint] ?? []
      return Anchor(
        certificate: certificate, paths: (local.isEmpty ? effective : local).sorted(),
        isEffective: !effective.isEmpty, isShipped: isShipped, package: sources.package[fingerprint],
        distrust: Self.distrust(certificate, isShipped, struckOut, blocked))
    }.sorted {
      ($0.certificate.subject, $0.certificate.fingerprint) < (
        $1.certificate.subject, $1.certificate.fingerprint
      )
    }
    gaps = sources.gaps
  }

  private static func distrust(
    _ certificate: CertificateDetails, _ isShipped: Bool, _ struckOut: [String: Origin],
    _ blocked: Set<String>
  ) -> String? {
    if let origin = struckOut[certificate.fingerprint] {
      return "\(origin.path ?? ""):\(origin.line ?? 0) strikes it out (\(origin.text ?? ""))"
    }
    if blocked.contains(certificate.fingerprint) { return "it lies in the list of what is not trusted" }
    guard !isShipped else { return nil }
    return TrustStores.distrusted.first { certificate.subject.contains($0.organisation) }
      .map { "Mozilla's store does not trust \($0.organisation) since \($0.since)" }
  }

  /// Lines `!mozilla/Name.crt` of /etc/ca-certificates.conf, by fingerprint (update-ca-certificates(8)).
  private static func struckOut(
    _ evidence: Evidence, _ found: CertificateFilesFound
  ) throws(EvidenceGap) -> [String: Origin] {
    let path = "/etc/ca-certificates.conf"
    guard let text = try evidence.text(at: path) else { return [:] }
    var lines: [String: Origin] = [:]
    for line in text.lines where line.text.hasPrefix("!") {
      let file = "/usr/share/ca-certificates/" + line.text.dropFirst().trimmingBlanks()
      lines[file] = Origin(path: path, line: line.number, kind: .explicit, text: line.text)
    }
    var struckOut: [String: Origin] = [:]
    for file in found.files {
      guard let origin = lines[file.path] else { continue }
      for place in file.record.places { struckOut[place.fingerprint] = origin }
    }
    return struckOut
  }
}

/// Which certificate lies in which part of the stores.
private struct AnchorSources {
  var shipped: Set<String> = []
  var blocked: Set<String> = []
  var local: [String: [String]] = [:]
  var effective: [String: [String]] = [:]
  var package: [String: String] = [:]
  var gaps: [EvidenceGap] = []

  init(_ found: CertificateFilesFound, _ packages: PackagedFiles, _ evidence: Evidence) {
    let stores = Self.effectiveFiles(evidence)
    var bundles: [(path: String, entry: FileEntry, record: CertificateFile)] = []
    for file in found.files {
      if TrustStores.isBlocked(file.path) {
        blocked.formUnion(file.record.places.map(\.fingerprint))
      } else if TrustStores.isBelow(file.path, TrustStores.shipped) {
        add(shipped: file, packages)
      } else if TrustStores.isBelow(file.path, TrustStores.local) {
        // update-ca-certificates(8) takes files that end with .crt alone.
        if file.path.hasPrefix("/usr/local/"), !file.path.hasSuffix(".crt") { continue }
        add(local: file)
      }
      if stores.contains(file.entry.id) { bundles.append(file) }
    }
    for file in bundles {
      for place in file.record.places { effective[place.fingerprint, default: []].append(file.path) }
      if file.record.isEncrypted {
        gaps.append(EvidenceGap(path: file.path, reason: "a password hides its certificates"))
      }
      if file.record.further > 0 || file.record.damaged > 0 {
        gaps.append(EvidenceGap(path: file.path, reason: "not all of its certificates could be read"))
      }
    }
    compareWithoutList(bundles, packages)
    let isStore = { (path: String) in
      TrustStores.effective.contains(path)
        || TrustStores.isBelow(path, TrustStores.shipped + TrustStores.local)
    }
    gaps += found.unread.filter { gap in
      isStore(gap.path)
        || TrustStores.effective.contains { $0.hasPrefix(gap.path == "/" ? "/" : gap.path + "/") }
    }
  }

  private mutating func add(
    shipped file: (path: String, entry: FileEntry, record: CertificateFile), _ packages: PackagedFiles
  ) {
    let owner = packages.owner(of: file.entry)
    if !packages.isKnown || owner.map(TrustStores.packages.contains) == true {
      shipped.formUnion(file.record.places.map(\.fingerprint))
      return
    }
    for place in file.record.places { package[place.fingerprint] = owner }
    add(local: file)
  }

  private mutating func add(local file: (path: String, entry: FileEntry, record: CertificateFile)) {
    for place in file.record.places { local[place.fingerprint, default: []].append(file.path) }
  }

  /// Alpine's ca-certificates-bundle ships the finished bundle without the single roots: then that is the
  /// distribution's choice. A bundle that nothing can be compared with is a gap.
  private mutating func compareWithoutList(
    _ bundles: [(path: String, entry: FileEntry, record: CertificateFile)], _ packages: PackagedFiles
  ) {
    guard shipped.isEmpty else { return }
    for file in bundles {
      if let owner = packages.owner(of: file.entry), TrustStores.packages.contains(owner) {
        shipped.formUnion(file.record.places.map(\.fingerprint))
      }
    }
    guard shipped.isEmpty, let bundle = bundles.first(where: { $0.record.places.count > 10 }) else { return }
    gaps.append(
      EvidenceGap(
        path: bundle.path, reason: "no list of the distribution's own roots is there to compare with"))
    // Their number alone says that they are somebody's bundle, not the administrator's additions.
    effective = effective.filter { local[$0.key] != nil }
  }

  private static func effectiveFiles(_ evidence: Evidence) -> Set<UInt32> {
    var files = TrustStores.hashed(evidence)
    for path in TrustStores.effective {
      if case .found(let file) = evidence.index.resolve(path), file.type == .regular { files.insert(file.id) }
    }
    return files
  }
}
