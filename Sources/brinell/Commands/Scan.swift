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
      Options can also stand in a file brinell.yaml in the working directory, as in 'fail-on: medium'; the command \
      line wins over the file. --show-config prints what holds.

      With --since the findings of an earlier JSON report are accepted as they are: only new ones fail.

      The exit status is 0 if no finding is as severe as --fail-on, 1 if one is, 2 if a target could not be \
      judged as asked and 64 for wrong usage.
      """)

  @Argument(help: "An image, a directory or an evidence bundle; several are judged one after the other.")
  var target: [String] = []

  @OptionGroup var options: ScanOptions

  @Flag(help: "Print every option with its value and where that comes from, and judge nothing.")
  var showConfig = false
}

extension Scan {
  func run() throws {
    let file = try ConfigurationFile.read()
    if showConfig {
      try Terminal.write(ShownConfiguration(commandLine: options, file: file).text)
      return
    }
    var scan = self
    scan.options.complete(with: file.options)
    try scan.options.target.opening.validate()
    try scan.judge()
  }

  private func judge() throws {
    let targets = try options.target.targets(target)
    if options.evidence != nil, targets.count > 1 {
      throw ValidationError("--evidence keeps the evidence of one target; judge the others one by one.")
    }
    if options.machine != nil, targets.count > 1 {
      throw ValidationError("--vm is the machine of one target; judge the others one by one.")
    }
    let definition = try options.machine.map(MachineReading.read)
    let destinations = try options.report.writing.destinations()
    let ratchet = try options.report.ratchet()
    for destination in destinations { try destination.requireFolder() }
    let progress = options.output.progressDisplay()
    defer { progress.end() }
    let union = try options.judging.union()
    var session = ScanSession(
      union: union, waivers: try options.judging.readWaivers(),
      supplements: try options.judging.supplements(for: union), gate: options.report.gate,
      evidenceFile: options.evidence, asOf: options.judging.moment, progress: progress)
    session.request = try options.collection.request()
    session.supplements.set(definition)
    do {
      session.openOptions = try options.target.opening.openOptions(options.output, progress: progress)
    } catch let error as CollectionError {
      throw Failure(error.description)
    }
    var result = session.run(targets, names: options.target.names(target))
    if let ratchet { result.report = ratchet.applied(to: result.report) }
    if HelperProcesses.interruption != 0 { throw Failure("interrupted") }
    for use in result.waiverUses {
      if let notice = use.notice { progress.notice(notice + Self.suggestion(for: use.waiver, union)) }
    }
    let status = try write(result, to: destinations, progress)
    if options.report.isAnnotating {
      for line in GitHubAnnotations.lines(for: result.report) { writeError(line + "\n") }
    }
    if !options.output.quiet { tellConclusions(of: result.report, destinations, progress) }
    if options.output.verbose { writeError(Self.costLine(result) + "\n") }
    if status != 0 { throw ExitCode(status) }
  }

  /// What a waiver may mean that names no check that was judged.
  private static func suggestion(for waiver: Waiver, _ union: BaselineUnion) -> String {
    guard !union.checks.contains(where: waiver.names) else { return "" }
    return Suggestion.phrase(for: waiver.check, among: union.checks.map(\.plainID))
  }

  /// Writes the report everywhere, also where one place fails.
  ///
  /// - Returns: the exit status.
  private func write(
    _ result: ScanSession.Result, to destinations: [Destination<Report>], _ progress: ProgressDisplay
  ) throws -> Int32 {
    let style = TextStyle(
      width: Terminal.width, usesColor: options.output.usesColor, explains: options.report.explain)
    var status = result.report.conclusion.word.exitStatus
    if result.hasFailure { status = 2 }
    for destination in destinations {
      do {
        try destination.write(result.report, style: style)
      } catch let nothing as NothingToExport {
        progress.notice("\(destination.form.name): \(nothing), so there is no document")
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
    of report: Report, _ destinations: [Destination<Report>], _ progress: ProgressDisplay
  ) {
    guard !destinations.contains(where: \.isShownToPeople) else { return }
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
