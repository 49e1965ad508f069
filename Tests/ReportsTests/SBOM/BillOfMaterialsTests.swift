import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct BillOfMaterialsTests {
  private func bill(_ guest: GuestFixture, problem: (Origin) -> Void = { _ in }) throws -> BillOfMaterials {
    let system = try BillOfMaterials.System(try guest.facts(), problem: problem)
    return BillOfMaterials(
      subject: "web.qcow2", created: 1_795_545_861, tool: .init(name: "brinell", version: "1.0"),
      systems: [system])
  }

  private let debian = [
    "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
    "/var/lib/dpkg/status": """
    Package: libc6
    Status: install ok installed
    Architecture: amd64
    Source: glibc
    Version: 2.36-9+deb12u1

    Package: old
    Status: deinstall ok config-files
    Architecture: amd64
    Version: 1:2-3

    """,
    "/usr/lib/python3/dist-packages/A_b.dist-info/METADATA": "Name: A_b\nVersion: 1.0+x\nLicense: MIT\n",
    "/srv/node_modules/@babel/core/package.json":
      #"{"name": "@babel/core", "version": "7.1.0", "license": "SEE LICENSE \"IN\" FILE\u0007"}"#,
  ]

  private func rpm(_ name: String, _ path: String) throws -> GuestFixture? {
    guard let bytes = try testData(name) else { return nil }
    let guest = GuestFixture([
      "/etc/os-release": "ID=\"sles\"\nVERSION_ID=\"15.3\"\nPRETTY_NAME=\"SUSE Linux\"\n"
    ])
    guest.filesystem.addFile(path, .bytes(bytes))
    return guest
  }

  @Test func installedPackagesWithTheirURLs() throws {
    let components = try bill(GuestFixture(debian)).systems[0].components
    #expect(
      components.map(\.purl) == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12", "pkg:npm/%40babel/core@7.1.0",
        "pkg:pypi/a-b@1.0%2Bx",
      ])
    #expect(components[0].source == "glibc" && components[0].foundAt == "/var/lib/dpkg/status")
    #expect(components[2].licences == ["MIT"])
  }

  @Test(arguments: [
    ("dpkg", "debian", "1:2-3", "pkg:deb/debian/a@1:2-3?arch=x&distro=debian-9"),
    ("rpm", "rhel", "1:2-3.el9", "pkg:rpm/redhat/a@2-3.el9?arch=x&distro=rhel-9&epoch=1"),
    ("rpm", "fedora", "2-3", "pkg:rpm/fedora/a@2-3?arch=x&distro=fedora-9"),
    ("apk", "alpine", "1-r0", "pkg:apk/alpine/a@1-r0?arch=x&distro=alpine-9"),
    ("pacman", "arch", "1:1-1", "pkg:alpm/arch/a@1:1-1?arch=x&distro=arch-9"),
  ])
  func packageURLs(_ format: String, _ distribution: String, _ version: String, _ expected: String) {
    let package = Package(name: "a", version: version, architecture: "x", origin: Origin(kind: .vendor))
    #expect(
      PackageURL.text(package, format: format, distribution: distribution, version: "9") == expected)
  }

  @Test func withoutADatabaseThereIsNoBill() throws {
    #expect(throws: EvidenceGap.self) { try bill(GuestFixture(["/etc/os-release": "ID=x\n"])) }
    #expect(throws: EvidenceGap.self) { try bill(GuestFixture(["/var/lib/rpm/Packages.db": "damaged"])) }
  }

  @Test func whatIsMissingIsTold() throws {
    var files = debian
    files["/srv/node_modules/bad/package.json"] = "{"
    files["/var/lib/dpkg/status"]? += "\nPackage: noversion\nStatus: install ok installed\n\n"
    var paths: [String] = []
    _ = try bill(GuestFixture(files)) { paths.append($0.path ?? "") }
    #expect(paths == ["/var/lib/dpkg/status", "/srv/node_modules/bad/package.json"])
  }

  @Test func theSameBillGivesTheSameBytesAndAnotherAnotherNumber() throws {
    let first = try bill(GuestFixture(debian))
    #expect(first.uuid == (try bill(GuestFixture(debian))).uuid)
    var second = first
    second.systems[0].components.removeLast()
    #expect(first.uuid != second.uuid)
    #expect(
      first.uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
  }

  @Test func licencesThatAreNoExpressionAreNamedOnce() throws {
    var bill = try bill(GuestFixture(debian))
    bill.systems[0].components[0].licences = ["GPLv2+", "MIT OR ISC"]
    bill.systems[0].components[2].licences = ["GPLv2+"]
    let spdx = BillFormat.spdx.render(bill)
    #expect(spdx.contains(#""licenseDeclared": "LicenseRef-1 AND (MIT OR ISC)""#))
    #expect(spdx.contains(#""licenseDeclared": "LicenseRef-1""#))
    #expect(spdx.components(separatedBy: #""extractedText": "GPLv2+""#).count == 2)
    let cyclonedx = BillFormat.cyclonedx.render(bill)
    #expect(cyclonedx.contains(#"{"name": "GPLv2+"}"#))
  }

  @Test func aReportHasTheSameBillButForWhatItDoesNotHold() throws {
    let report = ReportSamples.guest([])
    let made = BillOfMaterials(
      Report(
        tool: .init(name: "brinell", version: "1.0"), startedAt: "2026-11-24T18:44:21Z", asOf: "2026-11-24",
        durationSeconds: 1, gate: Gate(), baselines: [], checks: [],
        targets: [
          TargetReport(target: "a.raw", status: .judged, disks: [], storage: [], guests: [report]),
          TargetReport(target: "b.raw", status: .judged, disks: [], storage: [], guests: [report]),
        ]))
    #expect(made.subject == "a.raw, b.raw" && made.systems.count == 2)
    #expect(made.systems[0].components.map(\.purl) == report.packages.map(\.purl))
  }

  /// Against the schemas and rules that the formats' own libraries for Python bring along.
  @Test func bothFormsAreValid() throws {
    let script = """
      import sys
      from cyclonedx.schema import SchemaVersion
      from cyclonedx.validation.json import JsonStrictValidator
      from spdx_tools.spdx.parser.parse_anything import parse_file
      from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
      if sys.argv[2] == 'cyclonedx':
          error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
          if error: sys.exit(str(error)[:2000])
      else:
          import shutil
          shutil.copy(sys.argv[1], sys.argv[1] + '.spdx.json')
          messages = validate_full_spdx_document(parse_file(sys.argv[1] + '.spdx.json'))
          import os; os.unlink(sys.argv[1] + '.spdx.json')
          if messages: sys.exit('\\n'.join(message.validation_message for message in messages[:5]))
      """
    let modules = "import cyclonedx.validation.json, jsonschema, spdx_tools.spdx"
    guard try Python.run(modules, on: "").status == 0 else {
      print(
        "skipped: validation of bills of materials: pip install 'cyclonedx-python-lib[json-validation]' spdx-tools"
      )
      return
    }
    var bills = [try bill(GuestFixture(debian))]
    for (name, path) in [
      ("rpm/sqlite-129.rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite"),
      ("rpm/ndb-36.Packages.db", "/usr/lib/sysimage/rpm/Packages.db"),
    ] {
      if let guest = try rpm(name, path) { bills.append(try bill(guest)) }
    }
    var two = bills[0]
    two.systems.append(two.systems[0])
    for bill in bills + [two] {
      for format in BillFormat.allCases {
        let result = try Python.run(script, on: format.render(bill), [format.rawValue])
        #expect(result.status == 0, "\(format): \(result.output.suffix(2000))")
      }
    }
  }
}
