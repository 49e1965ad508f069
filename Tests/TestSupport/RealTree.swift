import DiskImages
import Evidence
import Facts
import Foundation

/// Facts of an unpacked real guest, for tests that want more than a fixture; nil where the tree is absent.
///
/// - Parameter name: a folder below /var/cache/brinell/trees, e.g. `bookworm`.
public func realTree(_ name: String, _ models: [any FactModel.Type], asOf: Int64 = 1_795_478_400) throws
  -> GuestFacts?
{
  let path = "/var/cache/brinell/trees/\(name)"
  guard FileManager.default.fileExists(atPath: path + "/etc") else {
    print("skipped: \(path) is absent")
    return nil
  }
  let evidence = try Collector(plan: CollectionPlan(models)).collect(DirectoryFilesystem(path: path))
  return GuestFacts(evidence, asOf: asOf)
}
