import Evidence
import Facts
import Foundation

@testable import Baselines

/// Answers what its parameters say: for tests of everything around kinds.
struct EchoKind: CheckKind {
  static let name = "echo"
  static let summary = "answers what it is told"
  static let parameters: [ParameterSpecification] =
    [
      .init("verdict", .choice(["pass", "fail", "undecided", "gap"]), "the answer"),
      .init("subjects", .textList, "what is judged"),
      .init("text", .text, "a text"),
      .init("number", .integer, "a number"),
      .init("mode", .mode, "permission bits"),
      .init("flag", .boolean, "true or false"),
      .init("inner", .mapping([.init("key", .text, required: true, "a text")]), "a mapping"),
    ] + Comparison.parameters

  let answer: String
  let subjects: [String]
  let parameters: Parameters

  init(_ parameters: Parameters) throws(ParameterError) {
    if parameters.text("text") == "refused" { throw ParameterError("text", "this text is refused") }
    _ = try Comparison(optional: parameters)
    self.parameters = parameters
    answer = parameters.text("verdict") ?? "pass"
    subjects = parameters.has("subjects") ? parameters.list("subjects") : ["the guest"]
  }

  var plan: CollectionPlan { CollectionPlan(needs: ["/etc/echo"]) }

  func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    if answer == "gap" { throw EvidenceGap(path: "/etc/echo", reason: "cannot be read") }
    let verdict: Outcome.Verdict =
      switch answer {
      case "fail": .fail
      case "undecided": .undecided(reason: "nobody knows")
      default: .pass
      }
    return subjects.map { Outcome(verdict, subject: $0, expected: "wanted", actual: "found") }
  }

  var fix: Fix? { parameters.text("text").map { Fix(shell: "echo \($0)", ansible: "shell: echo \($0)") } }
}

/// The value of a key in a file of `key=value` lines.
struct PairKind: CheckKind {
  static let name = "pair"
  static let summary = "compares the value of a key in a file of key=value lines"
  static let parameters: [ParameterSpecification] =
    [
      .init("path", .text, required: true, "the file"), .init("key", .text, required: true, "the key"),
    ] + Comparison.parameters

  let path: String
  let key: String
  let comparison: Comparison

  init(_ parameters: Parameters) throws(ParameterError) {
    path = try parameters.required("path")
    key = try parameters.required("key")
    comparison = try Comparison(parameters)
  }

  var plan: CollectionPlan { CollectionPlan(needs: [ContentNeed(path)]) }

  func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let lines = try facts.evidence.text(at: path)?.lines ?? []
    let value = lines.last { $0.text.hasPrefix("\(key)=") }.map { String($0.text.dropFirst(key.count + 1)) }
    return [
      Outcome(
        value.map(comparison.holds(for:)) == true ? .pass : .fail, subject: key,
        expected: "\(key) \(comparison.words)", actual: value ?? "not set")
    ]
  }
}

let testKinds = KindRegistry([EchoKind.self, PairKind.self])

/// Baselines in a folder of their own, removed at the end of the test.
final class BaselineFixture {
  let folder: String

  init(_ files: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "brinell-\(UUID().uuidString)").path
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws {
    let file = URL(filePath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  var loader: BaselineLoader { BaselineLoader(folders: BaselineFolders([folder]), kinds: testKinds) }

  func load(_ name: String, settings: [String: String] = [:]) throws -> LoadedBaseline {
    try loader.load([name], settings: settings)[0]
  }

  /// The problems with loading, without the folder: `base.yaml:3:5: message`.
  func problems(loading names: String...) -> [String] { messages { _ = try loader.load(names) } }

  /// The problems that validation finds.
  func problems(validating names: String...) -> [String] {
    messages { _ = try loader.validate(names.map { $0.isEmpty ? folder : "\(folder)/\($0)" }) }
  }

  func messages(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch let errors as BaselineErrors {
      return errors.problems.map { $0.description.replacing("\(folder)/", with: "") }
        + (errors.omitted > 0 ? ["… and \(errors.omitted) more"] : [])
    } catch {
      return ["\(error)"]
    }
  }
}

/// A baseline with the given id and the lines that follow its head, from line 4 on.
func baseline(_ id: String, _ rest: String = "") -> String {
  "id: \(id)\nversion: 1.0.0\ntitle: Title\n\(rest)"
}

/// A library `checks` from line 2 on.
func library(_ rest: String) -> String { "library: test\n\(rest)" }

/// A check in flow style that always gives the same answer.
func check(_ id: String, _ verdict: String = "pass", more: String = "") -> String {
  "  - {id: \(id), title: \(id), severity: low, echo: {verdict: \(verdict)}\(more.isEmpty ? "" : ", \(more)")}\n"
}
