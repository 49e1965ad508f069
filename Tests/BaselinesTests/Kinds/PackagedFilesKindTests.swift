import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct PackagedFilesKindTests {
  private static let hello = "5d41402abc4b2a76b9719d911017c592"

  private static let helloSHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
  /// cap_net_raw, version 2 of the attribute.
  private static let netRaw: [UInt8] = [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14)

  /// A package with the files, whose recorded content is `hello`.
  private func guest(_ files: [String: String?], mode: UInt32 = 0o755) -> GuestFixture {
    let guest = GuestFixture([
      "/var/lib/dpkg/info/p.list": files.keys.sorted().map { "/\($0)\n" }.joined(),
      "/var/lib/dpkg/info/p.md5sums": files.keys.sorted().map { "\(Self.hello)  \($0)\n" }.joined(),
    ])
    for (path, content) in files {
      if let content { guest.filesystem.addFile("/" + path, content, mode: mode) }
    }
    return guest
  }

  private func outcomes(
    _ parameters: [String: ParameterValue], _ guest: GuestFixture, _ scope: DigestProbe.Scope? = nil
  ) throws -> [Outcome] {
    let kind = try PackagedFilesKind(Parameters(parameters))
    var plan = kind.plan
    if let scope { plan.add(DigestProbe(scope: scope)) }
    return try kind.evaluate(
      GuestFacts(try Collector(plan: plan).collect(guest.filesystem), asOf: guest.asOf))
  }

  private let content: [String: ParameterValue] = ["content": .text("unaltered")]
  private let others: [String: ParameterValue] = ["content": .text("unaltered"), "of": .text("others")]
  private let present: [String: ParameterValue] = ["present": .boolean(true)]

  @Test func alteredPrograms() throws {
    let outcomes = try outcomes(content, guest(["usr/bin/a": "hello", "usr/bin/b": ""]))
    #expect(outcomes.map(\.subject) == ["/usr/bin/b"])
    #expect(outcomes.map(\.actual) == ["altered, md5 d41d8cd98f00b204e9800998ecf8427e (package p)"])
    let pass = try self.outcomes(content, guest(["usr/bin/a": "hello"]))
    #expect(pass.map(\.verdict) == [.pass] && pass.map(\.actual) == ["1 compared, none differs"])
  }

  @Test func otherFilesOnlyWhereTheyWereRead() throws {
    let guest = guest(["usr/share/a": "changed"], mode: 0o644)
    #expect(throws: EvidenceGap.self) { try outcomes(others, guest) }
    #expect(try outcomes(others, guest, .all).map(\.verdict) == [.fail])
    #expect(throws: EvidenceGap.self) { try outcomes(content, guest, DigestProbe.Scope.none) }
  }

  @Test func missingFiles() throws {
    let guest = guest(["usr/bin/a": "x", "usr/bin/b": nil, "usr/share/doc/p/c": nil])
    #expect(try outcomes(present, guest).map(\.subject) == ["/usr/bin/b", "/usr/share/doc/p/c"])
    let excluding = present.merging(["exclude": .list(["/usr/share/doc"])]) { $1 }
    #expect(try outcomes(excluding, guest).map(\.subject) == ["/usr/bin/b"])
  }

  @Test func manyOfOnePackageAreOneFinding() throws {
    let files = Dictionary(uniqueKeysWithValues: (0..<500).map { ("usr/bin/\($0)", String?.none) })
    let outcomes = try outcomes(present, guest(files))
    #expect(outcomes.map(\.subject) == ["package p"])
    #expect(
      outcomes[0].actual.hasPrefix("500 files: /usr/bin/0, ") && outcomes[0].actual.hasSuffix("and 495 more"))
  }

  @Test func whatCannotBeReadIsUndecided() throws {
    let guest = guest(["usr/bin/a": nil])
    guest.filesystem.addFile("/usr/bin/a", .unreadable(reason: "damaged"), mode: 0o755)
    guard case .undecided = try outcomes(content, guest).first?.verdict else {
      Issue.record("decided")
      return
    }
    #expect(throws: EvidenceGap.self) { try outcomes(present, GuestFixture(["/etc/x": ""])) }
    #expect(throws: EvidenceGap.self) { try outcomes(["mode": .text("no_wider")], guest) }
  }

  @Test func modesAndOwnersOfAlpine() throws {
    let database = "P:p\nF:bin\nR:a\na:0:0:755\nR:b\na:0:0:4755\nR:c\na:0:0:755\n"
    let guest = GuestFixture([
      "/lib/apk/db/installed": database, "/etc/passwd": "root:x:0:0::/root:/bin/sh\nu:x:7:7::/:/bin/sh\n",
    ])
    guest.filesystem.addFile("/bin/a", "x", mode: 0o4755)
    guest.filesystem.addFile("/bin/b", "x", mode: 0o755)
    guest.filesystem.addFile("/bin/c", "x", mode: 0o755, uid: 7)
    let wider = try outcomes(["mode": .text("no_wider")], guest)
    #expect(wider.map { "\($0.subject): \($0.actual)" } == ["/bin/a: mode 4755, recorded 0755 (package p)"])
    let owned = try outcomes(["owner": .text("recorded")], guest)
    #expect(owned.map { "\($0.subject): \($0.actual)" } == ["/bin/c: u:root, recorded 0:0 (package p)"])
  }

  @Test func linksOfPacman() throws {
    let folder = "/var/lib/pacman/local/p-1-1"
    let guest = GuestFixture([
      "\(folder)/files": "%FILES%\nbin/a\nbin/b\nbin/c\nlib/d\nbin/e\n",
      "/bin/evil": "x", "/bin/c": "x",
    ])
    let links = ["bin/a", "bin/b", "bin/c", "lib/d"].map {
      "./\($0) type=link mode=777 uid=0 gid=0 link=tool\n"
    }
    let mtree = links.joined() + "./bin/e type=file mode=755 uid=0 gid=0 sha256digest=\(Self.helloSHA256)\n"
    guest.filesystem.addFile("\(folder)/mtree", .bytes(storedGzip(Array(mtree.utf8))))
    for path in ["/bin/tool", "/bin/evil", "/bin/c"] { guest.filesystem.addFile(path, "x", mode: 0o755) }
    guest.filesystem.addFile("/bin/e", "hello", mode: 0o755)
    guest.filesystem.addLink("/bin/a", to: "tool")
    guest.filesystem.addLink("/bin/b", to: "/bin/evil")
    guest.filesystem.addLink("/lib/d", to: "elsewhere")
    #expect(
      try outcomes(content, guest).map { "\($0.subject): \($0.actual)" } == [
        "/bin/b: link to /bin/evil, recorded tool (package p)",
        "/bin/c: now a file, recorded as a link to tool (package p)",
      ])
    #expect(try outcomes(others, guest, .all).map(\.subject) == ["/lib/d"])
  }

  /// Neither apk nor pacman records capabilities: that a package has none of them is not said.
  @Test func capabilitiesThatNoDatabaseRecords() throws {
    let guest = GuestFixture(["/lib/apk/db/installed": "P:p\nF:bin\nR:a\na:0:0:755\nR:b\na:0:0:755\n"])
    for name in ["a", "b"] {
      guest.filesystem.addFile(
        "/bin/\(name)", .bytes([]), mode: 0o755,
        attributes: [.init(name: "security.capability", value: Self.netRaw)])
    }
    let found = try answers(
      FileScanKind.self,
      ["where": .list(["capabilities"]), "recorded": .boolean(true), "allow": .list(["/bin/a"])], guest)
    #expect(found.map(\.subject) == ["/bin/b"])
    #expect(found.allSatisfy { !$0.actual.contains("records") })
  }

  @Test func wrongParameters() {
    for parameters: [String: ParameterValue] in [
      [:], ["of": .text("others")], ["present": .boolean(false)],
      ["present": .boolean(true), "mode": .text("no_wider")],
    ] {
      #expect(throws: ParameterError.self) { try PackagedFilesKind(Parameters(parameters)) }
    }
  }

  @Test func setIDBitsThatThePackageRecords() throws {
    let guest = GuestFixture(["/lib/apk/db/installed": "P:p\nF:bin\nR:a\na:0:0:4755\nR:b\na:0:0:755\n"])
    for name in ["a", "b", "c"] { guest.filesystem.addFile("/bin/\(name)", "x", mode: 0o4755) }
    let parameters: [String: ParameterValue] = [
      "where": .list(["suid"]), "recorded": .boolean(true), "allow": .list(["/bin/b"]),
    ]
    let found = try answers(FileScanKind.self, parameters, guest)
    #expect(
      found.map { "\($0.subject): \($0.actual)" } == [
        "/bin/b: 4755 root:root, package p records mode 0755", "/bin/c: 4755 root:root",
      ])
  }
}
