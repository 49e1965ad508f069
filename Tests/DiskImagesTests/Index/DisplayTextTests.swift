import DiskImages
import Testing

@Suite struct DisplayTextTests {
  @Test(arguments: [
    ([UInt8]("plain.txt".utf8), "plain.txt"),
    ([UInt8]("ünï ★".utf8), "ünï ★"),
    ([0x61, 0xff, 0x62], "a\\xffb"),
    ([0xc3], "\\xc3"),
    ([0xe2, 0x82], "\\xe2\\x82"),
    ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"),
    ([0xc0, 0xaf], "\\xc0\\xaf"),
    ([0x0a], "\\n"),
    ([0x1b, 0x5b], "\\x1b["),
    ([UInt8]("a\\b".utf8), "a\\\\b"),
    ([UInt8]("\u{202e}x".utf8), "\\xe2\\x80\\xaex"),
    ([], ""),
  ])
  func showsAndRestores(raw: [UInt8], shown: String) {
    #expect(displayText(raw) == shown)
    #expect(bytes(fromDisplayText: shown) == raw)
  }

  @Test func everyByteRoundTrips() {
    let all = (0...255).map { UInt8($0) }
    #expect(bytes(fromDisplayText: displayText(all)) == all)
  }

  @Test func aBackslashThatIsNoEscapeStandsForItself() {
    #expect(bytes(fromDisplayText: "\\q\\x1") == Array("\\q\\x1".utf8))
  }
}
