import ArgumentParser
import Baselines
import DiskImages
import Evidence
import Foundation
import Reports

struct Scan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge images, unpacked trees or evidence bundles.",
    discussion: """
      A target is one guest: an image, a directory with an unpacked system or a bundle from 'brinell collect'. \
      Options can also stand in a file brinell.yaml in the working directory, as in 'fail-on: medium'.

      The exit status is 0 if no finding is as severe as --fail-on, 1 if one is, 2 if a target could not be \
      judged as asked and 64 for wrong usage.
      """)

  @Argument(help: "An image, a directory or an evidence bundle; several are judged one after the other.")
  var target: [String] = []

  @OptionGroup(title: "Target") var targetOptions: TargetOptions
  @OptionGroup(title: "Collection") var collectionOptions: CollectionOptions
  @OptionGroup(title: "Judging") var judgingOptions: JudgingOptions
  @OptionGroup(title: "Report") var reportOptions: ReportOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  @Option(
    help: ArgumentHelp("Keep the evidence in a bundle that can be judged again.", valueName: "file"))
  var evidence: String?
}

extension Scan {
  func run() throws {
    var scan = self
    try scan.complete(with: try ConfigurationFile.read())
    try scan.judge()
  }

  private mutating func complete(with file: ConfigurationFile.Options) throws {
    judgingOptions.complete(with: file.judging)
    reportOptions.complete(with: file.report)
    outputOptions.complete(with: file.output)
    targetOptions.imageFormat = targetOptions.imageFormat ?? file.imageFormat
    evidence = evidence ?? file.evidence
    collectionOptions.complete(with: file.collection)
    try targetOptions.validate()
  }

  private func judge() throws {
    let targets = try targetOptions.targets(target)
    if evidence != nil, targets.count > 1 {
      throw ValidationError("--evidence keeps the evidence of one target; judge the others one by one.")
    }
    let destinations = try reportOptions.destinations()
    for destination in destinations { try destination.requireFolder() }
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    let union = try judgingOptions.union()
    var session = ScanSession(
      union: union, waivers: try judgingOptions.readWaivers(),
      supplements: try judgingOptions.supplements(for: union), gate: reportOptions.gate,
      evidenceFile: evidence, asOf: judgingOptions.moment, progress: progress)
    session.request = try collectionOptions.request()
    do {
      session.openOptions = try targetOptions.openOptions(outputOptions, progress: progress)
    } catch let error as CollectionError {
      throw Failure(error.description)
    }
    let result = session.run(targets, names: targetOptions.names(target))
    if HelperProcesses.interruption != 0 { throw Failure("interrupted") }
    for use in result.waiverUses {
      if let notice = use.notice { progress.notice(notice) }
    }
    let status = try write(result, to: destinations, progress)
    if !outputOptions.quiet { tellConclusions(of: result.report, destinations, progress) }
    if outputOptions.verbose { writeError(Self.costLine(result) + "\n") }
    if status != 0 { throw ExitCode(status) }
  }

  /// Writes the report everywhere, also where one place fails.
  ///
  /// - Returns: the exit status.
  private func write(
    _ result: ScanSession.Result, to destinations: [ReportOptions.Destination], _ progress: ProgressDisplay
  ) throws -> Int32 {
    let style = TextStyle(width: Terminal.width, usesColor: outputOptions.usesColor)
    var status = result.report.conclusion.word.exitStatus
    if result.hasFailure { status = 2 }
    for destination in destinations {
      do {
        try destination.write(result.report, style: style)
      } catch let failure as Failure {
        progress.notice(failure.message)
        status = 2
      }
    }
    return status
  }

  /// Says in a pipeline's log why the exit status is not 0, unless a report on standard output does. Targets that
  /// failed have been named already.
  private func tellConclusions(
    of report: Report, _ destinations: [ReportOptions.Destination], _ progress: ProgressDisplay
  ) {
    guard !destinations.contains(where: { $0.path == nil && $0.format.isForPeople }) else { return }
    for target in report.targets where target.status == .judged {
      let conclusion = report.conclusion(of: target)
      if conclusion.word == .pass { continue }
      progress.notice(
        "\(target.target): \(conclusion.word.rawValue): \(conclusion.reasons.joined(separator: "; "))")
    }
  }

  /// For benchmarks: `cost: cpu_seconds=1.204 peak_memory_bytes=…`; the appliance is not counted.
  private static func costLine(_ result: ScanSession.Result) -> String {
    let cpu = (HelperProcesses.ownCPUSeconds * 1000).rounded() / 1000
    return "cost: wall_seconds=\(result.report.durationSeconds) cpu_seconds=\(cpu)"
      + " peak_memory_bytes=\(HelperProcesses.ownPeakMemory) requests=\(result.cost.requests)"
      + " content_bytes=\(result.cost.contentBytes)"
  }
}
