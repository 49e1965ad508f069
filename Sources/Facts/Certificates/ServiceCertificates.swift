import DiskImages
import Evidence

/// Which services of the next boot show which certificate files, by what their configurations name.
public struct ServiceCertificates: FactModel {
  /// One end of a service that shows the certificate.
  public struct Use: Sendable, Hashable {
    /// As findings name the end: `nginx example.org:443`.
    public var subject: String
    /// Whether other machines see the certificate.
    public var isOnNetwork: Bool
    /// Whether clients take any certificate, as mail servers do of each other.
    public var isOpportunistic: Bool
    /// The line that names the file.
    public var origin: Origin
  }

  public static let needs: [ContentNeed] = TLSServices.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    TLSServices.furtherNeeds(evidence)
  }

  /// By the path of the file itself, links followed; in the order in which the services are known.
  public let uses: [String: [Use]]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var uses: [String: [Use]] = [:]
    for end in try facts.model(TLSServices.self).endpoints where end.role == .listener && end.speaksTLS {
      guard let certificate = end.certificate else { continue }
      let use = Use(
        subject: end.subject, isOnNetwork: end.isOnNetwork, isOpportunistic: end.isOpportunistic,
        origin: certificate.origin)
      for path in Self.paths(certificate.value, of: end.service).prefix(100) {
        for file in Self.files(path, facts.evidence).prefix(1000)
        where uses[file]?.contains(where: { $0.subject == use.subject }) != true {
          uses[file, default: []].append(use)
        }
      }
    }
    self.uses = uses
  }

  /// Where a daemon looks for a name without a folder.
  private static let folders = ["nginx": "/etc/nginx", "haproxy": "/etc/haproxy", "postfix": "/etc/postfix"]

  /// `</etc/dovecot/cert.pem` of Dovecot, and the list of smtpd_tls_chain_files.
  private static func paths(_ value: String, of service: String) -> [String] {
    value.split { ", \t".contains($0) }.map { word in
      let path = word.drop { $0 == "<" }
      return path.hasPrefix("/") ? String(path) : "\(folders[service] ?? "")/\(path)"
    }
  }

  /// The file, or the files of a folder, which HAProxy takes.
  private static func files(_ path: String, _ evidence: Evidence) -> [String] {
    guard case .found(let entry) = evidence.index.resolve(path) else { return [] }
    if entry.type == .regular { return [entry.path] }
    return entry.children.compactMap { child in
      guard case .found(let file) = evidence.index.target(of: child), file.type == .regular else {
        return nil
      }
      return file.path
    }
  }
}
