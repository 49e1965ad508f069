import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct SshdHostileTests {
  @Test func aDirectoryThatIncludesItselfEnds() throws {
    let include = "Include /etc/ssh/sshd_config.d/*.conf\n"
    var files = ["/etc/ssh/sshd_config": include]
    for number in 0..<50 { files["/etc/ssh/sshd_config.d/\(number).conf"] = include }
    let model = try sshGuest(files).model(SshdConfiguration.self)
    #expect(throws: EvidenceGap.self) { try model.answers(keyword("UsePAM")) }
  }

  @Test func aLinkThatLeadsNowhereIsAGap() throws {
    let guest = sshGuest(["/etc/ssh/sshd_config": "Include d/*.conf\n"])
    guest.filesystem.addLink("/etc/ssh/d/a.conf", to: "b.conf")
    guest.filesystem.addLink("/etc/ssh/d/b.conf", to: "a.conf")
    #expect(throws: EvidenceGap.self) { try guest.model(SshdConfiguration.self) }
  }

  @Test func aFileOfNoiseIsRefused() throws {
    let guest = sshGuest([:])
    guest.filesystem.addFile(
      "/etc/ssh/sshd_config", .bytes((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
    let model = try guest.model(SshdConfiguration.self)
    _ = try? model.answers(keyword("UsePAM"))
  }

  @Test func includesThatMultiplyEnd() throws {
    var files = ["/etc/ssh/sshd_config": "Include a0\nInclude a0\n"]
    for number in 0..<15 {
      files["/etc/ssh/a\(number)"] = String(repeating: "Include a\(number + 1)\n", count: 2)
    }
    files["/etc/ssh/a15"] = String(repeating: "# \n", count: 1000)
    let model = try sshGuest(files).model(SshdConfiguration.self)
    #expect(throws: EvidenceGap.self) { try model.answers(keyword("UsePAM")) }
  }

  @Test func moreMatchBlocksThanAnybodyWritesAreUndecided() throws {
    let lines = (0..<2100).map { "Match User u\($0)\nX11Forwarding yes\n" }.joined()
    let model = try sshGuest(["/etc/ssh/sshd_config": lines]).model(SshdConfiguration.self)
    #expect(throws: EvidenceGap.self) { try model.answers(keyword("X11Forwarding")) }
    #expect(try model.answers(keyword("PermitRootLogin")).count == 1)
  }

  @Test func manyLinesStayCheap() throws {
    let lines = String(repeating: "Match User bob\nX11Forwarding yes\n", count: 5000)
    let model = try sshGuest(["/etc/ssh/sshd_config": lines]).model(SshdConfiguration.self)
    #expect(try model.answers(keyword("X11Forwarding")).count == 2)
  }
}
