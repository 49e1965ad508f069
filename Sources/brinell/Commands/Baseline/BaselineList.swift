import ArgumentParser
import Baselines

struct BaselineList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the baselines that can be named.")

  @Option(help: "How the list is written.")
  var format = ListingFormat.text

  func run() throws {
    let catalog = BaselineLoader.catalog()
    print(format == .json ? Self.json(catalog) : Self.text(catalog), terminator: "")
    // A shared file that is wrong breaks every baseline; its problems are said once.
    var broken: [String] = []
    for case .failure(let errors) in catalog.map(\.baseline) where !broken.contains(errors.description) {
      broken.append(errors.description)
    }
    if !broken.isEmpty { throw Failure(broken.joined(separator: "\n")) }
    if catalog.isEmpty {
      throw Failure("no baselines in \(BaselineFolders.standard().paths.joined(separator: ", "))")
    }
  }

  static func text(_ catalog: [BaselineLoader.CatalogEntry]) -> String {
    var text = TextColumns()
    text.table(
      ["NAME", "VERSION", "CHECKS", "TITLE"],
      catalog.map { entry in
        switch entry.baseline {
        case .success(let baseline):
          [entry.name, baseline.identity.version, String(baseline.checks.count), baseline.identity.title]
        case .failure: [entry.name, "-", "-", "cannot be read"]
        }
      })
    return text.text
  }

  static func json(_ catalog: [BaselineLoader.CatalogEntry]) -> String {
    JSONValue.array(
      catalog.compactMap { entry in
        guard case .success(let baseline) = entry.baseline else { return nil }
        return .members([
          "name": .string(entry.name), "version": .string(baseline.identity.version),
          "title": .string(baseline.identity.title), "checks": .integer(baseline.checks.count),
          "digest": .string(baseline.identity.digest), "extends": .strings(baseline.extends),
          "benchmark": baseline.benchmark.map { .string($0.statement) }, "file": .string(entry.path),
        ])
      }
    ).pretty
  }
}
