import Advisories
import ArgumentParser
import Baselines
import Evidence
import Facts
import Foundation

/// By what targets are judged; shared by every command that judges.
struct JudgingOptions: ParsableArguments {
  @Option(
    name: .customLong("baseline"),
    help: ArgumentHelp(
      "A baseline's name or file; repeat it to judge by several. (default: server)", valueName: "name|file"))
  var baselines: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a value of the baselines, such as ssh_max_auth_tries=3; 'brinell baseline show --resolved NAME' lists them. "
        + "Repeat it.", valueName: "name=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "The database of advisories. (default: advisories.sqlite in $XDG_DATA_HOME/brinell or /var/lib/brinell)",
      valueName: "file"))
  var advisories: String?

  @Option(
    help: ArgumentHelp("A file of accepted findings, each with reason, owner and end.", valueName: "file"))
  var waivers: String?

  @Option(
    help: ArgumentHelp(
      "Indexes of the guest's repositories in place of those that lie in it: a folder like /var/lib/apt/lists, or a "
        + "mirror with 'dists'.",
      valueName: "folder"))
  var indexes: String?

  @Option(
    name: .customLong("suite"),
    help: ArgumentHelp(
      "A suite that counts beside those that the guest has enabled, as in sources.list; repeat it.",
      valueName: "deb URI suite component"))
  var suites: [String] = []

  @Option(help: ArgumentHelp("Judge dates as of this day instead of today.", valueName: "yyyy-mm-dd"))
  var asOf: String?

  @Option(
    help: ArgumentHelp("Dates of support that replace those of Brinell's own table.", valueName: "file"))
  var supportDates: String?

  @Option(
    help: ArgumentHelp(
      "Debian's lists of ended and limited security support, instead of the guest's: the folder "
        + "/usr/share/debian-security-support of a newer machine.", valueName: "folder"))
  var securitySupport: String?

  @Option(
    help: ArgumentHelp(
      "What firmware refuses to start: a list of revoked boot programs in UEFI's form, such as dbxupdate.bin.",
      valueName: "file"))
  var dbx: String?

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("'--set \(setting)' has no '='. Write --set NAME=VALUE.")
    }
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError("'--as-of \(asOf)' is not a day. Write --as-of YYYY-MM-DD.")
    }
    do {
      _ = try NamedSuites(suites)
    } catch {
      throw ValidationError("--suite: \(error).")
    }
  }

  /// The baselines, united.
  ///
  /// - Throws: a `ValidationError` for a name that does not exist, a `Failure` for a file that is wrong.
  func union() throws -> BaselineUnion {
    var values: [String: String] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(parts[0])] = String(parts[1])
    }
    do {
      let names = baselines.isEmpty ? ["server"] : baselines
      return BaselineUnion(try BaselineLoader().load(names, settings: values))
    } catch {
      // What is in no file comes from the command line.
      if error.problems.allSatisfy({ $0.place == nil }) { throw ValidationError(error.description) }
      throw Failure(error.description)
    }
  }

  /// - Throws: a `Failure` for a file that is wrong.
  func readWaivers() throws -> [Waiver] {
    guard let waivers else { return [] }
    do {
      return try WaiverFile.read(waivers)
    } catch {
      throw Failure(error.description)
    }
  }

  /// The database of advisories: the named one; where a check asks for it, the one in a standard place if there is one.
  ///
  /// - Throws: a `Failure` for a database that cannot be read.
  func openAdvisories(for union: BaselineUnion) throws -> AdvisoryStore? {
    if let advisories { return try AdvisoryDatabaseOptions.open(advisories) }
    let asking = [AdvisoryKind.name, UpdatesKind.name]
    guard union.checks.contains(where: { check in asking.contains { check.question.asks($0) } }) else {
      return nil
    }
    return try AdvisoryStore.standardPath.map(AdvisoryDatabaseOptions.open)
  }

  /// The moment as of which dates are judged, in seconds since 1970-01-01 UTC: the start of the day.
  var moment: Int64? { asOf.flatMap { CalendarDate($0) }.map { $0.end - 86_400 } }
}
