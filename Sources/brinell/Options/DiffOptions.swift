import ArgumentParser
import Diff

/// What a comparison writes and what its exit status depends on.
struct DiffOptions: ParsableArguments {
  @OptionGroup var writing: WritingOptions<DiffReport>
  @OptionGroup var limit: LimitOptions

  @Option(
    help: ArgumentHelp(
      "Exit with 1 for any change in this section or topic, as in privilege or setuid; repeat it.",
      valueName: "section"))
  var failOnChange: [String] = []

  func validate() throws {
    for name in failOnChange where !DiffTopics.names.contains(name) {
      throw wrongValue("--fail-on-change", name, isNot: "a section or topic", among: DiffTopics.names)
    }
  }

  var gate: DiffGate { DiffGate(failOn: limit.severity, failOnChange: failOnChange) }
}
