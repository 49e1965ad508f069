import Testing

@testable import Advisories

private func package(_ name: String, _ version: String, extra: String = "") -> String {
  """
  <package type="rpm">
    <name>\(name)</name>
    <arch>x86_64</arch>
    <version epoch="0" ver="\(version)" rel="6.el9"/>
    <summary>A &lt;name&gt;evil&lt;/name&gt; one\(extra)</summary>
    <format><rpm:sourcerpm>src-\(name)-\(version)-6.el9.src.rpm</rpm:sourcerpm></format>
  </package>

  """
}

private func primary(_ packages: String, count: Int) -> String {
  "<?xml version=\"1.0\"?>\n<metadata xmlns=\"http://linux.duke.edu/metadata/common\" packages=\"\(count)\">\n"
    + packages + "</metadata>\n"
}

@Suite struct RpmIndexTests {
  @Test func packages() throws {
    let text = primary(
      package("bash", "5.1").replacing("epoch=\"0\"", with: "epoch='2'") + package("g++&amp;x", "1"), count: 2
    )
    let index = try RpmPrimary.read(Array(text.utf8))
    #expect(
      index.packages == [
        IndexedPackage(name: "bash", version: "2:5.1-6.el9", architecture: "x86_64", sourceName: "src-bash"),
        IndexedPackage(
          name: "g++&x", version: "1-6.el9", architecture: "x86_64",
          sourceName: "src-g++&amp;x"
            .replacing("&amp;", with: "&")),
      ])
  }

  @Test func aCutIndexIsAnError() {
    let bytes = Array(primary(package("a", "1") + package("b", "1"), count: 2).utf8)
    for count in stride(from: 1, to: bytes.count - 1, by: 7) {
      #expect(throws: IndexError.self) { try RpmPrimary.read(Array(bytes[..<count])) }
    }
    #expect(throws: IndexError.self) {
      try RpmPrimary.read(Array(primary(package("a", "1"), count: 2).utf8))
    }
  }

  @Test func recordsThatMisleadAreSkipped() throws {
    let hidden = "<![CDATA[</package><package type=\"rpm\"><name>a</name>]]>"
    let index = try RpmPrimary.read(
      Array(
        primary(package("a", "1") + "<package type=\"rpm\"><!-- <name>a</name> --></package>", count: 2).utf8)
    )
    #expect(index.packages.count == 1 && index.skipped == 1)
    #expect(throws: IndexError.self) {
      try RpmPrimary.read(Array(primary(package("a", "1", extra: hidden), count: 1).utf8))
    }
  }

  @Test func repomd() throws {
    let text = """
      <repomd><revision>1</revision>
      <data type="filelists"><location href="repodata/f.xml.gz"/><timestamp>5</timestamp></data>
      <data type="primary"><checksum type="sha256">ab</checksum>
        <location href="repodata/ab-primary.xml.zst"/><timestamp>1726000000.5</timestamp>
        <open-size>1234</open-size></data>
      </repomd>
      """
    let repomd = try RpmRepomd(Array(text.utf8))
    #expect(repomd.primary == "repodata/ab-primary.xml.zst" && repomd.primarySize == 1234)
    #expect(repomd.date == 1_726_000_000)
    #expect(throws: IndexError.self) { try RpmRepomd(Array(text.utf8.dropLast(12))) }
    #expect(throws: IndexError.self) { try RpmRepomd(Array("<repomd></repomd>".utf8)) }
    #expect(throws: IndexError.self) { try RpmRepomd([]) }
  }
}
