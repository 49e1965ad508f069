import ArgumentParser
import Foundation

/// How much is said and how; shared by every command.
struct OutputOptions: ParsableArguments {
  enum ProgressMode: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Flag(help: "Print results and errors only.")
  var quiet = false

  @Flag(help: "Print libguestfs's own messages and what the run has cost, on standard error.")
  var verbose = false

  @Flag(name: .customLong("no-color"), help: "No colours. Also with NO_COLOR in the environment.")
  var noColor = false

  @Option(
    help:
      "Show progress on standard error; auto is on a terminal, and as plain lines where CI is set. (default: auto)"
  )
  var progress: ProgressMode?

  func progressDisplay() -> ProgressDisplay {
    Diagnostics.set(isVerbose: verbose)
    let style: ProgressDisplay.Style =
      switch progress ?? .auto {
      case _ where quiet: .silent
      case .never: .silent
      case .auto where isatty(STDERR_FILENO) == 0 && !Self.isInPipeline: .silent
      case .auto, .always: Terminal.canRewriteErrors && !verbose ? .rewriting : .lines
      }
    return ProgressDisplay(style: style)
  }

  /// GitHub, GitLab, Woodpecker, Travis and others set CI in the environment of their jobs.
  private static var isInPipeline: Bool {
    !["", "false", "0"].contains(ProcessInfo.processInfo.environment["CI", default: ""])
  }

  /// Whether text on standard output is coloured.
  var usesColor: Bool { Terminal.usesColor(noColor: noColor) }
}
