import Evidence
import Foundation
import TestSupport
import Testing

@testable import Facts

@Suite struct JavaMetadataTests {
  @Test func linesOfAManifestGoOn() {
    let text =
      "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.example.a\r\n very.long;singleton:=true\rX: 1\nX: 2\n"
      + "No colon\nEmpty:\n\nName: org/a/\nImplementation-Version: 9\n"
    #expect(
      JavaMetadata.manifest(Array(text.utf8)) == [
        "manifest-version": "1.0", "bundle-symbolicname": "org.example.avery.long;singleton:=true", "x": "2",
        "empty": "",
      ])
  }

  @Test(arguments: ["", "\n\n", " x: 1\n", ":", "\r", "\u{0}\u{0}"])
  func uglyManifests(_ text: String) {
    #expect(JavaMetadata.manifest(Array(text.utf8)).keys.filter { !$0.isEmpty } == [])
  }

  @Test(
    arguments: [
      ("#c\nversion=1.2\ngroupId=org.a\nartifactId = b\n", "org.a:b 1.2"),
      ("version:1\\:2\r\ngroupId:g\r\nartifactId:a", "g:a 1:2"),
      ("version=${project.version}\ngroupId=g\nartifactId=a", nil), ("groupId=g\nartifactId=a", nil),
      ("version=\ngroupId=g\nartifactId=a", nil), ("", nil),
    ] as [(String, String?)])
  func pomProperties(_ text: String, _ expected: String?) {
    #expect(
      JavaMetadata.pomProperties(Array(text.utf8)).map { "\($0.group):\($0.artifact) \($0.version)" }
        == expected)
  }

  @Test(
    arguments: [
      ("commons-io-2.11.0.jar", "commons-io", "2.11.0"), ("guava.jar", "guava", nil),
      ("a-1-2.jar", "a", "1-2"), ("x-y-z-.jar", "x-y-z-", nil), ("-1.jar", "-1", nil),
      ("noending", "noending", nil),
      ("log4j-1.2-api-2.17.jar", "log4j", "1.2-api-2.17"), ("", "", nil),
    ] as [(String, String, String?)])
  func namesOfFiles(_ name: String, _ artifact: String, _ version: String?) {
    let split = JavaMetadata.split(name)
    #expect(split.artifact == artifact && split.version == version)
  }

  @Test(
    arguments: [
      ([:], "a-1.jar", "a 1"), ([:], "a.jar", nil), (["implementation-version": "2"], "a-1.jar", "a 2"),
      (["bundle-version": "3", "bundle-symbolicname": "org.x.a;singleton:=true"], "a.jar", "org.x:a 3"),
      (["implementation-vendor-id": "org.v", "implementation-version": "${v}"], "a-1.jar", "org.v:a 1"),
      (["implementation-vendor-id": "The People", "bundle-symbolicname": "b"], "a-1.jar", "a 1"),
    ] as [([String: String], String, String?)])
  func packagesWithoutMaven(_ manifest: [String: String], _ name: String, _ expected: String?) {
    #expect(JavaMetadata.package(of: manifest, fileName: name).map { "\($0.name) \($0.version)" } == expected)
  }
}

@Suite struct JavaArchiveTests {
  private func packages(_ bytes: [UInt8], _ name: String) throws -> [String] {
    try JavaArchive.packages(bytes, name: name).map { "\($0.name) \($0.version) \($0.inside ?? "")" }.sorted()
  }

  private func properties(_ group: String, _ artifact: String, _ version: String) -> StoredZip.Member {
    .init(
      "META-INF/maven/\(group)/\(artifact)/pom.properties",
      "groupId=\(group)\nartifactId=\(artifact)\nversion=\(version)\n")
  }

  @Test func archivesLieInArchives() throws {
    let library = StoredZip.bytes([.init("META-INF/MANIFEST.MF", "Implementation-Version: 2\n")])
    let shaded = StoredZip.bytes([
      properties("g", "a", "1"), properties("g", "b", "3"), .init("x/A.class", "no"),
    ])
    let war = StoredZip.bytes([
      .init("META-INF/MANIFEST.MF", "Implementation-Version: 9\n"), .init("WEB-INF/lib/lib-0.jar", library),
      .init("WEB-INF/lib/shaded.jar", shaded), .init("WEB-INF/a.txt", "text"),
    ])
    let ear = StoredZip.bytes([.init("app.war", war)])
    #expect(
      try packages(ear, "all-7.ear") == [
        "all 7 META-INF/MANIFEST.MF", "app 9 app.war!META-INF/MANIFEST.MF",
        "g:a 1 app.war!WEB-INF/lib/shaded.jar!META-INF/maven/g/a/pom.properties",
        "g:b 3 app.war!WEB-INF/lib/shaded.jar!META-INF/maven/g/b/pom.properties",
        "lib 2 app.war!WEB-INF/lib/lib-0.jar!META-INF/MANIFEST.MF",
      ])
  }

  @Test func depthHasALimit() throws {
    var archive = StoredZip.bytes([.init("a", "a")])
    for _ in 0..<4 { archive = StoredZip.bytes([.init("i.jar", archive)]) }
    #expect { try packages(archive, "o.jar") } throws: {
      ($0 as? EmbeddedPackageError)?.reason.contains("more than 4 levels") == true
    }
  }

  @Test func whatIsNoArchiveIsSaid() {
    for bytes in [[], Array("PK\u{3}\u{4}".utf8), Array("text".utf8), [UInt8](repeating: 0, count: 1000)] {
      #expect(throws: EmbeddedPackageError.self) { try packages(bytes, "a-1.jar") }
    }
  }

  @Test func cutArchivesEnd() throws {
    let whole = StoredZip.bytes([
      properties("g", "a", "1"), .init("b.jar", StoredZip.bytes([.init("c", "d")])),
    ])
    for length in stride(from: 0, to: whole.count, by: 7) {
      _ = try? packages(Array(whole[..<length]), "x-1.jar")
      var broken = whole
      broken[length] ^= 0xff
      _ = try? packages(broken, "x-1.jar")
    }
  }

  @Test func metadataHasALimit() {
    let large = StoredZip.bytes([.init("META-INF/MANIFEST.MF", String(repeating: "x", count: 2 << 20))])
    #expect(throws: EmbeddedPackageError.self) { try packages(large, "a-1.jar") }
  }

  @Test(arguments: [("a.jar", true), ("A.WAR", true), ("a.jar.bak", false), ("jar", false), ("", false)])
  func namesOfArchives(_ name: String, _ isArchive: Bool) {
    #expect(JavaArchive.isArchive(name) == isArchive)
  }
}

/// A ZIP archive whose members are stored (PKWARE's APPNOTE.TXT).
enum StoredZip {
  struct Member {
    var name: String
    var content: [UInt8]

    init(_ name: String, _ text: String) { (self.name, content) = (name, Array(text.utf8)) }
    init(_ name: String, _ content: [UInt8]) { (self.name, self.content) = (name, content) }
  }

  static func bytes(_ members: [Member]) -> [UInt8] {
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let common =
        number(10, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(Int(crc(member.content)), 4)
        + number(member.content.count, 4) + number(member.content.count, 4)
        + number(member.name.utf8.count, 2)
        + number(0, 2)
      directory +=
        number(0x0201_4b50, 4) + number(10, 2) + common + number(0, 2) + number(0, 2) + number(0, 2)
        + number(0, 4)
        + number(out.count, 4) + Array(member.name.utf8)
      out += number(0x0403_4b50, 4) + common + Array(member.name.utf8) + member.content
    }
    let start = out.count
    out += directory
    return out + number(0x0605_4b50, 4) + number(0, 4) + number(members.count, 2) + number(members.count, 2)
      + number(directory.count, 4) + number(start, 4) + number(0, 2)
  }

  private static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~crc
  }
}
