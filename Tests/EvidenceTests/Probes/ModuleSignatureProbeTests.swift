import Binaries
import DiskImages
import Foundation
import TestSupport
import Testing

@testable import Evidence

struct ModuleSignatureProbeTests {
  private func record(_ bytes: [UInt8]) throws -> ModuleSignatureProbe.Record {
    try ModuleSignatureProbe.record(of: PartialFile(bytes))
  }

  /// A module with a signature of which only the form is right.
  private func module(_ signature: [UInt8], kind: UInt8 = 2, length: UInt32? = nil) -> [UInt8] {
    let count = length ?? UInt32(signature.count)
    let info: [UInt8] =
      [0, 0, kind, 0, 0, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    return [UInt8](repeating: 0x7f, count: 100) + signature + info + ModuleSignatureProbe.mark
  }

  @Test func whatIsNoSignature() throws {
    #expect(try !record([UInt8](repeating: 0, count: 200)).isSigned)
    #expect(try !record([]).isSigned && !record(ModuleSignatureProbe.mark).isSigned)
    #expect(try !record(module([])).isSigned && !record(module([0x30, 0x80, 0, 0])).isSigned)
    #expect(try !record(module([1, 2, 3], length: .max)).isSigned)
    #expect(try !record(module([1, 2, 3], kind: 1)).isSigned)
  }

  @Test func addedModulesAndASampleOfTheOthers() throws {
    let guest = GuestFixture()
    for number in 0..<100 {
      guest.filesystem.addFile("/usr/lib/modules/6.1/kernel/a/\(number).ko", .bytes([1]))
    }
    guest.filesystem.addFile("/usr/lib/modules/6.1/updates/dkms/x.ko.xz", .bytes([1]))
    guest.filesystem.addFile("/usr/lib/modules/6.1/extra/y.ko", .bytes([1]))
    guest.filesystem.addFile("/usr/lib/modules/6.1/modules.dep", .bytes([1]))
    let evidence = try guest.evidence()
    let answer = try ModuleSignatureProbe().answer(evidence, guest.filesystem)
    #expect(answer.records.count == ModuleSignatureProbe.sampleCount + 1)
    #expect(answer.unread.keys.compactMap { evidence.index.entry(id: $0)?.name } == ["x.ko.xz"])
  }

  /// Debian's modules, plain in 12 and compressed in 13.
  @Test(arguments: ["bookworm", "trixie"]) func debiansOwn(_ release: String) throws {
    let path = "/var/cache/brinell/trees/\(release)"
    guard FileManager.default.fileExists(atPath: path + "/usr/lib/modules") else {
      print("skipped: \(path) is absent")
      return
    }
    let filesystem = try DirectoryFilesystem(path: path)
    let evidence = Evidence(index: try filesystem.readIndex())
    let answer = try ModuleSignatureProbe().answer(evidence, filesystem)
    #expect(answer.records.count == ModuleSignatureProbe.sampleCount && answer.unread.isEmpty)
    #expect(answer.records.values.allSatisfy { $0.isSigned && $0.issuer?.isEmpty == false })
  }
}
