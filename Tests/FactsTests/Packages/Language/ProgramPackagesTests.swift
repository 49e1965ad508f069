import Binaries
import DiskImages
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Facts

@Suite struct GoBuildInfoTests {
  static func section(_ version: String, _ modules: String, flags: UInt8 = 2) -> [UInt8] {
    func text(_ bytes: [UInt8]) -> [UInt8] {
      var (length, rest) = (bytes.count, [UInt8]())
      while length >= 0x80 {
        rest.append(UInt8(length & 0x7f) | 0x80)
        length >>= 7
      }
      return rest + [UInt8(length)] + bytes
    }
    let sentinel = [UInt8](repeating: 0x77, count: 16)
    let list = modules.isEmpty ? [] : sentinel + Array(modules.utf8) + sentinel
    return [0xff] + Array(" Go buildinf:".utf8) + [8, flags] + [UInt8](repeating: 0, count: 16)
      + text(Array(version.utf8)) + text(list)
  }

  private func names(_ bytes: [UInt8]) throws -> [String] {
    try GoBuildInfo.packages(bytes[...]).map { "\($0.name) \($0.version)" }
  }

  @Test func modulesAndTheirReplacements() throws {
    let modules = """
      path\texample.org/main
      mod\texample.org/main\t(devel)\t
      dep\tgithub.com/BurntSushi/toml\tv1.0.0\th1:x=
      dep\tgolang.org/x/net\tv0.1.0
      =>\texample.org/net\tv0.2.0\th1:y=
      dep\tlocal.org/a\tv1.1.1
      =>\t../a\t\t
      =>\tstray.org/b\tv9.0.0\t
      build\t-compiler=gc
      dep\tshort.org

      """
    #expect(
      try names(Self.section("go1.22.1 X:nocoverageredesign", modules)) == [
        "stdlib 1.22.1", "github.com/BurntSushi/toml v1.0.0", "example.org/net v0.2.0", "local.org/a v1.1.1",
      ])
    #expect(
      try names(Self.section("go1.18", "mod\ta.org/m\tv2.0.0\t\ndep\tb.org/x\tv1.0.0\n")) == [
        "stdlib 1.18", "a.org/m v2.0.0", "b.org/x v1.0.0",
      ])
  }

  @Test(
    arguments: [
      ("go1.19.8", ["stdlib 1.19.8"]), ("devel go1.20-abc", []), ("", []), ("go", []),
      ("go1.21rc2", ["stdlib 1.21rc2"]),
      ("go1.20.3-custom", ["stdlib 1.20.3"]),
    ])
  func programsWithoutModules(_ version: String, _ expected: [String]) throws {
    #expect(try names(Self.section(version, "")) == expected)
  }

  @Test func damagedInformationIsSaid() {
    let whole = Self.section("go1.22.1", String(repeating: "dep\ta.org/b\tv1.0.0\n", count: 20))
    for length in 0..<whole.count {
      #expect(throws: EmbeddedPackageError.self) { try names(Array(whole[..<length])) }
    }
    #expect(throws: EmbeddedPackageError.self) { try names(Self.section("go1.17", "", flags: 0)) }
    let endless = Array(whole[..<32]) + [UInt8](repeating: 0xff, count: 100)
    #expect(throws: EmbeddedPackageError.self) { try names(endless) }
  }
}

@Suite struct RustAuditDataTests {
  /// A zlib stream of one stored block (RFC 1951, 3.2.4); the checksum is not looked at.
  static func zlib(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let length = [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8)]
    return [0x78, 0x01, 1] + length + length.map { ~$0 } + bytes + [0, 0, 0, 0]
  }

  static let document = """
    {"packages": [
      {"name": "app", "version": "0.1.0", "source": "local", "root": true, "dependencies": [1, 2]},
      {"name": "serde", "version": "1.0.136", "source": "crates.io", "kind": "runtime"},
      {"name": "cc", "version": "1.0.73", "source": "crates.io", "kind": "build"},
      {"name": "own", "version": "2.0.0-rc.1", "source": "git"}
    ], "format": 8}
    """

  private func names(_ bytes: [UInt8]) throws -> [String] {
    try RustAuditData.packages(bytes[...]).map { "\($0.name) \($0.version)" }
  }

  @Test func cratesOfAProgram() throws {
    #expect(try names(Self.zlib(Self.document)) == ["serde 1.0.136", "own 2.0.0-rc.1"])
    #expect(try names(compressed) == ["a 1"])
  }

  /// `{"packages":[{"name":"a","version":"1","source":"crates.io"}]}` as zlib.compress(text, 9) gives it.
  private let compressed: [UInt8] = [
    0x78, 0xda, 0xab, 0x56, 0x2a, 0x48, 0x4c, 0xce, 0x4e, 0x4c, 0x4f, 0x2d, 0x56, 0xb2, 0x8a, 0xae,
    0x56, 0xca, 0x4b, 0xcc, 0x4d, 0x55, 0xb2, 0x52, 0x4a, 0x54, 0xd2, 0x51, 0x2a, 0x4b, 0x2d, 0x2a,
    0xce, 0xcc, 0xcf, 0x03, 0xf2, 0x0c, 0x81, 0xbc, 0xe2, 0xfc, 0xd2, 0xa2, 0x64, 0x90, 0x54, 0x72,
    0x51, 0x62, 0x49, 0x6a, 0xb1, 0x5e, 0x66, 0xbe, 0x52, 0x6d, 0x6c, 0x2d, 0x00, 0x7c, 0x5b, 0x14,
    0x56,
  ]

  @Test func whatIsNoneIsSaid() {
    for bytes in [
      [], [0x78], [0x78, 0x9c], Array("text".utf8), Self.zlib("[]"), Self.zlib("{\"packages\": [{}]}"),
      Self.zlib(""),
    ] {
      #expect(throws: EmbeddedPackageError.self) { try names(bytes) }
    }
    #expect(throws: EmbeddedPackageError.self) { try names(Array(compressed.prefix(20))) }
  }
}

@Suite struct EmbeddedPackageProbeTests {
  /// A 64-bit ELF file with sections and no segments.
  private func elf(_ sections: [(String, [UInt8])]) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var names: [UInt8] = [0]
    var body: [UInt8] = []
    var headers = [UInt8](repeating: 0, count: 64)
    for (name, content) in sections + [(".shstrtab", [])] {
      let start = names.count
      names += Array(name.utf8) + [0]
      let content = name == ".shstrtab" ? names : content
      headers +=
        number(start, 4) + number(1, 4) + number(0, 8) + number(0, 8) + number(64 + body.count, 8)
        + number(content.count, 8) + number(0, 8) + number(1, 8) + number(0, 8)
      body += content
    }
    let count = sections.count + 2
    return [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + number(2, 2) + number(62, 2)
      + number(1, 4)
      + number(0, 8) + number(0, 8) + number(64 + body.count, 8) + number(0, 4) + number(64, 2)
      + number(56, 2)
      + number(0, 2) + number(64, 2) + number(count, 2) + number(count - 1, 2) + body + headers
  }

  private let padding = [UInt8](repeating: 0x90, count: 40 << 10)

  private func guest() -> MemoryFilesystem {
    let filesystem = MemoryFilesystem()
    let go = elf([
      (".text", padding), (".go.buildinfo", GoBuildInfoTests.section("go1.22.1", "dep\ta.org/b\tv1.0.0\n")),
    ])
    filesystem.addFile("/usr/bin/goes", .bytes(go), mode: 0o755)
    filesystem.addFile("/usr/share/goes", .bytes(go), mode: 0o644)
    let rust = elf([(".text", padding), (".dep-v0", RustAuditDataTests.zlib(RustAuditDataTests.document))])
    filesystem.addFile("/usr/lib/librusty.so", .bytes(rust), mode: 0o644)
    filesystem.addFile(
      "/usr/bin/broken", .bytes(elf([(".text", padding), (".dep-v0", [1, 2, 3])])), mode: 0o755)
    filesystem.addFile("/usr/bin/script", .bytes(Array("#!/bin/sh\n".utf8) + padding), mode: 0o755)
    filesystem.addFile("/usr/bin/plain", .bytes(elf([(".text", padding)])), mode: 0o755)
    let jar = StoredZip.bytes([.init("META-INF/MANIFEST.MF", "Implementation-Version: 2\n")])
    filesystem.addFile("/usr/share/java/lib.jar", .bytes(jar), mode: 0o644)
    filesystem.addFile("/usr/share/java/torn.jar", .bytes(Array(jar.prefix(40))), mode: 0o644)
    return filesystem
  }

  @Test func packagesOfTheGuest() throws {
    let evidence = try Collector(plan: CollectionPlan([LanguagePackages.self])).collect(guest())
    #expect(evidence.contents.isEmpty)
    let model = try GuestFacts(evidence, asOf: 0).model(LanguagePackages.self)
    #expect(
      model.packages.map { "\($0.ecosystem.rawValue) \($0.name) \($0.version) \($0.origin.path ?? "")" } == [
        "cargo own 2.0.0-rc.1 /usr/lib/librusty.so", "cargo serde 1.0.136 /usr/lib/librusty.so",
        "golang a.org/b v1.0.0 /usr/bin/goes", "golang stdlib 1.22.1 /usr/bin/goes",
        "maven lib 2 /usr/share/java/lib.jar",
      ])
    #expect(model.problems.map(\.path) == ["/usr/bin/broken", "/usr/share/java/torn.jar"])
  }

  @Test func evidenceThatWasCollectedWithoutIsIncomplete() throws {
    let evidence = try Collector(plan: CollectionPlan()).collect(guest())
    let model = try GuestFacts(evidence, asOf: 0).model(LanguagePackages.self)
    #expect(model.packages.isEmpty && model.problems.count == 1)
    #expect(try GuestFixture(["/etc/os-release": "ID=x"]).model(LanguagePackages.self).problems.isEmpty)
  }
}
