import Testing

@testable import Evidence

struct CertificateTimeTests {
  private func seconds(_ tag: UInt8, _ text: String) -> Int64? {
    let bytes = derElement(tag, Array(text.utf8))
    var reader = DERReader(bytes[...])
    return reader.next().flatMap(CertificateTime.seconds)
  }

  @Test(
    arguments: [
      (0x17, "700101000000Z", 0), (0x17, "491231235959Z", 2_524_607_999),
      (0x17, "500101000000Z", -631_152_000),
      (0x17, "240229120000Z", 1_709_208_000), (0x18, "20500101000000Z", 2_524_608_000),
      (0x18, "99991231235959Z", 253_402_300_799), (0x18, "00000101000000Z", -62_167_219_200),
      (0x18, "20000229000000Z", 951_782_400), (0x17, "691231235959Z", 3_155_759_999 - 3_155_760_000),
    ] as [(UInt8, String, Int64)]) func dates(_ tag: UInt8, _ text: String, _ expected: Int64)
  {
    #expect(seconds(tag, text) == expected)
  }

  @Test(
    arguments: [
      (0x17, "230229000000Z"), (0x17, "231301000000Z"), (0x17, "230001000000Z"), (0x17, "230100000000Z"),
      (0x17, "230101240000Z"), (0x17, "230101006000Z"), (0x17, "230101000060Z"), (0x17, "2301010000Z"),
      (0x17, "230101000000+0100"), (0x17, "230101000000"), (0x17, ""), (0x17, "23010100000 Z"),
      (0x18, "230101000000Z"), (0x18, "20230101000000.5Z"), (0x18, "19000229000000Z"),
      (0x0c, "230101000000Z"),
    ] as [(UInt8, String)]) func whatIsNoDate(_ tag: UInt8, _ text: String)
  {
    #expect(seconds(tag, text) == nil)
  }

  @Test(
    arguments: [
      (0, "1970-01-01"), (-1, "1969-12-31"), (951_782_400, "2000-02-29"), (253_402_300_799, "9999-12-31"),
      (1_795_478_400, "2026-11-24"), (-62_167_219_200, "0000-01-01"),
    ] as [(Int64, String)]) func days(_ seconds: Int64, _ day: String)
  {
    #expect(CertificateTime.day(seconds) == day)
  }

  @Test func objectIdentifiers() {
    func dotted(_ bytes: [UInt8]) -> String? {
      var reader = DERReader(derElement(0x06, bytes)[...])
      return reader.next()?.dotted
    }
    #expect(dotted([0x55, 4, 3]) == "2.5.4.3")
    #expect(dotted([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]) == "1.2.840.113549.1.1.11")
    #expect(dotted([0x88, 0x37]) == "2.999")
    #expect(dotted([]) == nil)
    #expect(dotted([0x55, 0x84]) == nil)
    #expect(dotted([UInt8](repeating: 0xff, count: 40) + [1]) == nil)
  }
}
