import TestSupport
import Testing

@Suite struct SBOMCommandTests {
  @Test func bothForms() throws {
    let workplace = try Workplace(guest: [
      "srv/node_modules/a/package.json": #"{"name": "a", "version": "1.0.0"}"#
    ])
    let run = try workplace.run("sbom", "web")
    #expect(run.status == 0 && run.output.contains(#""specVersion": "1.6""#))
    #expect(run.output.contains("pkg:deb/debian/telnetd@0.17%2B2.4-2?arch=amd64&distro=debian-12"))
    #expect(run.output.contains("pkg:npm/a@1.0.0") && !run.output.contains("nginx"))
    #expect(try workplace.run("sbom", "web", "--format", "spdx", "--output", "web.spdx.json").output == "")
    #expect(try workplace.read("web.spdx.json").contains(#""spdxVersion": "SPDX-2.3""#))
  }

  @Test func aBundleMadeForItGivesTheSamePackages() throws {
    let workplace = try Workplace()
    _ = try workplace.run("collect", "web", "--output", "web.bundle")
    let run = try workplace.run("sbom", "web.bundle")
    #expect(run.status == 0 && run.output.contains("pkg:deb/debian/base-files@"))
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let workplace = try Workplace(guest: [
      "srv/node_modules/bad/package.json": "{",
      "srv/node_modules/a/package.json": #"{"name": "a", "version": "1"}"#,
    ])
    let run = try workplace.run("sbom", "web")
    #expect(run.status == 2 && run.output.contains("pkg:npm/a@1"))
    #expect(run.error.contains("not in the bill: /srv/node_modules/bad/package.json"))
    let broken = try Workplace(guest: ["var/lib/rpm/rpmdb.sqlite": "damaged"])
    let failed = try broken.run("sbom", "web")
    #expect(failed.status == 2 && failed.output.isEmpty && failed.errorLines.count == 1)
    #expect(failed.error.contains("/var/lib/rpm/rpmdb.sqlite: the database of rpm cannot be read"))
  }

  @Test func wrongUsage() throws {
    let workplace = try Workplace()
    #expect(try workplace.run("sbom", "web", "--format", "xml").status == 64)
    #expect(try workplace.run("sbom").status == 64)
    #expect(try workplace.run("sbom", "web", "web").status == 64)
    #expect(try workplace.run("sbom", "absent").status == 2)
  }

  @Test func aSavedReportGivesABillToo() throws {
    let workplace = try Workplace()
    _ = try workplace.scan("web", "--report", "json=web.json", "--report", "cyclonedx=web.cdx.json")
    let again = try workplace.run("report", "web.json", "--format", "cyclonedx")
    #expect(
      again.output == (try workplace.read("web.cdx.json")) && again.output.contains("pkg:deb/debian/telnetd"))
  }
}
