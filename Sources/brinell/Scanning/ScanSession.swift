import Advisories
import Baselines
import DiskImages
import Evidence
import Facts
import Foundation
import Reports

/// Judges targets one after the other; one that fails does not stop the others.
struct ScanSession {
  var union: BaselineUnion
  var waivers: [Waiver] = []
  /// What is given beside the images.
  var supplements = Supplements()
  var gate = Gate()
  var openOptions = OpenOptions()
  var request = CollectionRequest()
  /// Where the evidence of the one target is kept.
  var evidenceFile: String?
  /// Whether the result holds the facts of every system.
  var keepsFacts = false
  /// Nil: the moment of the scan.
  var asOf: Int64?
  var clock = ScanClock.system
  var progress = ProgressDisplay(style: .silent)

  /// What a scan has brought.
  struct Result {
    var report: Report
    /// What became of the waivers.
    var waiverUses: [WaiverUse]
    var cost: Cost
    /// Whether something was not done that was asked besides judging; it is told already.
    var hasFailure: Bool
    /// Of the systems in the order of the report, if they were to be kept.
    var facts: [GuestFacts] = []
  }

  /// What reading has cost, the last system's number of requests being that of its target.
  struct Cost: Hashable {
    var requests = 0
    var contentBytes: Int64 = 0
  }

  /// Collects, judges and reports.
  func run(_ targets: [Swift.Result<Target, CollectionError>], names: [String]) -> Result {
    let startedAt = clock.now()
    let start = clock.elapsed()
    let asOf = asOf ?? startedAt
    var builder = ReportBuilder(checks: union.checks)
    var judgements: [Judgement] = []
    var cost = Cost()
    var hasFailure = false
    var volumeKeys = VolumeKeysInRun()
    var privateKeys = PrivateKeysInRun()
    var facts: [GuestFacts] = []
    for (number, (target, name)) in zip(targets, names).enumerated() where HelperProcesses.interruption == 0 {
      let stopwatch = Stopwatch(clock)
      progress.beginTarget(number + 1, of: targets.count)
      do {
        let collected = try gather(try target.get(), stopwatch)
        let machine = ownMachine(of: try target.get(), &hasFailure)
        progress.begin(Stage(key: "judge", words: "judging"))
        var supplements = supplements
        supplements.set(machine)
        supplements.set(volumeKeys)
        supplements.set(privateKeys)
        let guests = judge(collected, supplements, asOf: asOf, timings: stopwatch.timings())
        volumeKeys.add(collected.storage, of: collected.target)
        for guest in guests {
          // Without the probe for secrets nobody asks.
          if let secrets = try? guest.facts.model(Secrets.self) { privateKeys.add(secrets, of: name) }
        }
        builder.add(collected, guests: guests)
        judgements += guests.map(\.judgement)
        if keepsFacts { facts += guests.map(\.facts) }
        cost.requests += collected.guests.map(\.cost.requests).max() ?? 0
        cost.contentBytes += collected.guests.map(\.cost.contentBytes).reduce(0, +)
        hasFailure = !keep(collected, collectedAt: startedAt) || hasFailure
      } catch {
        progress.notice(error.description)
        builder.add(failed: name, error)
      }
    }
    progress.end()
    let advisories = supplements[AdvisoryStore.self]?.sources ?? []
    for source in advisories {
      if let warning = SourceWords.warning(source, asOf: asOf) { progress.notice(warning) }
    }
    let report = builder.report(
      tool: Report.Tool(name: "brinell", version: Brinell.configuration.version), startedAt: startedAt,
      asOf: asOf, duration: clock.elapsed() - start, gate: gate,
      baselines: union.baselines.map(\.identity),
      advisories: advisories.map {
        Report.AdvisorySource(source: $0.name, date: $0.date, digest: $0.digest)
      })
    return Result(
      report: report, waiverUses: WaiverUse.combined(judgements), cost: cost, hasFailure: hasFailure,
      facts: facts)
  }

  private func gather(
    _ target: Target, _ stopwatch: Stopwatch
  ) throws(CollectionError) -> CollectedTarget {
    var options = openOptions
    let progress = progress
    let begin: @Sendable (Stage) -> Void = {
      stopwatch.begin($0.key)
      progress.begin($0)
    }
    options.stage = begin
    var plan = union.plan
    plan.formUnion(ReportBuilder.plan)
    defer { stopwatch.end() }
    return try collect(
      target, plan: request.extending(plan), options: options, events: CollectionEvents(stage: begin))
  }

  /// The definition that the user gives, or that an OVA brings along. One that is damaged is told, and the scan counts as
  /// incomplete.
  private func ownMachine(of target: Target, _ hasFailure: inout Bool) -> MachineDefinition? {
    if let given = supplements[MachineDefinition.self] { return given }
    guard case .image(let disks) = target, disks.count == 1 else { return nil }
    do {
      return try MachineReading.descriptor(inArchive: disks[0])
    } catch {
      progress.notice(error.description)
      hasFailure = true
      return nil
    }
  }

  private func judge(
    _ target: CollectedTarget, _ supplements: Supplements, asOf: Int64, timings: [[String: Double]]
  ) -> [ReportBuilder.JudgedGuest] {
    let image = JudgedImage(name: target.source, digests: digests(of: target))
    return target.guests.enumerated().map { number, guest in
      let start = clock.elapsed()
      let facts = GuestFacts(guest.evidence, asOf: asOf, supplements: supplements)
      let judgement = union.judge(facts, waivers: waivers, image: image)
      var timings = number < timings.count ? timings[number] : [:]
      timings["judge"] = clock.elapsed() - start
      return ReportBuilder.JudgedGuest(facts: facts, judgement: judgement, timings: timings)
    }
  }

  /// Digests of the image files, where a waiver asks for one: reading a whole image takes longer than judging it.
  private func digests(of target: CollectedTarget) -> [String] {
    guard waivers.contains(where: { $0.scope.image?.hasPrefix("sha256:") == true }) else { return [] }
    progress.begin("computing digests for the waivers")
    return target.disks.compactMap { ImageDigest.sha256($0.path) }
  }

  /// Whether the evidence is kept as asked.
  private func keep(_ target: CollectedTarget, collectedAt: Int64) -> Bool {
    guard let evidenceFile else { return true }
    progress.begin("writing the evidence")
    do {
      try Bundle.write(target, to: evidenceFile, collectedAt: collectedAt)
      return true
    } catch {
      progress.notice(error.description)
      return false
    }
  }
}
