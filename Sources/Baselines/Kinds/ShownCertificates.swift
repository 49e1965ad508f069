import Facts

/// Which certificates services show: the first of each file that their configurations name; the rest of a file is the
/// chain to an authority.
struct ShownCertificates {
  private var shown: [String: [ServiceCertificates.Use]] = [:]

  /// Without the services, where their configuration cannot be read, no certificate is known to be shown.
  init(_ facts: GuestFacts, _ certificates: Certificates) {
    guard let services = try? facts.model(ServiceCertificates.self), !services.uses.isEmpty else { return }
    var first: [String: (line: Int, fingerprint: String)] = [:]
    for certificate in certificates.certificates {
      for place in certificate.places where services.uses[place.path] != nil {
        let line = place.line ?? 0
        if let known = first[place.path], known.line <= line { continue }
        first[place.path] = (line, certificate.details.fingerprint)
      }
    }
    for (path, leaf) in first.sorted(by: { $0.key < $1.key }) {
      shown[leaf.fingerprint, default: []] += services.uses[path] ?? []
    }
  }

  /// The ends that show a certificate.
  func uses(of certificate: Certificates.Certificate) -> [ServiceCertificates.Use] {
    shown[certificate.details.fingerprint] ?? []
  }

  /// `, used by nginx a:443`, or nothing.
  static func words(_ uses: [ServiceCertificates.Use]) -> String {
    var seen: Set<String> = []
    let names = uses.map(\.subject).filter { seen.insert($0).inserted }
    if names.isEmpty { return "" }
    let more = names.count > 4 ? " and \(names.count - 4) more" : ""
    return ", used by " + names.prefix(4).joined(separator: ", ") + more
  }
}
