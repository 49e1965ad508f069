import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@testable import Advisories

/// From the file of a feed to the finding, for every distribution of rpm.
@Suite struct RpmGuestTests {
  /// curl and libcurl of one source, in the same version.
  private func guest(_ id: String, _ version: String, _ installed: String) -> GuestFixture {
    let parts = installed.split(separator: "-").map(String.init)
    func header(_ name: String, _ architecture: String) -> [UInt8] {
      RpmSamples.header([
        (1000, .text(name)), (1001, .text(parts[0])), (1002, .text(parts[1])), (1022, .text(architecture)),
        (1044, .text("curl-\(installed).src.rpm")),
      ])
    }
    let guest = GuestFixture(["/etc/os-release": "ID=\"\(id)\"\nVERSION_ID=\"\(version)\"\nNAME=x\n"])
    guest.filesystem.addFile(
      "/usr/lib/sysimage/rpm/Packages.db",
      .bytes(RpmSamples.ndb([header("curl", "x86_64"), header("libcurl", "x86_64")])))
    return guest
  }

  private func judge(
    _ id: String, _ version: String, _ installed: String, _ file: String, _ text: String
  ) throws -> [String] {
    let folder = try ImportFolder()
    try folder.write(file, text)
    try folder.importing(file)
    let facts = try guest(id, version, installed).facts()
    facts.supply(try folder.store())
    return try facts.model(DistributionAdvisories.self).packages.map { package in
      "\(package.name) \(package.packages.joined(separator: "+")): "
        + package.vulnerabilities.map { "\($0.name)<\($0.fixed ?? "-") \($0.severity.word)" }
        .joined(separator: ", ")
    }
  }

  // MARK: updateinfo.xml

  private func updateInfo(
    _ from: String, _ id: String, _ title: String, _ release: String, _ collection: String, _ fixed: String
  ) -> String {
    let parts = fixed.split(separator: "-").map(String.init)
    let packages = ["curl x86_64", "libcurl x86_64", "curl src"].map { text in
      let words = text.split(separator: " ")
      return #"<package name="\#(words[0])" version="\#(parts[0])" release="\#(parts[1])" epoch="0" "#
        + #"arch="\#(words[1])"><filename>x.rpm</filename></package>"#
    }.joined()
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <updates><update from="\(from)" status="final" type="security" version="1"><id>\(id)</id>
      <title>\(title)</title><issued date="2026-10-02 10:00:00"/><release>\(release)</release>
      <severity>Important</severity><references>
      <reference href="https://x/CVE-2026-0007" id="CVE-2026-0007" type="cve"/></references>
      <pkglist><collection short="c"><name>\(collection)</name>\(packages)</collection></pkglist>
      </update></updates>
      """
  }

  @Test(arguments: [
    (
      "rocky", "9.4", "el9", "releng@rockylinux.org", "RLSA-2026:1", "Important: curl", "Rocky Linux 9",
      "Rocky Linux 9"
    ),
    (
      "almalinux", "9.4", "el9", "packager@almalinux.org", "ALSA-2026:1", "Important: curl", "",
      "almalinux-9-baseos"
    ),
    (
      "ol", "9.4", "el9", "el-errata_ww@oracle.com", "ELSA-2026-1", "ELSA-2026-1: curl", "Oracle Linux 9",
      "ol9"
    ),
    ("rhel", "9.4", "el9", "release-engineering@redhat.com", "RHSA-2026:1", "curl", "0", "rhel-9-baseos"),
    (
      "fedora", "43", "fc43", "updates@fedoraproject.org", "FEDORA-2026-1", "curl-8.1-2.fc43", "Fedora 43",
      "F43"
    ),
    (
      "amzn", "2023", "amzn2023", "linux-security@amazon.com", "ALAS2023-2026-1",
      "Amazon Linux 2023 - ALAS2023-2026-1: Important priority package update for curl", "",
      "amazon-linux-2023"
    ),
    (
      "amzn", "2", "amzn2", "linux-security@amazon.com", "ALAS-2026-1",
      "Amazon Linux 2 - ALAS-2026-1: important priority package update for curl", "", "amazon-linux-2-core"
    ),
    (
      "opensuse-leap", "15.6", "lp156", "maint-coord@suse.de", "openSUSE-2026-1", "Security update for curl",
      "openSUSE Leap 15.6 Update", "c"
    ),
  ])
  func updatesOfTheDistribution(
    _ id: String, _ version: String, _ mark: String, _ from: String, _ name: String, _ title: String,
    _ release: String, _ collection: String
  ) throws {
    let text = updateInfo(from, name, title, release, collection, "8.1-2.\(mark)")
    #expect(
      try judge(id, version, "8.1-1.\(mark)", "updateinfo.xml", text) == [
        "curl curl+libcurl: CVE-2026-0007<8.1-2.\(mark) high"
      ])
    #expect(try judge(id, version, "8.1-2.\(mark)", "updateinfo.xml", text) == [])
    // Another release is not judged by it.
    #expect(throws: EvidenceGap.self) { try judge(id, "7", "8.1-1.\(mark)", "updateinfo.xml", text) }
  }

  /// Leap's updates from SUSE's sources say nowhere what they are for; the file's name does.
  @Test func updatesWhoseReleaseTheFileNames() throws {
    let text = updateInfo(
      "maint-coord@suse.de", "openSUSE-SLE-15.6-2026-1", "Security update", "", "c", "8.1-150600.2.1")
    #expect(
      try judge("opensuse-leap", "15.6", "8.1-150600.1.1", "opensuse-leap-15.6-updateinfo.xml", text) == [
        "curl curl+libcurl: CVE-2026-0007<8.1-150600.2.1 high"
      ])
  }

  // MARK: OSV

  @Test(arguments: [
    ("rhel", "9.4", "Red Hat:enterprise_linux:9::baseos"), ("rocky", "9.4", "Rocky Linux:9"),
    ("almalinux", "9.4", "AlmaLinux:9"),
    ("sles", "15.6", "SUSE:Linux Enterprise Module for Basesystem 15 SP6"),
    ("opensuse-leap", "15.6", "openSUSE:Leap 15.6"),
    ("opensuse-tumbleweed", "20261101", "openSUSE:Tumbleweed"),
    ("mageia", "9", "Mageia:9"),
  ])
  func recordsOfOSV(_ id: String, _ version: String, _ ecosystem: String) throws {
    let text = osv(
      "SA-1", ecosystem, "curl", fixed: "0:8.1-2", cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
      aliases: ["CVE-2026-0007"])
    let sources = Ecosystem(ecosystem).naming == .either ? "curl+libcurl" : "curl"
    #expect(
      try judge(id, version, "8.1-1", "a.json", text) == ["curl \(sources): CVE-2026-0007<0:8.1-2 critical"])
    #expect(try judge(id, version, "8.1-2", "a.json", text) == [])
  }

  // MARK: CSAF

  private func csaf(
    _ platform: (name: String, cpe: String?), _ packages: [(id: String, purl: String?)], _ status: String
  ) -> String {
    func helper(_ key: String, _ value: String?) -> String {
      value.map { #","product_identification_helper":{"\#(key)":"\#($0)"}"# } ?? ""
    }
    let products = packages.map {
      #"{"category":"product_version","name":"\#($0.id)","product":{"name":"\#($0.id)","product_id":"\#($0.id)"\#(helper("purl", $0.purl))}}"#
    }
    let relations = packages.map {
      #"{"category":"default_component_of","full_product_name":{"name":"x","product_id":"P:\#($0.id)"},"#
        + #""product_reference":"\#($0.id)","relates_to_product_reference":"P"}"#
    }
    return """
      {"document":{"aggregate_severity":{"text":"Moderate"},"category":"csaf_vex","csaf_version":"2.0",
      "title":"curl: overflow","tracking":{"id":"CVE-2026-0007","initial_release_date":"2026-10-02T00:00:00+00:00"}},
      "product_tree":{"branches":[{"category":"vendor","name":"V","branches":[
      {"category":"product_name","name":"\(platform.name)","product":
      {"name":"\(platform.name)","product_id":"P"\(helper("cpe", platform.cpe))}},
      \(products.joined(separator: ","))]}],"relationships":[\(relations.joined(separator: ","))]},
      "vulnerabilities":[{"cve":"CVE-2026-0007","product_status":{\(status)}}]}
      """
  }

  private let enterprise = (name: "RHEL", cpe: "cpe:/o:redhat:enterprise_linux:9" as String?)

  /// What has no fix is said of the source alone: all that is built of it has the flaw.
  @Test func aSourceThatHasNoFix() throws {
    let text = csaf(enterprise, [("curl", "pkg:rpm/redhat/curl?arch=src")], #""known_affected":["P:curl"]"#)
    #expect(
      try judge("rhel", "9.4", "8.1-1.el9", "a.json", text) == ["curl curl+libcurl: CVE-2026-0007<- medium"])
    let other = csaf(enterprise, [("wget", "pkg:rpm/redhat/wget?arch=src")], #""known_affected":["P:wget"]"#)
    #expect(try judge("rhel", "9.4", "8.1-1.el9", "a.json", other) == [])
  }

  @Test func aSourceThatIsNotAffected() throws {
    let folder = try ImportFolder()
    try folder.write(
      "vex/a.json",
      csaf(enterprise, [("curl", "pkg:rpm/redhat/curl?arch=src")], #""known_not_affected":["P:curl"]"#))
    try folder.write(
      "osv.json", osv("RHSA-1", "Red Hat:enterprise_linux:9", "curl", aliases: ["CVE-2026-0007"]))
    try folder.importing("vex", "osv.json")
    let facts = try guest("rhel", "9.4", "8.1-1.el9").facts()
    facts.supply(try folder.store())
    #expect(try facts.model(DistributionAdvisories.self).packages.isEmpty)
  }

  @Test func aFixOfRedHat() throws {
    let packages = ["curl", "libcurl"].map { name in
      (id: name, purl: "pkg:rpm/redhat/\(name)@8.1-2.el9?arch=x86_64" as String?)
    }
    let text = csaf(
      (name: "RHEL", cpe: "cpe:/a:redhat:enterprise_linux:9::baseos"), packages,
      #""fixed":["P:curl","P:libcurl"]"#)
    #expect(
      try judge("rhel", "9.4", "8.1-1.el9", "a.json", text) == [
        "curl curl+libcurl: CVE-2026-0007<8.1-2.el9 medium"
      ])
    #expect(try judge("rhel", "9.4", "8.1-2.el9", "a.json", text) == [])
  }

  @Test(arguments: [
    ("sles", "15.6", "SUSE Linux Enterprise Server 15 SP6"), ("opensuse-leap", "15.6", "openSUSE Leap 15.6"),
  ])
  func aFixOfSUSE(_ id: String, _ version: String, _ platform: String) throws {
    let text = csaf(
      (name: platform, cpe: nil), [("curl-8.1-150600.2.1.x86_64", nil), ("wget", nil)],
      #""recommended":["P:curl-8.1-150600.2.1.x86_64"],"known_affected":["P:wget"]"#)
    #expect(
      try judge(id, version, "8.1-150600.1.1", "a.json", text) == [
        "curl curl: CVE-2026-0007<8.1-150600.2.1 medium"
      ])
  }
}
