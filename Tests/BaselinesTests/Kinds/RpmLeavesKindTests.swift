import Baselines
import TestSupport
import Testing

@Suite struct RpmLeavesKindTests {
  @Test func withoutADatabaseItIsNotKnown() {
    #expect(throws: (any Error).self) { try answers(RpmLeavesKind.self, [:], GuestFixture()) }
  }
}
