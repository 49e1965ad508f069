import Testing

@testable import DiskImages

@Suite struct ReadPlannerTests {
  @Test func oneArchiveForADirectoryThatIsWantedAsAWhole() throws {
    let filesystem = MemoryFilesystem()
    for number in 0..<400 { filesystem.addFile("/etc/d/\(number)", "x") }
    filesystem.addFile("/var/lib/dpkg/status", "x")
    for number in 0..<5000 { filesystem.addFile("/usr/share/doc/\(number)", "x") }
    let index = try filesystem.readIndex()
    let wanted =
      index.matches("/etc/**") + index.matches("/var/lib/dpkg/status") + index.matches("/usr/share/doc/7")
    let plan = ReadPlanner(wanted.filter { $0.type == .regular }, index: index).plan()
    #expect(plan.archives.compactMap { index.entry(id: $0)?.path } == ["/etc/d"])
    #expect(
      Set(plan.single.compactMap { index.entry(id: $0)?.path }) == [
        "/var/lib/dpkg/status", "/usr/share/doc/7",
      ])
  }

  @Test func aHugeNeighbourMakesAnArchiveTooDear() throws {
    let filesystem = MemoryFilesystem()
    for number in 0..<400 { filesystem.addFile("/etc/\(number)", "x") }
    filesystem.addEntry("/etc/huge", FileMetadata(mode: 0o100644, size: 1 << 40))
    let index = try filesystem.readIndex()
    let wanted = index.matches("/etc/[0-9]*")
    let plan = ReadPlanner(wanted, index: index).plan()
    #expect(plan.archives.isEmpty)
    #expect(plan.single.count == 400)
  }

  @Test func whatNobodyWantsMakesAnArchiveDearer() throws {
    let guest = MemoryFilesystem()
    for number in 0..<200 { guest.addFile("/usr/bin/\(number)", "x") }
    guest.addFile("/usr/share/huge", .tooLarge(size: 10 << 30))
    let index = try guest.readIndex()
    let files = index.matches("/usr/bin/*")
    let plan = ReadPlanner(files, index: index, costs: .digests).plan()
    #expect(plan.archives.compactMap { index.entry(id: $0)?.path } == ["/usr/bin"])
    #expect(plan.single.isEmpty)
  }

  @Test func aFewSmallFilesAreDigestedByThemselves() throws {
    let guest = MemoryFilesystem()
    for number in 0..<20 { guest.addFile("/usr/lib/tool/\(number)", "x") }
    let index = try guest.readIndex()
    let plan = ReadPlanner(index.matches("/usr/lib/tool/*"), index: index, costs: .digests).plan()
    #expect(plan.archives.isEmpty)
    #expect(plan.single.count == 20)
  }

  @Test(arguments: [(0, true), (100 << 10, true), (1 << 20, false), (Int64.max, false), (-1, true)])
  func smallFilesAreSoonerTransferredThanDigestedInTheAppliance(size: Int64, isSooner: Bool) {
    #expect(ReadPlanner.Costs.isSoonerTransferred(size) == isSooner)
  }
}
