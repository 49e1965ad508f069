import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct ArchitectureKindTests {
  @Test(arguments: [
    ("amd64", "CONFIG_64BIT=y\n", true, true), ("i386", "", false, false),
    ("i386", "CONFIG_X86_PAE=y\n", false, true),
    ("i386", "CONFIG_64BIT=y\n", false, true), ("amd64", "# CONFIG_64BIT is not set\n", false, true),
    ("arm64", "CONFIG_64BIT=y\n", true, true), ("armhf", "", false, true),
  ]) func wordSizeAndNX(_ native: String, _ kernel: String, _ is64Bit: Bool, _ hasNX: Bool) throws {
    let guest = GuestFixture(["/var/lib/dpkg/arch": "\(native)\ni386\n", "/boot/config-6.1": kernel])
    func ask(_ what: String) throws -> Bool {
      try answers(ArchitectureKind.self, ["requires": .text(what)], guest).allSatisfy { $0.verdict == .pass }
    }
    #expect(try ask("64_bit") == is64Bit)
    #expect(try ask("nx") == hasNX)
  }

  @Test func thePackageOfTheLibraryTellsToo() throws {
    let status = "Package: libc6\nStatus: install ok installed\nArchitecture: i386\nVersion: 1\n"
    let outcomes = try answers(
      ArchitectureKind.self, ["requires": .text("64_bit")], GuestFixture(["/var/lib/dpkg/status": status]))
    #expect(outcomes.map(\.actual) == ["i386"])
  }

  @Test func withoutADatabaseItIsUndecided() {
    #expect(throws: EvidenceGap.self) {
      try answers(ArchitectureKind.self, ["requires": .text("nx")], GuestFixture())
    }
  }
}
