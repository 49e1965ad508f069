import ArgumentParser
import Baselines
import Foundation
import Reports

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
  private static func refuseUnknownCommand(_ words: ArraySlice<String>) throws {
    var command: any ParsableCommand.Type = Brinell.self
    var path = "brinell"
    for word in words {
      let commands = command.configuration.subcommands
      guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      if let next = commands.first(where: { $0.word == word }) {
        command = next
        path += " " + word
        continue
      }
      if path == "brinell", FileManager.default.fileExists(atPath: word) {
        throw ValidationError("'\(word)' is not a command. To judge it: brinell scan \(word)")
      }
      let suggestion = Suggestion.phrase(for: word, among: commands.map { $0.word })
      throw ValidationError(
        "'\(word)' is not a command of '\(path)'" + (suggestion.isEmpty ? "; see \(path) --help" : suggestion)
      )
    }
  }

  /// Says what is wrong with the command line in one line; help and the version are shown as they are.
  private static func end(with error: any Error) -> Never {
    guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
    writeError("brinell: \(printableLines(usageMessage(message(for: error), fullMessage(for: error))))\n")
    Foundation.exit(exitCode(for: error).rawValue)
  }

  /// The message with the command whose help says more, where the parser knows it.
  static func usageMessage(_ message: String, _ full: String) -> String {
    guard let match = full.firstMatch(of: /See '(brinell [^']+ --help)'/) else { return message }
    let end = message.last.map { ".?".contains($0) } == true ? " See " : "; see "
    return message + end + match.1
  }

  static func main() {
    Interruption.install()
    // Swift reads the arguments from /proc/self/cmdline: without /proc a scan would end with 0, judging nothing.
    if CommandLine.arguments.isEmpty {
      writeError("brinell: cannot read its own arguments: /proc is not mounted\n")
      Foundation.exit(2)
    }
    do {
      try refuseUnknownCommand(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      if let status = Interruption.exitStatus { Foundation.exit(status) }
      writeError("brinell: \(printableLines(failure.message))\n")
      Foundation.exit(2)
    } catch {
      end(with: error)
    }
  }
}

extension ParsableCommand {
  fileprivate static var word: String {
    configuration.commandName ?? String(describing: self).lowercased()
  }
}
