import DiskImages

/// The certificates of a guest, read while its files are there. Records hold what the certificates say, which is public.
public struct CertificateProbe: ContentProbe {
  public typealias Record = CertificateFile

  public static let name = "certificates"
  public var words: String { "reading certificates" }

  private let limits: CertificateSearchPlan.Limits
  /// Certificates of all files together, each once.
  static let detailsLimit = 20_000
  /// Places of all files together.
  static let placesLimit = 100_000
  /// Checking a signature takes about 50 µs.
  static let checksLimit = 5000

  /// A search with the usual limits: 20 000 files, 128 MiB, 4 MiB and 1000 certificates of one file.
  public init() { self.init(limits: CertificateSearchPlan.Limits()) }

  init(limits: CertificateSearchPlan.Limits) { self.limits = limits }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<CertificateFile> {
    let plan = CertificateSearchPlan(evidence.index, limits: limits)
    var answer = ProbeAnswer<CertificateFile>()
    var files = CertificateFiles()
    try filesystem.readContents(of: plan.files, limit: Int(limits.size)) { file, content in
      switch content {
      case .bytes(let bytes):
        let record = files.read(path: file.path, bytes)
        if !record.isEmpty { answer.records[file.id] = record }
      case .tooLarge(let size): answer.unread[file.id] = "\(size) bytes"
      case .unreadable(let reason): answer.unread[file.id] = reason
      case .notCollected: answer.unread[file.id] = "not collected"
      }
    }
    if plan.leftOut > 0 {
      answer.unread[evidence.index.root.id] = "\(plan.leftOut) files beyond the limits of the search"
    }
    return answer
  }
}

/// Reads files one after the other; what is known of a certificate is kept once.
struct CertificateFiles {
  private var known: Set<String> = []
  private var places = 0
  private var checks = 0

  mutating func read(path: String, _ bytes: [UInt8]) -> CertificateFile {
    let containers = CertificateContainers(path: path, bytes: bytes)
    var file = CertificateFile()
    file.further = containers.further
    file.damaged = containers.damaged
    file.isEncrypted = containers.isEncrypted
    for found in containers.found {
      guard places < CertificateProbe.placesLimit else {
        file.further += 1
        continue
      }
      guard let details = CertificateReader(found.der).read(verify: false) else {
        file.damaged += 1
        continue
      }
      if !known.contains(details.fingerprint) {
        guard known.count < CertificateProbe.detailsLimit else {
          file.further += 1
          continue
        }
        known.insert(details.fingerprint)
        file.details.append(checked(details, found.der))
      }
      places += 1
      file.places.append(.init(fingerprint: details.fingerprint, line: found.line))
    }
    return file
  }

  /// With its own signature checked, as long as checks may go on.
  private mutating func checked(_ details: CertificateDetails, _ der: ArraySlice<UInt8>) -> CertificateDetails
  {
    guard details.selfSignature == .byName, checks < CertificateProbe.checksLimit else { return details }
    checks += 1
    return CertificateReader(der).read(verify: true) ?? details
  }
}
