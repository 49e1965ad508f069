import Advisories
import ArgumentParser

struct AdvisoriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advisories",
    abstract: "Fetch and import advisories of vulnerabilities, and show what is there.",
    discussion: """
      Advisories are kept in one SQLite file, which can be copied to a machine without a network. It is looked for \
      in $XDG_DATA_HOME/brinell (by default ~/.local/share/brinell) and in /var/lib/brinell; scan takes another one \
      with --advisories FILE.
      """,
    subcommands: [
      AdvisoriesImport.self, AdvisoriesUpdate.self, AdvisoriesRemove.self, AdvisoriesStatus.self,
    ])
}

/// Which database a command works on.
struct AdvisoryDatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The database. (default: the one that scan would take)", valueName: "file"))
  var database: String?

  /// The database to be read.
  ///
  /// - Throws: a `Failure` if there is none.
  func existing() throws -> AdvisoryStore {
    guard let path = database ?? AdvisoryStore.standardPath else {
      throw Failure(
        "no advisories in \(AdvisoryStore.standardPaths.joined(separator: " or "));"
          + " make a database with: brinell advisories import PATH")
    }
    return try Self.open(path)
  }

  /// Where a database is written: the named one, the one that is there, or the user's.
  ///
  /// - Throws: a `Failure` if the environment names no folder for it.
  func target() throws -> String {
    guard let path = database ?? AdvisoryStore.standardPath ?? AdvisoryStore.standardPaths.first else {
      throw Failure("no folder for the database is known; give --database FILE")
    }
    return path
  }

  /// - Throws: a `Failure` of one line.
  static func open(_ path: String) throws -> AdvisoryStore {
    do {
      return try AdvisoryStore(path: path)
    } catch {
      throw Failure(error.description)
    }
  }
}
