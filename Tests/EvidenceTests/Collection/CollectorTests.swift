import DiskImages
import Evidence
import Testing

@Suite struct CollectorTests {
  @Test func readsWhatIsWantedAndWhatThatNames() throws {
    let filesystem = MemoryFilesystem()
    filesystem.addFile("/etc/main", "include /opt/more")
    filesystem.addFile("/opt/more", "include /opt/last")
    filesystem.addFile("/opt/last", "end")
    filesystem.addFile("/opt/other", "unwanted")
    filesystem.addLink("/etc/link", to: "/opt/other")
    let follow: CollectionPlan.Follow = { evidence in
      ["/etc/main", "/opt/more"].compactMap { path in
        guard let text = (try? evidence.text(at: path)) ?? nil else { return nil }
        return text.lines.first.map { ContentNeed(String($0.text.dropFirst(8))) }
      }
    }
    let evidence = try Collector(plan: CollectionPlan(needs: ["/etc/main"], follow: [follow])).collect(
      filesystem)
    #expect(try evidence.text(at: "/opt/last")?.lines.map(\.text) == ["end"])
    #expect(throws: EvidenceGap(path: "/opt/other", reason: "not in the evidence that was collected")) {
      try evidence.text(at: "/etc/link")
    }
    #expect(filesystem.cost.requests == 4)
  }

  @Test func aFollowThatNeverEndsIsCutOff() throws {
    let filesystem = MemoryFilesystem()
    for number in 0..<100 { filesystem.addFile("/f\(number)", "x") }
    let follow: CollectionPlan.Follow = { evidence in [ContentNeed("/f\(evidence.contents.count)")] }
    let evidence = try Collector(plan: CollectionPlan(needs: ["/f0"], follow: [follow])).collect(filesystem)
    #expect(evidence.contents.count == 6)
  }

  @Test func limitsAreRecordedNotSilent() throws {
    let filesystem = MemoryFilesystem()
    filesystem.addFile("/a", String(repeating: "x", count: 60))
    filesystem.addFile("/b", String(repeating: "x", count: 60))
    filesystem.addFile("/c", String(repeating: "x", count: 200))
    var plan = CollectionPlan(needs: [ContentNeed("/*", limit: 100)])
    plan.totalLimit = 100
    let evidence = try Collector(plan: plan).collect(filesystem)
    #expect(try evidence.bytes(at: "/a")?.count == 60)
    #expect(throws: EvidenceGap.self) { try evidence.bytes(at: "/b") }
    #expect(throws: EvidenceGap(path: "/c", reason: "too large to read: 200 bytes")) {
      try evidence.bytes(at: "/c")
    }
  }

  @Test func readsNoMoreThanTheHeadOfAFileUnlessSomebodyWantsTheWhole() throws {
    let filesystem = MemoryFilesystem()
    filesystem.addFile("/large", String(repeating: "x", count: 200))
    filesystem.addFile("/small", "short")
    filesystem.addFile("/both", String(repeating: "x", count: 60))
    var plan = CollectionPlan(needs: [
      .head("/*", bytes: 50), ContentNeed("/both", limit: 100), ContentNeed("/large", limit: 100),
    ])
    plan.totalLimit = 120
    let evidence = try Collector(plan: plan).collect(filesystem)
    #expect(try evidence.bytes(at: "/large")?.count == 50)
    #expect(try evidence.bytes(at: "/small") == Array("short".utf8))
    #expect(try evidence.bytes(at: "/both")?.count == 60)
  }

  @Test func aGapHidesWhatAPatternCouldMatch() throws {
    let filesystem = MemoryFilesystem()
    filesystem.addFile("/etc/x.conf", "")
    filesystem.addGap("/var", reason: "could not be mounted")
    let evidence = try Collector(plan: CollectionPlan()).collect(filesystem)
    #expect(throws: EvidenceGap.self) { try evidence.entries(matching: "/var/lib/*") }
    #expect(throws: EvidenceGap.self) { try evidence.entries(matching: "/**/authorized_keys") }
    #expect(try evidence.entries(matching: "/etc/*").count == 1)
  }
}
