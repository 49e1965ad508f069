import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct DuplicateFilesKindTests {
  private func ask(
    _ guest: GuestFixture, _ parameters: [String: ParameterValue] = [:]
  ) throws -> [Outcome] {
    let kind = try DuplicateFilesKind(Parameters(parameters))
    let evidence = try Collector(plan: kind.plan).collect(guest.filesystem)
    return try kind.evaluate(GuestFacts(evidence, asOf: guest.asOf))
  }

  private func large(_ byte: UInt8, last: UInt8? = nil, size: Int = 1 << 20) -> FileContent {
    var bytes = [UInt8](repeating: byte, count: size)
    if let last { bytes[bytes.count - 1] = last }
    return .bytes(bytes)
  }

  @Test func sameContentUnderTwoNames() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/opt/a", large(1))
    guest.filesystem.addFile("/srv/b", large(1))
    guest.filesystem.addFile("/srv/c", large(1))
    guest.filesystem.addFile("/srv/other", large(1, last: 2))
    guest.filesystem.addFile("/srv/head", large(3))
    guest.filesystem.addFile("/srv/small1", large(1, size: 1000))
    guest.filesystem.addFile("/srv/small2", large(1, size: 1000))
    let outcomes = try ask(guest)
    #expect(outcomes.map(\.subject) == ["/opt/a"])
    #expect(outcomes.map(\.actual) == ["3 copies of 1 MB, 2 MB more than one takes"])
    #expect(outcomes[0].evidence.compactMap(\.path) == ["/opt/a", "/srv/b", "/srv/c"])
    #expect(try ask(guest, ["exclude": .list(["/srv"])]).map(\.verdict) == [.pass])
    #expect(try ask(guest, ["min_bytes": .integer(2 << 20)]).map(\.verdict) == [.pass])
  }

  @Test func whatCannotBeReadIsUndecided() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/a", .tooLarge(size: 1 << 41))
    guest.filesystem.addFile("/b", .tooLarge(size: 1 << 41))
    let outcomes = try ask(guest)
    #expect(outcomes.map(\.subject) == ["/a", "/b"])
    #expect(outcomes.allSatisfy { if case .undecided = $0.verdict { true } else { false } })
  }

  @Test func linksOfOneFileAreOne() throws {
    let guest = GuestFixture()
    for name in ["a", "b"] {
      guest.filesystem.addEntry(
        "/\(name)", FileMetadata(mode: 0o100644, size: 1 << 20, links: 2, inode: 7, device: 1))
    }
    #expect(try ask(guest).map(\.verdict) == [.pass])
  }

  /// Evidence that was collected without the question cannot answer it.
  @Test func withoutTheProbeItIsNotKnown() {
    #expect(throws: EvidenceGap.self) { try answers(DuplicateFilesKind.self, [:], GuestFixture(["/a": "x"])) }
  }
}
