import Testing

@testable import Advisories

/// The shape was checked against `rhel/vex/testdata/cve-2023-38545.json`, `cve-2023-4154.json` and
/// `cve-2024-24786-*.json` in github.com/quay/claircore, which are Red Hat's documents, and for SUSE against what
/// public importers of its feed have in their tests.
struct CSAFSourceTests {
  private struct Package {
    var id: String
    var purl: String?
  }

  /// A document in Red Hat's order of keys.
  private static func document(
    category: String = "csaf_vex", id: String = "CVE-2023-38545",
    platforms: [(id: String, name: String, cpe: String?)] = [
      ("A", "RHEL", "cpe:/a:redhat:enterprise_linux:9::appstream")
    ],
    packages: [(id: String, purl: String?)], parts: [(component: String, platform: String)]? = nil,
    status: String, more: String = ""
  ) -> String {
    let platform = platforms.map { platform in
      let helper = platform.cpe.map { #","product_identification_helper":{"cpe":"\#($0)"}"# } ?? ""
      return """
        {"category":"product_family","branches":[{"category":"product_name","name":"\(platform.name)","product":
        {"name":"\(platform.name)","product_id":"\(platform.id)"\(helper)}}]}
        """
    }
    let package = packages.map { package in
      let helper = package.purl.map { #","product_identification_helper":{"purl":"\#($0)"}"# } ?? ""
      return
        #"{"category":"product_version","name":"\#(package.id)","product":{"name":"\#(package.id)","product_id":"\#(package.id)"\#(helper)}}"#
    }
    let pairs = parts ?? packages.flatMap { package in platforms.map { (package.id, $0.id) } }
    let relationships = pairs.map {
      """
      {"category":"default_component_of","full_product_name":{"name":"x","product_id":"\($0.1):\($0.0)"},
      "product_reference":"\($0.0)","relates_to_product_reference":"\($0.1)"}
      """
    }
    return """
      {"document":{"aggregate_severity":{"text":"Important"},"category":"\(category)","csaf_version":"2.0",
      "title":"curl: overflow","tracking":{"id":"\(id)","initial_release_date":"2023-10-11T00:00:00+00:00"}},
      "product_tree":{"branches":[{"category":"vendor","name":"Red Hat","branches":[
      \((platform + package).joined(separator: ","))]}],"relationships":[\(relationships.joined(separator: ","))]},
      "vulnerabilities":[{"cve":"CVE-2023-38545","product_status":{\(status)}\(more)}]}
      """
  }

  @Test(arguments: [
    (#""fixed":["A:c"]"#, "affected [0, 7.76.1-26.el9_3.2) x86_64"),
    (#""known_affected":["A:c"]"#, "affected [0, ∞) x86_64"),
    (#""known_not_affected":["A:c"]"#, "not_affected x86_64"),
    (#""under_investigation":["A:c"]"#, "under_investigation x86_64"),
    (#""known_affected":["A:c"],"recommended":["A:c"]"#, "affected [0, 7.76.1-26.el9_3.2) x86_64"),
  ])
  func readsStatuses(status: String, line: String) throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(packages: [("c", "pkg:rpm/redhat/curl@7.76.1-26.el9_3.2?arch=x86_64")], status: status))
    #expect(taken.lines == ["CVE-2023-38545 Red Hat:enterprise_linux:9::appstream curl " + line])
    #expect(taken.skipped == [])
  }

  @Test func readsSeverityVectorsRemediesAndReferences() throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        packages: [
          ("a", "pkg:rpm/redhat/a"), ("b", "pkg:rpm/redhat/b"), ("c", "pkg:rpm/redhat/c@1-1?arch=noarch"),
        ],
        status: #""known_affected":["A:a","A:b"],"fixed":["A:c"]"#,
        more: """
          ,"release_date":"2023-10-12T00:00:00+00:00","title":"heap overflow",
          "remediations":[
          {"category":"vendor_fix","product_ids":["A:c"],"url":"https://access.redhat.com/errata/RHSA-2023:6745"},
          {"category":"no_fix_planned","details":"Out of support scope","product_ids":["A:a"]},
          {"category":"none_available","details":"Fix deferred","product_ids":["A:b"]}],
          "references":[{"category":"external","url":"https://x"},
          {"category":"self","url":"https://access.redhat.com/security/cve/CVE-2023-38545"}],
          "scores":[{"cvss_v3":{"baseScore":8.1,"vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"},
          "products":["A:a"]}],
          "threats":[{"category":"impact","details":"Important","product_ids":["A:a"]},
          {"category":"impact","details":"Low","product_ids":["A:b"]}]
          """))
    let start = "CVE-2023-38545 Red Hat:enterprise_linux:9::appstream"
    #expect(
      taken.lines == [
        "\(start) a affected [0, ∞) note=will not be fixed: Out of support scope",
        "\(start) b affected [0, ∞) severity=low note=no fix yet: Fix deferred",
        "\(start) c affected [0, 1-1)",
      ])
    let advisory = try #require(taken.advisories.first)
    #expect(advisory.cvss == ["CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"])
    #expect(advisory.statedSeverity == "important")
    #expect(advisory.published == "2023-10-12")
    #expect(advisory.summary == "heap overflow")
    #expect(
      advisory.references == [
        "https://access.redhat.com/security/cve/CVE-2023-38545",
        "https://access.redhat.com/errata/RHSA-2023:6745",
      ])
  }

  @Test(arguments: [
    (
      "pkg:rpm/redhat/perl-libs@5.32.1-473.module%2Bel8.10.0%2B21354?arch=x86_64&epoch=4&rpmmod=perl:5.32:8100:ab",
      "perl-libs affected [0, 4:5.32.1-473.module+el8.10.0+21354) x86_64 module=perl:5.32"
    ),
    ("pkg:rpm/redhat/kernel@5.14.0-1.el9?arch=src", "kernel affected [0, 5.14.0-1.el9) src"),
    ("pkg:rpm/redhat/a@1-1?arch=x86_64&epoch=0", "a affected [0, 1-1) x86_64"),
  ])
  func readsPackageURLs(purl: String, line: String) throws {
    let taken = try TakenRecords(
      CSAFSource.self, Self.document(packages: [("c", purl)], status: #""fixed":["A:c"]"#))
    #expect(taken.lines == ["CVE-2023-38545 Red Hat:enterprise_linux:9::appstream " + line])
  }

  @Test(arguments: [
    (
      "pkg:rpm/redhat/go-toolset@rhel8?arch=src&rpmmod=go-toolset:rhel8",
      "go-toolset affected [0, ∞) src module=go-toolset:rhel8"
    ),
    ("pkg:rpmmod/redhat/ruby:2.6/ruby", "ruby affected [0, ∞) src module=ruby:2.6"),
    ("pkg:rpm/redhat/libcurl", "libcurl affected [0, ∞)"),
  ])
  func readsWhatHasNoFix(purl: String, line: String) throws {
    let taken = try TakenRecords(
      CSAFSource.self, Self.document(packages: [("c", purl)], status: #""known_affected":["A:c"]"#))
    #expect(taken.lines == ["CVE-2023-38545 Red Hat:enterprise_linux:9::appstream " + line])
  }

  /// Before 2025 Red Hat described a package of a module as a part of the module, which is a part of AppStream.
  @Test func findsTheModuleThatAPackageIsAPartOf() throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        packages: [
          ("m", "pkg:rpmmod/redhat/ruby@2.6:8060020220628150300:d63f516d"),
          ("c", "pkg:rpm/redhat/rubygem-abrt@0.3.0-4.module%2Bel8.5.0%2B738?arch=noarch"),
        ],
        parts: [("m", "A"), ("c", "A:m")], status: #""fixed":["A:m:c"]"#))
    #expect(
      taken.lines == [
        "CVE-2023-38545 Red Hat:enterprise_linux:9::appstream rubygem-abrt affected [0, 0.3.0-4.module+el8.5.0+738) module=ruby:2.6"
      ])
  }

  @Test(arguments: [
    (
      "pkg:oci/curl@sha256%3Aabc?repository_url=registry.redhat.io",
      "a container image or another product that is no rpm package"
    ),
    ("pkg:rpm/redhat/a@1-1?rpmmod=mainstream", "a module without a stream"),
    ("curl", "a malformed package URL"),
  ])
  func countsWhatItLeavesOut(purl: String, reason: String) throws {
    let taken = try TakenRecords(
      CSAFSource.self, Self.document(packages: [("c", purl)], status: #""fixed":["A:c","Text-Only"]"#))
    #expect(taken.skipped == ["CVE-2023-38545: \(reason)", "CVE-2023-38545: a product without a package"])
    #expect(taken.advisories == [])
  }

  @Test func gathersArchitecturesAndLeavesOutSourcesAndDebugPackages() throws {
    let packages = ["x86_64", "aarch64", "src"].map {
      ($0, "pkg:rpm/redhat/curl@1-1.el9?arch=\($0)") as (String, String?)
    }
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        packages: packages + [("d", "pkg:rpm/redhat/curl-debuginfo@1-1.el9?arch=x86_64")],
        status: #""fixed":["A:x86_64","A:aarch64","A:src","A:d"]"#))
    #expect(
      taken.lines == [
        "CVE-2023-38545 Red Hat:enterprise_linux:9::appstream curl affected [0, 1-1.el9) aarch64+x86_64"
      ])
  }

  /// Real pairs: curl in 9.2 and 9.3, a kernel in 8.9 and 8.10, a module in 8.9 and 8.10.
  @Test(arguments: [
    (["7.76.1-26.el9_3.2"], ["0 7.76.1-26.el9_3.2"]),
    (["7.76.1-26.el9_3.2", "7.76.1-23.el9_2.4"], ["0 7.76.1-23.el9_2.4", "7.76.1-24 7.76.1-26.el9_3.2"]),
    (
      ["4.18.0-513.5.1.el8_9", "4.18.0-553.el8_10"],
      ["0 4.18.0-513.5.1.el8_9", "4.18.0-514 4.18.0-553.el8_10"]
    ),
    (["1-23.el9_2.4", "1-23.el9_3.1"], ["0 1-23.el9_2.4", "1-23.el9_3 1-23.el9_3.1"]),
    (["1-2.el9", "1-3.el9"], ["0 1-2.el9", "1-2.el9 1-3.el9"]),
    (
      ["1-4.module+el8.9.0+1+a", "1-5.module+el8.10.0+2+b"],
      ["0 1-4.module+el8.9.0+1+a", "1-5 1-5.module+el8.10.0+2+b"]
    ),
  ])
  func takesLaterBuildsOfAFixedBranchAsFixed(fixed: [String], ranges: [String]) {
    #expect(CSAFProducts.ranges(Set(fixed)).map { "\($0.introduced ?? "0") \($0.fixed ?? "∞")" } == ranges)
  }

  @Test func readsSUSE() throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        platforms: [
          (
            "SUSE Linux Enterprise Server 15 SP5", "SUSE Linux Enterprise Server 15 SP5",
            "cpe:/o:suse:sles:15:sp5"
          ),
          ("openSUSE Leap 15.5", "openSUSE Leap 15.5", nil),
        ],
        packages: [("libopenssl1_0_0-1.0.2p-150000.3.70.1.x86_64", nil), ("libopenssl-1_0_0-devel", nil)],
        status: """
          "recommended":["SUSE Linux Enterprise Server 15 SP5:libopenssl1_0_0-1.0.2p-150000.3.70.1.x86_64"],
          "known_affected":["openSUSE Leap 15.5:libopenssl-1_0_0-devel"]
          """))
    #expect(
      taken.lines == [
        "CVE-2023-38545 SUSE:Linux Enterprise Server 15 SP5 libopenssl1_0_0 affected [0, 1.0.2p-150000.3.70.1) x86_64",
        "CVE-2023-38545 openSUSE:Leap 15.5 libopenssl-1_0_0-devel affected [0, ∞)",
      ])
  }

  @Test func makesOneRecordOfASecurityAdvisory() throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        category: "csaf_security_advisory", id: "SUSE-SU-2024:0591-1",
        packages: [("c", "pkg:rpm/redhat/curl@1-1?arch=noarch")], status: #""fixed":["A:c"]"#))
    #expect(taken.advisories.map(\.id) == ["SUSE-SU-2024:0591-1"])
    #expect(taken.advisories.first?.aliases == ["CVE-2023-38545"])
  }

  @Test func boundsBranches() {
    let deep = String(repeating: #"{"branches":["#, count: 100) + String(repeating: "]}", count: 100)
    let text =
      #"{"document":{"csaf_version":"2.0"},"product_tree":{"branches":[\#(deep)]},"vulnerabilities":[{}]}"#
    #expect(problem(CSAFSource.self, text)?.contains("branches within branches") == true)
  }

  @Test func saysThatAFileIsCutOff() {
    let text = Self.document(packages: [("c", "pkg:rpm/redhat/a")], status: #""fixed":["A:c"]"#)
    #expect(problem(CSAFSource.self, String(text.dropLast(20)))?.contains("cut off") == true)
  }

  /// Relationships that go round in a circle.
  @Test func endsOnLoops() throws {
    let taken = try TakenRecords(
      CSAFSource.self,
      Self.document(
        platforms: [], packages: [("c", "pkg:rpm/redhat/a")], parts: [("c", "B:c"), ("c", "B")],
        status: #""fixed":["B:c","B:c:c"]"#))
    #expect(taken.skipped.allSatisfy { $0.hasSuffix("a product of an unknown distribution") })
  }
}
