import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct DigestProbeTests {
  /// md5 of `hello` and of nothing.
  private static let hello = "5d41402abc4b2a76b9719d911017c592"
  private static let empty = "d41d8cd98f00b204e9800998ecf8427e"

  private func guest() -> MemoryFilesystem {
    let guest = GuestFixture([
      "/usr/share/data": "changed", "/etc/p.conf": "changed",
      "/var/lib/dpkg/status":
        "Package: p\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/p.conf \(Self.hello)\n",
      "/var/lib/dpkg/info/p.list":
        "/bin/good\n/usr/bin/bad\n/usr/bin/linked\n/usr/share/data\n/etc/p.conf\n/usr/bin/lost\n",
      "/var/lib/dpkg/info/p.md5sums":
        ["bin/good", "usr/bin/bad", "usr/bin/linked", "usr/share/data", "usr/bin/lost"]
        .map { "\(Self.hello)  \($0)\n" }.joined(),
    ]).filesystem
    guest.addLink("/bin", to: "usr/bin")
    guest.addFile("/usr/bin/good", "hello", mode: 0o755)
    guest.addFile("/usr/bin/bad", "", mode: 0o755)
    guest.addFile("/opt/elsewhere", "hello", mode: 0o755)
    guest.addLink("/usr/bin/linked", to: "/opt/elsewhere")
    guest.addFile("/usr/bin/lost", .unreadable(reason: "damaged"), mode: 0o755)
    return guest
  }

  private func answer(_ probe: DigestProbe) throws -> [String] {
    var plan = CollectionPlan([RecordedFiles.self])
    plan.add(DigestProbe())
    plan.add(probe)
    let evidence = try Collector(plan: plan).collect(guest())
    let answer = try evidence.answer(of: DigestProbe.self)
    let known = answer.records.map { id, record in
      "\(evidence.index.entry(id: id)?.path ?? "") \(record.isUnaltered) \(record.digest ?? "-")"
    }
    let unread = answer.unread.keys.map { "\(evidence.index.entry(id: $0)?.path ?? "") unread" }
    return [answer.scope] + (known + unread).sorted()
  }

  @Test func programsAreCompared() throws {
    #expect(
      try answer(DigestProbe()) == [
        "executables", "/opt/elsewhere true -", "/usr/bin/bad false \(Self.empty)", "/usr/bin/good true -",
        "/usr/bin/lost unread",
      ])
  }

  @Test func allFilesButConfiguration() throws {
    #expect(try answer(DigestProbe(scope: .all)).contains("/usr/share/data false -"))
    #expect(try !answer(DigestProbe(scope: .all)).contains { $0.contains("/etc/p.conf") })
  }

  @Test func aSparseFileOfATerabyteIsNotRead() throws {
    let guest = GuestFixture([
      "/var/lib/dpkg/info/p.list": "/usr/bin/huge\n",
      "/var/lib/dpkg/info/p.md5sums": "\(Self.hello)  usr/bin/huge\n",
    ])
    guest.filesystem.addFile("/usr/bin/huge", .tooLarge(size: 1 << 40), mode: 0o755)
    var plan = CollectionPlan([RecordedFiles.self])
    plan.add(DigestProbe())
    let evidence = try Collector(plan: plan).collect(guest.filesystem)
    #expect(
      try evidence.answer(of: DigestProbe.self).unread.values.sorted() == [
        "too large to compare: 1099511627776 bytes"
      ])
  }

  @Test func noneOnRequest() throws {
    #expect(try answer(DigestProbe(scope: DigestProbe.Scope.none)) == ["none"])
  }

  @Test func whatWasChosenCounts() {
    let chosen = DigestProbe(scope: .all)
    #expect(
      DigestProbe().union(chosen).union(DigestProbe()).union(DigestProbe(scope: DigestProbe.Scope.none))
        == chosen)
  }
}
