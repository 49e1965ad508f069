import Evidence
import TestSupport
import Testing

@testable import Facts

/// What pacman's database says of files.
@Suite struct PacmanFilesTests {
  private static let sha = String(repeating: "ab", count: 32)
  private static let md5 = String(repeating: "cd", count: 16)

  private func guest(
    _ files: String, _ mtree: String?, configuration: String? = nil, package: String = "my-tool-1.0-2"
  ) -> GuestFixture {
    let folder = "/var/lib/pacman/local/\(package)"
    let guest = GuestFixture(["\(folder)/desc": "%NAME%\nmy-tool\n", "\(folder)/files": files])
    if let mtree { guest.filesystem.addFile("\(folder)/mtree", .bytes(storedGzip(Array(mtree.utf8)))) }
    if let configuration { guest.filesystem.addFile("/etc/pacman.conf", configuration) }
    return guest
  }

  private func records(_ guest: GuestFixture) throws -> [RecordedFile] {
    try guest.model(RecordedFiles.self).items.map(\.record)
  }

  private func line(_ record: RecordedFile) -> String {
    [
      record.package, displayTextOf(record.path), record.mode.map { String($0, radix: 8) },
      record.owner.map { "\($0):\(record.group ?? "?")" },
      record.digest.map { "\($0.algorithm.rawValue):\($0.hex.prefix(4))" },
      record.target.map { "-> " + displayTextOf($0) }, record.isConfiguration ? "config" : nil,
      record.mayBeMissing ? "dispensable" : nil,
    ].compactMap { $0 }.joined(separator: " ")
  }

  private func displayTextOf(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func digestsModesOwnersAndLinks() throws {
    let guest = guest(
      "%FILES%\nusr/\nusr/bin/x\nusr/bin/y\nusr/bin/su\netc/x.conf\nusr/old\n\n%BACKUP%\netc/x.conf\t\(Self.md5)\n",
      """
      #mtree
      /set type=file uid=0 gid=0 mode=644
      ./.PKGINFO time=1.0 size=350 sha256digest=\(Self.sha)
      ./usr time=1.0 mode=755 type=dir
      ./usr/bin/x time=1.0 mode=755 size=1 md5digest=\(Self.md5) sha256digest=\(Self.sha)
      ./usr/bin/y mode=777 type=link link=x
      ./usr/bin/su mode=4755 gid=7 md5digest=\(Self.md5)
      /unset uid mode
      ./etc/x.conf sha256digest=\(Self.sha)

      """)
    #expect(
      try records(guest).map(line) == [
        "my-tool /usr 40755 0:0", "my-tool /usr/bin/x 100755 0:0 sha256:abab",
        "my-tool /usr/bin/y 120777 0:0 -> x",
        "my-tool /usr/bin/su 104755 0:7 md5:cdcd", "my-tool /etc/x.conf sha256:abab config",
        "my-tool /usr/old",
      ])
  }

  @Test(arguments: [
    (#"./a\040b"#, "/a b"), (#"./a\134b"#, #"/a\b"#), (#"./a\04"#, #"/a\04"#), (#"./a\999"#, #"/a\999"#),
    (#"./a\777"#, #"/a\777"#), (#"./\303\244"#, "/ä"),
  ])
  func escapedNames(_ written: String, _ path: String) throws {
    let guest = guest(
      "%FILES%\n\(path.dropFirst())\n", "/set type=file uid=0 gid=0 mode=644\n\(written) mode=600\n")
    #expect(try records(guest).map(line) == ["my-tool \(path) 100600 0:0"])
  }

  @Test func whatIsMalformedSaysNothing() throws {
    let guest = guest(
      "%FILES%\na\nb\nc\n",
      "./a mode=99999 type=file\n./b type=file mode=644 sha256digest=xx md5digest=\(String(repeating: "g", count: 32))\n"
        + "c mode=644 type=file\n/set\n./ mode\n./c type=odd mode=644 =\n")
    #expect(try records(guest).map(line) == ["my-tool /a", "my-tool /b 100644", "my-tool /c"])
  }

  @Test func namesNeedNoMtree() throws {
    let guest = guest("%FILES%\nusr/bin/x\n", nil)
    guest.filesystem.addFile("/usr/bin/x", "x")
    guest.filesystem.addFile("/var/lib/pacman/local/my-tool-1.0-2/mtree", "no gzip")
    #expect(throws: EvidenceGap.self) { try records(guest) }
    let names = try guest.model(PackagedFiles.self)
    #expect(names.owner(of: try #require(try guest.evidence().entry(at: "/usr/bin/x"))) == "my-tool")
  }

  @Test(arguments: [
    ("[options]\nNoExtract = usr/share/help/*\n", true),
    ("[options]\nNoExtract = usr/share/help/* !usr/share/help/C/*\n", false),
    ("[options]\nNoExtract = !usr/share/help/C/*\nNoExtract=usr/*\n", true),
    ("[core]\nNoExtract = usr/*\n", false), ("# NoExtract = usr/*\n", false),
    ("[options]\nInclude = /etc/pacman.d/*.conf\n", true), ("[options]\nNoExtract = /usr/*\n", false),
  ])
  func whatPacmanLeavesOut(_ configuration: String, _ isLeftOut: Bool) throws {
    let guest = guest("%FILES%\nusr/share/help/C/x\n", nil, configuration: configuration)
    guest.filesystem.addFile(
      "/etc/pacman.d/a.conf", "NoExtract = usr/share/*\nInclude = /etc/pacman.d/a.conf\n")
    #expect(try records(guest).map(\.mayBeMissing) == [isLeftOut])
  }

  /// Packages of Arch Linux: everything that `files` lists is in the mtree too.
  @Test func realPackages() throws {
    let guest = GuestFixture([:])
    guard try guest.addTestData("pacman", at: "/var/lib/pacman/local") else { return }
    let records = try records(guest)
    #expect(records.count > 30 && records.allSatisfy { $0.mode != nil && $0.owner == "0" })
    let byPath = Dictionary(grouping: records) { String(decoding: $0.path, as: UTF8.self) }
    #expect(byPath["/usr/bin/pacman"]?.first?.digest?.hex.hasPrefix("34756764f216aaa7") == true)
    #expect(byPath["/usr/bin/repo-add"]?.first?.mode == 0o100755)
    #expect(byPath["/usr/lib/libgmp.so.10"]?.first?.target == Array("libgmp.so.10.4.1".utf8))
    #expect(byPath["/etc/pacman.conf"]?.first?.isConfiguration == true)
    #expect(byPath["/usr/include/alpm.h"]?.first?.isConfiguration == false)
  }
}
