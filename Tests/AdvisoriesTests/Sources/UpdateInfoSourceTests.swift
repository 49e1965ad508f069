import Testing

@testable import Advisories

/// The shape was checked against `rocky/testdata/fixtures/happy/updateinfo.xml` in
/// github.com/aquasecurity/vuln-list-update, an extract of Rocky's real file, and against a retracted update of SUSE as
/// quoted in uyuni-project/uyuni-rfc. No real file of AlmaLinux or Oracle could be seen.
struct UpdateInfoSourceTests {
  private static let rocky = """
    <?xml version="1.0" encoding="UTF-8"?>
    <updates>
      <!-- a remark -->
      <update from="releng@rockylinux.org" status="final" type="bugfix" version="2"><id>RLBA-2021:2580</id>
      </update>
      <update from="releng@rockylinux.org" status="final" type="security" version="2">
        <id>RLSA-2021:2575</id>
        <title>Moderate: lz4 security update</title>
        <issued date="2021-07-22 03:13:55"></issued>
        <updated date="2021-06-29 00:00:00"></updated>
        <release>Rocky Linux 8</release>
        <severity>Moderate</severity>
        <summary>An update &amp; more.&#xA;Rated.</summary>
        <references>
          <reference href="https://access.redhat.com/CVE-2021-3520.json" id="CVE-2021-3520" type="cve" title=""></reference>
          <reference href="https://errata.rockylinux.org/RLSA-2021:2575" id="RLSA-2021:2575" type="self"/>
        </references>
        <pkglist>
          <collection short="RL8">
            <name>Rocky Linux 8</name>
            <package name="lz4-libs" version="1.8.3" release="3.el8_4" epoch="0" arch="i686" src="lz4.src.rpm">
              <filename>lz4-libs-1.8.3-3.el8_4.i686.rpm</filename><sum type="sha256">08d9</sum>
            </package>
            <package name="lz4-libs" version="1.8.3" release="3.el8_4" epoch="0" arch="x86_64"/>
            <package name="lz4-debuginfo" version="1.8.3" release="3.el8_4" epoch="0" arch="x86_64"/>
            <package name="lz4" version="1.8.3" release="3.el8_4" epoch="0" arch="src"/>
            <package name="mod_md" version="2.4.24" release="2.el8" epoch="1" arch="noarch"/>
            <package name="" version="1" release="1" arch="x86_64"/>
          </collection>
          <collection short="none-appstream-rpms__ruby">
            <name>none-appstream-rpms__ruby</name>
            <module name="ruby" stream="2.6" version="8060020220628150300" context="d63f516d" arch="x86_64" />
            <package name="rubygem-abrt" arch="noarch" epoch="0" version="0.3.0" release="4.module+el8.5.0+738"/>
          </collection>
        </pkglist>
      </update>
    </updates>
    """

  @Test func readsSecurityUpdates() throws {
    let taken = try TakenRecords(UpdateInfoSource.self, Self.rocky)
    #expect(
      taken.lines == [
        "RLSA-2021:2575 Rocky Linux:8 lz4-libs affected [0, 1.8.3-3.el8_4) i686+x86_64",
        "RLSA-2021:2575 Rocky Linux:8 mod_md affected [0, 1:2.4.24-2.el8)",
        "RLSA-2021:2575 Rocky Linux:8 rubygem-abrt affected [0, 0.3.0-4.module+el8.5.0+738) module=ruby:2.6",
      ])
    #expect(taken.skipped == ["RLSA-2021:2575: a package without a name or version"])
    let advisory = try #require(taken.advisories.first)
    #expect(advisory.aliases == ["CVE-2021-3520"])
    #expect(advisory.summary == "Moderate: lz4 security update")
    #expect(advisory.published == "2021-07-22")
    #expect(advisory.statedSeverity == "moderate")
    #expect(advisory.references == ["https://errata.rockylinux.org/RLSA-2021:2575"])
  }

  /// One update of one package.
  private static func update(
    attributes: String = "", id: String = "X-1", inner: String = "", collection: String = "", release: String
  ) -> String {
    """
    <updates><update type="security" \(attributes)><id>\(id)</id>\(inner)<pkglist><collection>\(collection)
    <package name="p" version="1" release="\(release)" arch="x86_64"/></collection></pkglist></update></updates>
    """
  }

  @Test(arguments: [
    (update(collection: "<name>Fedora 40</name>", release: "1.fc40"), "Fedora:40"),
    (
      update(inner: "<release>openSUSE Leap 15.5 Update</release>", release: "150500.1"), "openSUSE:Leap 15.5"
    ),
    (
      update(inner: "<release>SUSE Linux Enterprise Server 15 SP5</release>", release: "1"),
      "SUSE:Linux Enterprise Server 15 SP5"
    ),
    (update(inner: "<release>openSUSE Tumbleweed</release>", release: "1.1"), "openSUSE:Tumbleweed"),
    (update(inner: "<title>Amazon Linux 2023 - ALAS2023-2024-1</title>", release: "1"), "Amazon Linux:2023"),
    (
      update(id: "ALAS-2018-939", collection: "<name>Amazon Linux</name>", release: "1.amzn2.0.1"),
      "Amazon Linux:2"
    ),
    (update(id: "ALSA-2021:3893", release: "26.el9_3.2"), "AlmaLinux:9"),
    (update(attributes: "from=\"packager@almalinux.org\"", release: "1.module_el8.10.0+1"), "AlmaLinux:8"),
    (update(id: "ELSA-2021-3791", release: "1.0.1.el10_1"), "Oracle Linux:10"),
    (update(id: "FEDORA-EPEL-2024-abc", release: "1.el9"), "Fedora EPEL:9"),
    (update(id: "FEDORA-2024-abc", release: "1.fc41"), "Fedora:41"),
    (update(id: "RHSA-2024:1", release: "1.el9_4"), "Red Hat:enterprise_linux:9"),
    (update(attributes: "from=\"maint-coord@suse.de\"", release: "lp151.4.1"), "openSUSE:Leap 15.1"),
  ])
  func tellsTheDistribution(feed: String, ecosystem: String) throws {
    #expect(
      try TakenRecords(UpdateInfoSource.self, feed).advisories.first?.affected.first?.ecosystem == ecosystem)
  }

  @Test(arguments: [
    ("rocky-9/updateinfo.xml", "Rocky Linux:9"), ("/x/fedora-40-updates.xml", "Fedora:40"),
    ("opensuse-leap-15.6/repodata/updateinfo.xml", "openSUSE:Leap 15.6"), ("ol-8.9/u.xml", "Oracle Linux:8"),
  ])
  func takesTheUsersWordWhereTheFileDoesNotTell(name: String, ecosystem: String) throws {
    let taken = try TakenRecords(UpdateInfoSource.self, Self.update(release: "1"), name: name)
    #expect(taken.advisories.first?.affected.first?.ecosystem == ecosystem)
  }

  @Test(arguments: [
    (update(release: "1.el9"), "X-1: a package whose distribution is not told"),
    (
      update(attributes: "from=\"me@notamazon.com\"", release: "1.amzn2"),
      "X-1: a package whose distribution is not told"
    ),
    (update(id: "ALSA-1", release: "1.local"), "ALSA-1: a package whose distribution is not told"),
    (update(attributes: "status=\"retracted\"", release: "1.el9"), "X-1: retracted by its vendor"),
    (update(id: "", release: "1.el9"), "update: an update without a name"),
  ])
  func neverGuesses(feed: String, reason: String) throws {
    let taken = try TakenRecords(UpdateInfoSource.self, feed)
    #expect(taken.skipped == [reason])
    #expect(taken.advisories == [])
  }

  @Test func findsTheCVEsOfFedoraInTheTitlesOfBugs() throws {
    let bug =
      #"<references><reference id="2423183" type="bugzilla" title="CVE-2025-26794 &amp; CWE-122"/></references>"#
    let taken = try TakenRecords(
      UpdateInfoSource.self, Self.update(id: "FEDORA-2025-d2b7", inner: bug, release: "5.fc43"))
    #expect(taken.advisories.first?.aliases == ["CVE-2025-26794"])
  }

  @Test func readsTheSecondsOfSUSE() throws {
    let feed = Self.update(
      inner: #"<issued date="1593505741"/><release>openSUSE Leap 15.1 Update</release>"#, release: "1")
    #expect(try TakenRecords(UpdateInfoSource.self, feed).advisories.first?.published == "2020-06-30")
  }

  @Test(arguments: [
    (
      "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><updates>&lol2;</updates>",
      "document type"
    ),
    ("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><updates/>", "document type"),
    ("<updates><update>&secret;</update></updates>", "an entity that is not predefined"),
    ("<updates><update>", "cut off"),
    ("<updates><update type=\"sec", "cut off"),
    ("<updates></update>", "closes nothing"),
    ("<updates>" + String(repeating: "<a>", count: 1000), "too many elements within elements"),
    ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><updates/>", "not in UTF-8"),
    ("<updates/><updates/>", "more after the end"),
    ("", "cut off"),
  ])
  func refusesWhatIsHostileOrDamaged(text: String, reason: String) throws {
    var taken = Ignored()
    let error = #expect(throws: AdvisoryError.self) {
      try UpdateInfoSource.read(AdvisoryFile(name: "u.xml", bytes: Array(text.utf8)), into: &taken)
    }
    #expect(error?.description.contains(reason) == true)
  }

  @Test(arguments: [
    (rocky, true), ("<updates>", true), ("<metadata/>", false), ("<!DOCTYPE a><updates/>", false),
    ("{}", false),
  ])
  func recognisesItsForm(head: String, isIts: Bool) {
    #expect(UpdateInfoSource.recognises(name: "updateinfo.xml", head: Array(head.utf8)) == isIts)
  }
}
