import Baselines
import DiskImages
import Evidence
import Facts

/// Makes a report of what was collected and judged.
public struct ReportBuilder {
  /// A system of a target and the answers for it.
  public struct JudgedGuest {
    public var facts: GuestFacts
    public var judgement: Judgement
    /// Seconds by stage.
    public var timings: [String: Double]

    /// Pairs a system with its answers.
    public init(facts: GuestFacts, judgement: Judgement, timings: [String: Double] = [:]) {
      self.facts = facts
      self.judgement = judgement
      self.timings = timings
    }
  }

  /// What the report itself reads of a guest, besides what checks need.
  public static let plan = CollectionPlan([
    OSRelease.self, Hostname.self, InstalledPackages.self, SupportDates.self,
  ])

  private var targets: [TargetReport] = []
  private var checks: [Report.CheckDescription]
  private var known: Set<String>

  /// A report on the given checks; those of guests are added.
  public init(checks: [Check] = []) {
    self.checks = checks.map(Report.CheckDescription.init)
    known = Set(checks.map(\.id))
  }

  /// Adds a target that was judged.
  public mutating func add(_ target: CollectedTarget, guests: [JudgedGuest]) {
    var reports: [GuestReport] = []
    for guest in guests {
      for result in guest.judgement.results { describe(Report.CheckDescription(result.check)) }
      let unread = UnreadPlaces.findings(
        of: guest.facts.evidence, packages: installedPackages(guest.facts))
      for part in unread { describe(part.check) }
      reports.append(GuestReport(guest, unread: unread))
    }
    targets.append(
      TargetReport(
        target: target.target, status: .judged, disks: target.disks, storage: target.storage, guests: reports)
    )
  }

  /// Adds a target that could not be read.
  public mutating func add(failed target: String, _ error: CollectionError) {
    targets.append(
      TargetReport(
        target: target, status: .failed, error: error.description, disks: error.disks, storage: error.storage,
        guests: []))
  }

  private mutating func describe(_ check: Report.CheckDescription) {
    if known.insert(check.id).inserted { checks.append(check) }
  }

  /// The report.
  ///
  /// - Parameters:
  ///   - startedAt: seconds since 1970-01-01 UTC.
  ///   - asOf: the moment as of which dates were judged.
  public func report(
    tool: Report.Tool, startedAt: Int64, asOf: Int64, duration: Double, gate: Gate,
    baselines: [BaselineIdentity], advisories: [Report.AdvisorySource] = []
  ) -> Report {
    Report(
      tool: tool, startedAt: CalendarTime.timestamp(startedAt), asOf: CalendarTime.day(asOf),
      durationSeconds: milliseconds(duration), gate: gate, baselines: baselines, advisories: advisories,
      checks: checks, targets: targets)
  }
}

private func installedPackages(_ facts: GuestFacts) -> Result<InstalledPackages, EvidenceGap> {
  do { return .success(try facts.model()) } catch { return .failure(error) }
}

/// Seconds with three decimals.
func milliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

extension Report.CheckDescription {
  init(_ check: Check) {
    self.init(
      id: check.id, title: check.title, severity: check.severity, references: check.references,
      rationale: check.rationale, remediation: check.remediation, fix: check.kind.fix)
  }
}

extension TargetReport {
  fileprivate init(
    target: String, status: Status, error: String? = nil, disks: [DiskDescription], storage: [StorageDevice],
    guests: [GuestReport]
  ) {
    self.target = target
    self.status = status
    self.error = error
    self.disks = disks.map {
      Disk(path: $0.path, format: $0.format, virtualSize: $0.virtualSize, backingChain: $0.backingChain)
    }
    self.storage = storage.flatMap { device in
      let mountpoints = device.mountpoints.isEmpty ? [nil] : device.mountpoints.map(Optional.some)
      return mountpoints.map { mountpoint in
        Storage(
          device: device.name, type: device.kind.rawValue, parents: device.parents, size: device.size,
          filesystem: device.content, mountpoint: mountpoint, encrypted: device.isEncrypted,
          detail: device.problem)
      }
    }
    self.guests = guests
  }
}
