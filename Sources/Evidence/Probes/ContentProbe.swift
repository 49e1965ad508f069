import DiskImages

/// A question about the content of files that is answered while the guest is open. The evidence keeps the answers, not
/// the content: of programs a few properties instead of their blocks, of secrets the kind and the place instead of
/// the secret.
///
/// One file in the module that knows the form of the content, or in `Evidence/Probes`. A model names the probes that
/// it asks in `FactModel.probes` and reads the answers with `Evidence.answer(of:)`.
public protocol ContentProbe: Sendable {
  /// What is known of one file.
  associatedtype Record: Codable & Sendable

  /// Names the answers in the evidence and in bundles: `elf`, `digests`.
  static var name: String { get }

  /// For people, while it runs: `reading programs`.
  var words: String { get }

  /// The probe that answers what both ask; the scan carries out one probe of a name.
  func union(_ other: Self) -> Self

  /// Reads what it needs, in few large requests, after all contents of the plan have been collected.
  ///
  /// - Parameters:
  ///   - evidence: the index, and the contents so far.
  ///   - filesystem: gives content that nothing has been cut out of. No secret may get into the answer.
  /// - Throws: only when reading as a whole failed.
  func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record>
}

extension ContentProbe {
  /// A probe without parameters asks the same each time.
  public func union(_ other: Self) -> Self { self }
}

/// What a probe has found out.
public struct ProbeAnswer<Record: Codable & Sendable>: Codable, Sendable {
  /// How much was asked, in the probe's own words, as in `executables`; empty for a probe without parameters.
  public var scope: String
  /// By `FileEntry.id`. A file without a record and without an entry in `unread` is none that the probe is about.
  public var records: [UInt32: Record]
  /// Files that could not be looked at, with the reason.
  public var unread: [UInt32: String]

  /// Puts an answer together.
  public init(scope: String = "", records: [UInt32: Record] = [:], unread: [UInt32: String] = [:]) {
    self.scope = scope
    self.records = records
    self.unread = unread
  }
}

extension CollectionPlan {
  /// Adds a probe, or widens the one of the same name.
  public mutating func add(_ probe: some ContentProbe) {
    func united<Probe: ContentProbe>(_ probe: Probe) -> any ContentProbe {
      guard let known = probes[Probe.name] as? Probe else { return probe }
      return known.union(probe)
    }
    probes[type(of: probe).name] = united(probe)
  }

  /// Whether somebody asks the probe.
  public func asks<Probe: ContentProbe>(_ probe: Probe.Type) -> Bool { probes[Probe.name] != nil }
}
