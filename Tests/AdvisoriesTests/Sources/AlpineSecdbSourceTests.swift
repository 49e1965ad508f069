import Advisories
import Testing

/// The shape was checked against `alpine/testdata/311-main.json` in github.com/aquasecurity/vuln-list-update, an extract
/// of the real file of that name.
struct AlpineSecdbSourceTests {
  private static func feed(_ fixes: String, branch: String = #""distroversion":"v3.19","#) -> String {
    """
    {"urlprefix":"http://dl-cdn.alpinelinux.org/alpine",
    "apkurl":"{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk",
    "archs":["x86_64","x86"],\(branch)"packages":[{"pkg":{"name":"apache2","secfixes":{\(fixes)}}}],
    "reponame":"main"}
    """
  }

  @Test(arguments: [
    (
      #""2.4.34-r0":["CVE-2018-1333","CVE-2018-8011"]"#,
      [
        "CVE-2018-1333 Alpine:v3.19 apache2 affected [0, 2.4.34-r0)",
        "CVE-2018-8011 Alpine:v3.19 apache2 affected [0, 2.4.34-r0)",
      ]
    ),
    (#""0":["CVE-2018-1283"]"#, ["CVE-2018-1283 Alpine:v3.19 apache2 not_affected"]),
    (#""4.8.1-r2":["CVE-2017-2616 XSA-207"]"#, ["CVE-2017-2616 Alpine:v3.19 apache2 affected [0, 4.8.1-r2)"]),
    (
      #""1-r0":["CVE-2017-0001 CVE-2017-0002 (+ regression)"]"#,
      [
        "CVE-2017-0001 Alpine:v3.19 apache2 affected [0, 1-r0)",
        "CVE-2017-0002 Alpine:v3.19 apache2 affected [0, 1-r0)",
      ]
    ),
    (#""1-r0":["GHSA-9763-4f94-gfch"]"#, ["GHSA-9763-4f94-gfch Alpine:v3.19 apache2 affected [0, 1-r0)"]),
    (#""1-r0":null"#, []),
  ])
  func readsFixes(fixes: String, lines: [String]) throws {
    #expect(try TakenRecords(AlpineSecdbSource.self, Self.feed(fixes)).lines == lines)
  }

  @Test func keepsOtherNamesAsAliases() throws {
    let taken = try TakenRecords(AlpineSecdbSource.self, Self.feed(#""4.8.1-r2":["CVE-2017-2616 XSA-207"]"#))
    #expect(taken.advisories.first?.aliases == ["XSA-207"])
  }

  @Test func readsEdge() throws {
    let feed = Self.feed(#""1-r0":["CVE-2018-1333"]"#, branch: #""distroversion":"edge","#)
    #expect(try TakenRecords(AlpineSecdbSource.self, feed).lines.first?.contains("Alpine:edge") == true)
  }

  @Test func refusesAFileWithoutABranch() {
    let feed = Self.feed(#""1-r0":["CVE-2018-1333"]"#, branch: "")
    #expect(problem(AlpineSecdbSource.self, feed)?.contains("which branch of Alpine") == true)
  }

  @Test func countsEmptyFixes() throws {
    let taken = try TakenRecords(AlpineSecdbSource.self, Self.feed(#""1-r0":["","see below"]"#))
    #expect(taken.skipped == Array(repeating: "apache2: a fix without a vulnerability", count: 2))
  }

  @Test func saysThatAFileIsCutOff() {
    let feed = Self.feed(#""1-r0":["CVE-2018-1333"]"#)
    #expect(problem(AlpineSecdbSource.self, String(feed.dropLast(3)))?.contains("cut off") == true)
  }
}
