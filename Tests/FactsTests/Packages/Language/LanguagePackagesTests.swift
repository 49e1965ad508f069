import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct LanguagePackagesTests {
  private func names(_ files: [String: String]) throws -> [String] {
    try GuestFixture(files).model(LanguagePackages.self).packages.map {
      "\($0.ecosystem.rawValue) \($0.name) \($0.version) \($0.licence ?? "-")"
    }
  }

  @Test func python() throws {
    let found = try names([
      "/usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA":
        "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\nLicense: MIT\n\nName: trap\nVersion: 9\n",
      "/opt/venv/lib/python3.11/site-packages/old-1.2.egg-info":
        "Name: old\r\nVersion: 1.2\r\nLicense: UNKNOWN\r\n"
        + "Classifier: License :: OSI Approved :: BSD License\r\n\r\nVersion: 3\r\n",
      "/opt/venv/lib/python3.11/site-packages/dir.egg-info/PKG-INFO":
        "Name: dir\nVersion: 2\nLicense-Expression: MIT OR Apache-2.0\nLicense: other\n",
      "/srv/x-1.egg/EGG-INFO/PKG-INFO":
        "Name: x\nVersion: 1\nLicense: \(String(repeating: "long ", count: 100))\n",
      "/usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/RECORD": "x",
    ])
    #expect(
      found == [
        "pypi PyYAML 6.0 MIT", "pypi dir 2 MIT OR Apache-2.0", "pypi old 1.2 BSD License", "pypi x 1 -",
      ])
  }

  @Test func npm() throws {
    let found = try names([
      "/usr/lib/node_modules/npm/package.json":
        #"{"name": "npm", "version": "9.2.0", "license": "Artistic-2.0"}"#,
      "/srv/app/node_modules/@babel/core/package.json":
        #"{"name": "@babel/core", "version": "7.1.0", "license": {"type": "MIT"}}"#,
      "/srv/app/node_modules/a/node_modules/b/package.json":
        #"{"name": "b", "version": "1.0.0-rc.1", "licenses": [{"type": "MIT"}, {"type": "BSD"}]}"#,
      "/srv/app/node_modules/.pnpm/c@1/node_modules/c/package.json": #"{"name": "c", "version": "1.0.0"}"#,
      "/srv/app/node_modules/a/lib/package.json": #"{"name": "part", "version": "1"}"#,
      "/srv/app/node_modules/a/package.json": #"{"type": "module"}"#,
      "/srv/app/package.json": #"{"name": "app", "version": "1"}"#,
    ])
    #expect(
      found == [
        "npm @babel/core 7.1.0 MIT", "npm b 1.0.0-rc.1 MIT OR BSD", "npm c 1.0.0 -",
        "npm npm 9.2.0 Artistic-2.0",
      ])
  }

  @Test func ruby() throws {
    let found = try names([
      "/var/lib/gems/3.1.0/specifications/rake-13.0.6.gemspec":
        "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\nGem::Specification.new do |s|\n"
        + "  s.name = \"wrong\".freeze\n  s.licenses = [\"MIT\".freeze, \"Ruby\"]\nend\n",
      "/usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec":
        "Gem::Specification.new do |s|\n  s.name = 'json'\n  s.version = Gem::Version.new(\"2.6.1\")\nend\n",
      "/srv/app/app.gemspec": "# stub: app 1 ruby lib\n",
    ])
    #expect(found == ["gem json 2.6.1 -", "gem rake 13.0.6 MIT OR Ruby"])
  }

  @Test func damagedMetadataIsAProblemAndTheRestIsKept() throws {
    let guest = GuestFixture([
      "/a/x.dist-info/METADATA": "Name: x\n\nVersion: 1\n", "/a/node_modules/y/package.json": "{",
      "/a/node_modules/deep/package.json": String(repeating: "[", count: 100_000),
      "/a/specifications/z.gemspec": "\u{0}\u{1}", "/a/empty.egg-info": "",
      "/a/good.dist-info/METADATA": "Name: good\nVersion: 1\n",
    ])
    guest.filesystem.addGap("/mnt", reason: "not readable")
    guest.filesystem.addFile("/a/big.dist-info/METADATA", .tooLarge(size: 5 << 20))
    let model = try guest.model(LanguagePackages.self)
    #expect(model.packages.map(\.name) == ["good"])
    #expect(
      Set(model.problems.compactMap(\.path)) == [
        "/mnt", "/a/x.dist-info/METADATA", "/a/node_modules/y/package.json",
        "/a/node_modules/deep/package.json",
        "/a/specifications/z.gemspec", "/a/empty.egg-info", "/a/big.dist-info/METADATA",
      ])
  }

  @Test func aPackageBehindLinksCountsOnce() throws {
    let guest = GuestFixture([
      "/srv/.pnpm/c/node_modules/c/package.json": #"{"name": "c", "version": "1.0.0"}"#
    ])
    guest.filesystem.addLink("/srv/node_modules/c", to: "../.pnpm/c/node_modules/c")
    guest.filesystem.addLink("/srv/.pnpm/c/node_modules/loop", to: ".")
    #expect(try guest.model(LanguagePackages.self).packages.count == 1)
  }

  @Test func distributionPackagesDoNotCollectThem() {
    let own = Set(LanguagePackages.needs.map(\.pattern))
    #expect(own.isDisjoint(with: InstalledPackages.needs.map(\.pattern)))
  }

  /// Of Debian's web server tree: every distribution of Python that its own files list.
  @Test func aRealTree() throws {
    guard let facts = try realTree("bookworm", [LanguagePackages.self]) else { return }
    let model = try facts.model(LanguagePackages.self)
    let expected = facts.evidence.index.entries.filter { entry in
      let path = entry.path
      return entry.type == .regular
        && (path.hasSuffix(".dist-info/METADATA") || path.hasSuffix(".egg-info/PKG-INFO")
          || path.hasSuffix(".egg-info"))
    }
    #expect(model.packages.filter { $0.ecosystem == .python }.count == expected.count && expected.count > 10)
    #expect(model.problems.isEmpty)
  }
}
