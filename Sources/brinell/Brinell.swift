import ArgumentParser
import Foundation

@main
struct Brinell: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "brinell",
    abstract: "Tests how hard a virtual machine image is before anyone boots it.",
    version: "0.1.0",
    subcommands: [Scan.self, Collect.self, BaselineCommand.self])

  static func main() {
    Interruption.install()
    do {
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
