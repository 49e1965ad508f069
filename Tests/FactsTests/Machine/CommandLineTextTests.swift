import Evidence
import Testing

@testable import Facts

@Suite struct CommandLineTextTests {
  private func words(_ text: String) throws -> [[String]] {
    try CommandLineText.commands(in: TextFile(path: "f", bytes: Array(text.utf8))).map { $0.map(\.text) }
  }

  @Test(arguments: [
    ("a b\n", [["a", "b"]]), ("a 'b c' \"d e\"", [["a", "b c", "d e"]]), ("a b'c'\"d\"", [["a", "bcd"]]),
    ("a \\\n  b \\\n c\nd", [["a", "b", "c"], ["d"]]), ("a # b\nc", [["a"], ["c"]]), ("a#b", [["a#b"]]),
    ("a ''", [["a", ""]]), ("a \"\\\"x\\n\\$\"", [["a", "\"x\\n$"]]), ("a\\ b", [["a b"]]),
    ("'a\\'", [["a\\"]]),
    ("a; b && c | d &", [["a"], ["b"], ["c"], ["d"]]), ("'a\nb'", [["a\nb"]]), ("", []),
    ("$HOME/x", [["$HOME/x"]]),
  ])
  func splits(_ text: String, _ expected: [[String]]) throws {
    #expect(try words(text) == expected)
  }

  @Test func linesAreKept() throws {
    let file = TextFile(path: "f", bytes: Array("a \\\n b 'c\nd'\n".utf8))
    #expect(try CommandLineText.commands(in: file)[0].map(\.line) == [1, 2, 2])
  }

  @Test func optionsOfQEMU() {
    let options = QEMUOptions("tap,id=n,,0,ifname=a=b,vhost,nowait,script=no")
    #expect(options.first == "tap")
    #expect(options["id"] == "n,0")
    #expect(options["ifname"] == "a=b")
    #expect(options.isOn("vhost"))
    #expect(options["wait"] == "off")
    let json = QEMUOptions("{\"driver\":\"nbd\",\"server\":{\"type\":\"inet\"},\"read-only\":true}")
    #expect(json.first == "nbd")
    #expect(json["server.type"] == "inet")
    #expect(json.isOn("read-only"))
    #expect(QEMUOptions("{broken").first == "{broken")
    #expect(QEMUOptions("").first == "")
  }

  @Test func argumentsWithPasswordsAreCut() {
    #expect(QEMUDefinition.redacted("-spice port=1,password=x,addr=y") == "-spice port=1,password=…,addr=y")
    #expect(
      QEMUDefinition.redacted("-object {\"qom-type\":\"secret\",\"data\":\"x\"}").contains("x\"}") == false)
  }
}
