import ArgumentParser
import Baselines

struct BaselineValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Test files of baselines, libraries and waivers.",
    discussion: """
      Prints one line for each problem on standard error, as FILE:LINE:COLUMN: MESSAGE, and exits with 2 if \
      there is one.
      """)

  @Argument(help: "Files or folders.")
  var files: [String]

  func run() throws {
    do {
      print(Self.text(try BaselineLoader().validate(files)), terminator: "")
    } catch {
      writeError(error.description + "\n")
      throw ExitCode(2)
    }
  }

  static func text(_ files: [ValidatedFile]) -> String {
    files.map { file in
      let what = file.kind == .waivers ? "waiver" : "check"
      let kind = file.kind == .waivers ? "waivers" : "\(file.kind.rawValue) \(file.name)"
      return "\(file.path): \(kind), \(file.count) \(what)\(file.count == 1 ? "" : "s")\n"
    }.joined()
  }
}
