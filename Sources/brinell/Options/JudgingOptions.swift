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
    help: ArgumentHelp("Set a value of the baselines; repeat it.", valueName: "name=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("Accepted findings.", valueName: "file"))
  var waivers: String?

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

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("'--set \(setting)' has no '='. Write --set NAME=VALUE.")
    }
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError("'--as-of \(asOf)' is not a day. Write --as-of YYYY-MM-DD.")
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

  /// The data by which guests are judged besides the baselines.
  ///
  /// - Throws: a `Failure` for a file that is wrong.
  func references() throws -> ReferenceData {
    var references = ReferenceData()
    if let supportDates {
      do {
        references.supportDates = try SupportTable.shipped.get().overridden(
          by: SupportTable.read(supportDates))
      } catch let error as SupportTableError {
        throw Failure(error.description)
      } catch let gap as EvidenceGap {
        throw Failure(gap.description)
      }
    }
    if let securitySupport {
      let lists = try SecuritySupportLists.read(folder: securitySupport)
      if let problem = lists.problems.first {
        throw Failure("\(problem.path ?? securitySupport):\(problem.line ?? 0): not a line of such a list")
      }
      if lists.isEmpty { throw Failure("\(securitySupport) has no security-support-ended.debN or -limited") }
      references.securitySupport = lists
    }
    return references
  }

  /// The moment as of which dates are judged, in seconds since 1970-01-01 UTC: the start of the day.
  var moment: Int64? { asOf.flatMap { CalendarDate($0) }.map { $0.end - 86_400 } }
}

extension SecuritySupportLists {
  private static let sizeLimit = 4 << 20

  /// The lists in a folder of this machine.
  fileprivate static func read(folder: String) throws -> SecuritySupportLists {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw Failure("\(folder) cannot be read as a folder")
    }
    let files = try names.sorted().filter { $0.hasPrefix("security-support-") }.map { name in
      let path = "\(folder)/\(name)"
      guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: sizeLimit)
      else { throw Failure("\(path) cannot be read") }
      return TextFile(path: path, bytes: Array(data))
    }
    return SecuritySupportLists(files)
  }
}
