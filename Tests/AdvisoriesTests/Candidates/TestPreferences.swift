import DiskImages
import Evidence
import Facts
import TestSupport

@testable import Advisories

enum TestPreferences {
  /// apt's preferences with this text.
  static func read(_ text: String) throws -> AptPreferences {
    try GuestFixture(["/etc/apt/preferences": text]).model()
  }
}

extension GuestFixture {
  /// Facts as a scan would have them, with the answers of the probes.
  func scannedFacts() throws -> GuestFacts {
    let evidence = try Collector(plan: CollectionPlan([AvailableUpdates.self])).collect(filesystem)
    return GuestFacts(evidence, asOf: asOf)
  }
}
