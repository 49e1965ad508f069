import ArgumentParser
import Baselines
import Foundation

@main
struct Brinell: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "brinell",
    abstract: "Tests how hard a virtual machine image is before anyone boots it.",
    version: "0.1.0",
    subcommands: [
      Scan.self, Collect.self, DiffCommand.self, SBOM.self, AdvisoriesCommand.self, BaselineCommand.self,
      Render.self, Doctor.self,
    ])

  func run() throws { try Terminal.write(Greeting.text) }

  /// The argument parser would call it an unexpected argument, without a hint.
  private static func refuseUnknownCommand(_ word: String?) throws {
    let commands =
      configuration.subcommands.map { $0.configuration.commandName ?? String(describing: $0).lowercased() }
      + ["help"]
    guard let word, !word.hasPrefix("-"), !commands.contains(word) else { return }
    if FileManager.default.fileExists(atPath: word) {
      throw ValidationError("'\(word)' is not a command. To judge it: brinell scan \(word)")
    }
    throw ValidationError("'\(word)' is not a command" + Suggestion.phrase(for: word, among: commands))
  }

  static func main() {
    Interruption.install()
    // Swift reads the arguments from /proc/self/cmdline: without /proc a scan would end with 0, judging nothing.
    if CommandLine.arguments.isEmpty {
      writeError("brinell: cannot read its own arguments: /proc is not mounted\n")
      Foundation.exit(2)
    }
    do {
      try refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      if let status = Interruption.exitStatus { Foundation.exit(status) }
      writeError("brinell: \(failure.message)\n")
      Foundation.exit(2)
    } catch {
      exit(withError: error)
    }
  }
}
