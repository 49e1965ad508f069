import Advisories
import ArgumentParser
import Baselines
import Evidence
import Facts
import Foundation

extension JudgingOptions {
  /// What is given beside the images.
  ///
  /// - Throws: a `Failure` for a file that is wrong.
  func supplements(for union: BaselineUnion) throws -> Supplements {
    if let indexes { try requireReadable(indexes, "--indexes", folders: true) }
    if let supportDates { try requireReadable(supportDates, "--support-dates") }
    if let securitySupport { try requireReadable(securitySupport, "--security-support", folders: true) }
    if let dbx { try requireReadable(dbx, "--dbx") }
    var supplements = Supplements()
    do {
      supplements.set(try openAdvisories(for: union))
      supplements.set(try indexes.map { try SuppliedIndexes(folder: $0) })
      supplements.set(suites.isEmpty ? nil : try NamedSuites(suites))
      supplements.set(try supportDates.map(Self.supportTable))
      supplements.set(try securitySupport.map(Self.securitySupportLists))
      supplements.set(try dbx.map(Self.revokedPrograms))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)")
    }
    return supplements
  }

  /// The shipped dates of support with the rows of a file in place of theirs.
  private static func supportTable(_ path: String) throws -> SupportTable {
    try SupportTable.shipped.get().overridden(by: SupportTable.read(path))
  }

  private static func revokedPrograms(_ path: String) throws -> RevokedPrograms {
    do {
      return try RevokedPrograms.read(path)
    } catch {
      throw Failure("\(path) is no list of revoked boot programs: \(error)")
    }
  }

  private static func securitySupportLists(_ folder: String) throws -> SecuritySupportLists {
    let lists = try SecuritySupportLists.read(folder: folder)
    if let problem = lists.problems.first {
      throw Failure("\(problem.path ?? folder):\(problem.line ?? 0): not a line of such a list")
    }
    if lists.isEmpty { throw Failure("\(folder) has no security-support-ended.debN or -limited") }
    return lists
  }
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
