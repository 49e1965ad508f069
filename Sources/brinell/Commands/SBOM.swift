import ArgumentParser
import DiskImages
import Evidence
import Facts
import Foundation
import Reports

struct SBOM: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a software bill of materials.",
    discussion: """
      It lists the installed packages of the distribution (dpkg, rpm, apk, pacman) and those of Python, npm, \
      Ruby, Java archives and of programs of Go and Rust, with package URLs, the licences that the databases hold and the file that lists each.

      The exit status is 0 if everything could be read. It is 2 if the packages of the distribution could not be \
      read, and then nothing is written, or if something smaller could not: that is said, and the rest written.
      """)

  @Argument(help: "An image, a directory or an evidence bundle.")
  var target: [String] = []

  @OptionGroup(title: "Target") var targetOptions: TargetOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The form: \(BillFormat.allCases.map(\.rawValue).joined(separator: " or ")). (default: cyclonedx)",
      valueName: "format"))
  var format: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write it to this file, not to standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    if let format, BillFormat(rawValue: format) == nil {
      throw wrongValue(
        "--format", format, isNot: "a form of bill", among: BillFormat.allCases.map(\.rawValue))
    }
  }

  func run() throws {
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    let targets = try targetOptions.targets(target)
    guard targets.count == 1 else {
      throw ValidationError("One target makes one bill of materials; take the others one by one.")
    }
    let collected = try collected(targets[0], progress)
    let (systems, isComplete) = try systems(of: collected, progress)
    let bill = BillOfMaterials(
      subject: targetOptions.names(target)[0], created: Int64(Date().timeIntervalSince1970),
      tool: Report.Tool(name: "brinell", version: Brinell.configuration.version), systems: systems)
    progress.end()
    let text = (format.flatMap(BillFormat.init) ?? .cyclonedx).render(bill)
    if let output { try Terminal.write(text, to: output) } else { try Terminal.write(text) }
    if !isComplete { throw ExitCode(2) }
  }

  private func collected(
    _ target: Result<Target, CollectionError>, _ progress: ProgressDisplay
  ) throws -> CollectedTarget {
    do {
      return try collect(
        try target.get(), plan: BillOfMaterials.plan,
        options: try targetOptions.opening.openOptions(outputOptions, progress: progress),
        events: CollectionEvents { progress.begin($0.words) })
    } catch let error as CollectionError {
      progress.end()
      throw Failure(error.description)
    }
  }

  /// Every system with what it is made of, and whether nothing is missing.
  private func systems(
    of collected: CollectedTarget, _ progress: ProgressDisplay
  ) throws -> ([BillOfMaterials.System], isComplete: Bool) {
    let asOf = Int64(Date().timeIntervalSince1970)
    var isComplete = true
    let systems = try collected.guests.map { guest in
      var problems: [Origin] = []
      defer {
        for problem in problems.prefix(20) {
          progress.notice("not in the bill: \(problem.path ?? "/"): \(DisplayLine.text(problem))")
        }
        if problems.count > 20 { progress.notice("not in the bill: \(problems.count - 20) more") }
        if !problems.isEmpty { isComplete = false }
      }
      do {
        return try BillOfMaterials.System(GuestFacts(guest.evidence, asOf: asOf)) { problems.append($0) }
      } catch let gap as EvidenceGap {
        throw Failure("\(collected.target): \(gap.path): \(gap.reason)")
      }
    }
    return (systems, isComplete)
  }
}

/// What an origin says, for one line of a message.
private enum DisplayLine {
  static func text(_ origin: Origin) -> String {
    let text = displayText(Array((origin.text ?? "cannot be read").utf8).prefix(200))
    return origin.line.map { "line \($0): \(text)" } ?? text
  }
}
