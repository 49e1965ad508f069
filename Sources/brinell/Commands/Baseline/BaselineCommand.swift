import ArgumentParser
import Baselines

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "List, show, test and explain baselines.",
    discussion: """
      A baseline is a named set of checks in a YAML file. Baselines are found by name in the folders of \
      BRINELL_BASELINES (separated by colons) and in the folder that comes with Brinell, or by the path of a file.
      """,
    subcommands: [
      BaselineList.self, BaselineShow.self, BaselineValidate.self, BaselineExplain.self,
      BaselineSchemaCommand.self,
    ])
}

/// How listings are written.
enum ListingFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// Does what needs baselines; a wrong name is wrong usage, a wrong file a failure.
func withBaselines<Result>(_ body: () throws(BaselineErrors) -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    // What is in no file comes from the command line.
    if error.problems.allSatisfy({ $0.place == nil }) { throw ValidationError(error.description) }
    throw Failure(error.description)
  }
}

struct BaselineSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of the language, for editors.",
    shouldDisplay: false)

  func run() { print(BaselineSchema.schema().pretty, terminator: "") }
}
