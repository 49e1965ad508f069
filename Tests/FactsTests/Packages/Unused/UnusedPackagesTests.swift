import TestSupport
import Testing

@testable import Facts

struct UnusedPackagesTests {
  /// `NAME[:ARCH][=VERSION][*][; FIELD: VALUE]…`; a star marks it as automatic.
  private func guest(_ packages: [String], apt: String = "", grub: String? = nil) -> GuestFixture {
    var status: [String] = []
    var states: [String] = []
    for line in packages {
      let parts = line.split(separator: ";").map { $0.trimmingBlanks() }
      let isAutomatic = parts[0].contains("*")
      let head = parts[0].filter { $0 != "*" }.split(separator: "=", maxSplits: 1)
      let name = head[0].split(separator: ":")
      let architecture = name.count > 1 ? String(name[1]) : "amd64"
      let fields = parts.dropFirst().map(String.init)
      let state = fields.contains { $0.hasPrefix("Status:") } ? [] : ["Status: install ok installed"]
      status.append(
        ([
          "Package: \(name[0])", "Architecture: \(architecture)",
          "Version: \(head.count > 1 ? head[1] : "1")",
        ] + state
          + fields).joined(separator: "\n"))
      if isAutomatic {
        let noted = architecture == "all" ? "amd64" : architecture
        states.append("Package: \(name[0])\nArchitecture: \(noted)\nAuto-Installed: 1\n")
      }
    }
    let guest = GuestFixture([
      "/var/lib/dpkg/status": status.joined(separator: "\n\n") + "\n",
      "/var/lib/apt/extended_states": states.joined(separator: "\n"),
      "/etc/apt/apt.conf.d/50own": apt,
      "/etc/apt/apt.conf.d/01autoremove": """
      APT { NeverAutoRemove { "^firmware-linux.*"; "^linux-image-[a-z0-9]*$"; };
      VersionedKernelPackages { "linux-.*"; ".*-modules"; }; };
      """,
    ])
    if let grub { guest.filesystem.addFile("/boot/grub/grub.cfg", grub) }
    return guest
  }

  private func unused(_ packages: [String], apt: String = "", grub: String? = nil) throws -> [String] {
    try guest(packages, apt: apt, grub: grub).model(UnusedPackages.self).items.map { item in
      item.package.architecture == "i386" ? "\(item.package.name):i386" : item.package.name
    }
  }

  @Test(arguments: [
    (["a", "b*"], ["b"]),
    (["a; Depends: b", "b*"], []),
    (["a; Pre-Depends: b", "b*; Depends: c", "c*"], []),
    // A circle holds nobody.
    (["a*; Depends: b", "b*; Depends: a"], ["a", "b"]),
    // Every alternative that is there counts.
    (["a; Depends: b | c, d", "b*", "c*", "d*"], []),
    (["a; Recommends: b", "b*"], []), (["a; Suggests: b", "b*"], []), (["a; Enhances: b", "b*"], ["b"]),
    // What provides the name counts beside the package itself.
    (["a; Depends: v", "p*; Provides: v", "q*; Provides: x, v (= 2)"], []),
    (
      ["a; Depends: v (>= 2)", "o*; Provides: v", "p*; Provides: v (= 1)", "q*; Provides: v (= 2)"],
      ["o", "p"]
    ),
    (["a; Depends: b (>= 2)", "b*=2", "c*"], ["c"]),
    (["a; Recommends: b (<< 2), c (>> 2), d (= 1:2-3)", "b*=2", "c*=2+b1", "d*=1:2-3"], ["b"]),
    // What is removed but for its configuration needs nothing.
    (["a; Depends: b; Status: deinstall ok config-files", "b*"], ["b"]),
    (["a; Depends: b; Status: install ok unpacked", "b*"], []),
    (
      ["a*; Essential: yes", "b*; Protected: yes", "c*; Important: yes", "d*; Priority: required", "apt*"], []
    ),
    (["a*; Status: hold ok installed; Depends: b", "b*"], []),
    (["firmware-linux-x*", "FIRMWARE-LINUX-y*", "xfirmware-linux*"], ["xfirmware-linux"]),
  ]) func followsWhatAptFollows(_ packages: [String], _ expected: [String]) throws {
    #expect(try unused(packages) == expected)
  }

  @Test(arguments: [
    ("APT::AutoRemove::RecommendsImportant \"false\";", ["r"]),
    ("APT::AutoRemove::SuggestsImportant \"no\";", ["s"]),
    ("APT { AutoRemove { RecommendsImportant 0; SuggestsImportant \"off\"; }; };", ["r", "s"]),
    ("APT::Ignore-Hold \"yes\";", ["h"]), ("", []),
  ]) func optionsOfApt(_ options: String, _ expected: [String]) throws {
    let packages = [
      "a; Recommends: r; Suggests: s", "r*", "s*", "h*; Status: hold ok installed",
    ]
    #expect(try unused(packages, apt: options) == expected)
  }

  @Test func otherArchitectures() throws {
    let packages = [
      "dpkg", "wine:i386; Depends: libx, tool, data, py:any", "native; Depends: tool2, other:i386",
      "libx:i386*; Multi-Arch: same", "libx*; Multi-Arch: same", "tool*; Multi-Arch: foreign",
      "tool2:i386*; Multi-Arch: foreign", "data:all*; Multi-Arch: foreign", "py*; Multi-Arch: allowed",
      "py:i386*; Multi-Arch: allowed", "other:i386*", "other*", "plain*",
    ]
    #expect(try unused(packages) == ["libx", "other", "plain"])
  }

  /// `x:any` is satisfied only by what allows it.
  @Test func anyArchitectureHasToBeAllowed() throws {
    #expect(try unused(["dpkg", "a; Recommends: b:any", "b*; Multi-Arch: foreign"]) == ["b"])
  }

  private let kernels = [10, 20, 30, 31].flatMap { abi in
    [
      "linux-image-6.1.0-\(abi)-amd64*=6.1.\(abi)-1", "linux-headers-6.1.0-\(abi)-amd64*=6.1.\(abi)-1",
      "zfs-modules-6.1.0-\(abi)-amd64*; Source: zfs; Provides: zfs-modules",
    ]
  }

  @Test func twoNewestKernelsStay() throws {
    let removed = [10, 20].map { "6.1.0-\($0)-amd64" }
    #expect(
      try unused(kernels + ["zfs; Depends: zfs-modules", "linux-image-amd64*"])
        == ["linux-headers-", "linux-image-", "zfs-modules-"].flatMap { part in removed.map { part + $0 } })
    #expect(try unused(kernels, apt: "APT::Protect-Kernels \"false\";").count == 12)
  }

  /// The one that boots takes a place beside the newest.
  @Test func theKernelThatBootsStays() throws {
    let grub = "menuentry 'Debian' {\n linux /boot/vmlinuz-6.1.0-10-amd64 root=/dev/vda1\n}\n"
    let found = try unused(kernels, grub: grub)
    #expect(
      found.filter { $0.hasPrefix("linux-image") } == ["20", "30"].map { "linux-image-6.1.0-\($0)-amd64" })
  }

  /// Of several packages of one source only the newest source version's are needed.
  @Test func olderVersionsOfOneSourceAreNotNeeded() throws {
    let packages = [
      "a; Depends: v", "old*; Source: s (1); Provides: v", "new*; Source: s (2); Provides: v",
      "else*; Source: t (0.1); Provides: v",
    ]
    #expect(try unused(packages) == ["old"])
  }

  @Test func withoutMarksNothingIsUnused() throws {
    let guest = GuestFixture([
      "/var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\n"
    ])
    let model = try guest.model(UnusedPackages.self)
    #expect(model.items.isEmpty && !model.marksAreKnown)
  }

  @Test func noPackageDatabaseIsNotNothing() {
    #expect(throws: (any Error).self) { try GuestFixture().model(UnusedPackages.self) }
  }

  @Test func sizesAreInBytes() throws {
    let model = try guest(["a*; Installed-Size: 12", "b*; Installed-Size: 99999999999999999999", "c*"])
      .model(UnusedPackages.self)
    #expect(model.items.map(\.size) == [12 * 1024, 0, 0])
  }

  /// Everything provides the same name and asks for another version of it: refused, not computed for hours.
  @Test func aMillionComparisonsAreBounded() throws {
    let packages = (0..<3000).map { "p\($0); Provides: v (= \($0)); Recommends: v (>= \($0)), w" }
    #expect(throws: (any Error).self) { try unused(packages) }
  }

  /// A chain of 20 000 packages is followed without recursion.
  @Test func aLongChainIsFollowed() throws {
    let packages = ["p0; Depends: p1"] + (1..<20_000).map { "p\($0)*; Depends: p\($0 + 1)" } + ["end*"]
    #expect(try unused(packages) == ["end"])
  }

  @Test(arguments: [
    ("libc6 (>= 2.36)", "libc6", "", ">=", "2.36"), (" python3:any(<<3.12)", "python3", "any", "<<", "3.12"),
    ("a [amd64] <!x>", "a", "", nil, ""), ("a (> 1)", "a", "", ">=", "1"), ("a (= 1", "a", "", "=", "1"),
  ]) func relations(
    _ text: String, _ name: String, _ qualifier: String, _ comparison: String?, _ version: String
  ) throws {
    let relation = try #require(PackageRelation(text[...]))
    #expect(relation.name == name && relation.qualifier == qualifier && relation.version == version)
    #expect(relation.comparison?.rawValue == comparison)
  }

  @Test(arguments: ["", "  ", "(>= 1)", ", ,|"]) func noRelation(_ text: String) {
    #expect(PackageRelation.all(text).isEmpty)
  }
}
