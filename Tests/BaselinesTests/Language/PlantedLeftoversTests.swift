import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@testable import Baselines

/// Every leftover that samples/leftovers plants is found, and nothing of the kind where nothing is planted.
struct PlantedLeftoversTests {
  private struct Planted {
    var check: String
    var subject: String
    var kind: String
    var path: String
    var text: String
  }

  private static let planted: [Planted] = {
    let root = URL(filePath: ShippedBaselinesTests.folder).deletingLastPathComponent()
    let file = FileManager.default.contents(atPath: root.appending(path: "samples/leftovers/planted").path)
    return String(decoding: file ?? Data(), as: UTF8.self).split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count >= 5, !line.hasPrefix("#") else { return nil }
      return Planted(
        check: fields[0], subject: fields[1], kind: fields[2], path: fields[3],
        text: fields[4].replacing("\\n", with: "\n"))
    }
  }()

  /// A small Debian with a kernel, packages and their lists.
  private static func clean() -> GuestFixture {
    let guest = bootable(
      [
        "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n", "/etc/passwd": "root:x:0:0::/root:/bin/bash\n",
        "/etc/group": "root:x:0:\n", "/etc/shadow": "root:*:19000:0:99999:7:::\n",
        "/etc/hostname": "localhost\n",
        "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 x\n::1 localhost\n",
        "/etc/cloud/cloud.cfg": "users: []\n",
        "/usr/lib/systemd/system/serial-getty@.service": "[Service]\nExecStart=-/sbin/agetty - $TERM\n",
        "/boot/vmlinuz-6.1.0-40-amd64": "kernel", "/boot/initrd.img-6.1.0-40-amd64": "initrd",
        "/usr/lib/modules/6.1.0-40-amd64/modules.dep": "x",
        "/var/lib/apt/extended_states": "Package: dpkg\nArchitecture: amd64\nAuto-Installed: 0\n\n",
      ], machineID: "uninitialized\n")
    guest.setPackages(["dpkg": "1.21", "apt": "2.6", "cloud-init": "22.4", "openssh-server": "1:9.2"])
    let paths = (try? guest.filesystem.readIndex().entries.map(\.path)) ?? []
    guest.filesystem.addFile("/var/lib/dpkg/info/all.list", paths.joined(separator: "\n") + "\n")
    return guest
  }

  private static func plant(_ guest: GuestFixture) {
    var texts: [String: String] = [
      "/var/lib/dpkg/status": text(guest, "/var/lib/dpkg/status"),
      "/var/lib/apt/extended_states": text(guest, "/var/lib/apt/extended_states"),
      "/etc/passwd": text(guest, "/etc/passwd"),
    ]
    for item in planted {
      switch item.kind {
      case "link": guest.filesystem.addLink(item.path, to: item.text)
      case "size":
        guest.filesystem.addFile(item.path, .bytes([UInt8](repeating: 0x70, count: Int(item.text) ?? 0)))
      default:
        texts[item.path] = item.kind == "add" ? (texts[item.path] ?? "") + item.text : item.text
        guest.filesystem.addFile(item.path, texts[item.path] ?? "")
      }
    }
  }

  private static func text(_ guest: GuestFixture, _ path: String) -> String {
    guard let evidence = try? guest.evidence(), let bytes = try? evidence.bytes(at: path) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Findings of the checks about leftovers and virtualisation, with `strict` and `cloud-image` at once.
  private func findings(_ guest: GuestFixture) throws -> [String: Set<String>] {
    let baselines = try BaselineLoader(folders: ShippedBaselinesTests.folders).load(["strict", "cloud-image"])
    let union = BaselineUnion(baselines)
    let names = Set(Self.planted.map(\.check))
    var plan = CollectionPlan()
    for check in union.checks where names.contains(check.plainID) { plan.formUnion(check.plan) }
    let evidence = try Collector(plan: plan).collect(guest.filesystem)
    var found: [String: Set<String>] = [:]
    for result in union.judge(GuestFacts(evidence, asOf: guest.asOf)).results
    where names.contains(result.check.plainID) {
      #expect(result.verdict != .undecided, "\(result.check.id): \(result.reason ?? "")")
      let subjects = result.outcomes.filter { $0.verdict == .fail }.map(\.subject)
      found[result.check.plainID, default: []].formUnion(subjects)
    }
    return found
  }

  @Test func everythingThatIsPlantedIsFound() throws {
    #expect(Self.planted.count > 60)
    let guest = Self.clean()
    Self.plant(guest)
    let found = try findings(guest)
    for item in Self.planted {
      #expect(
        found[item.check]?.contains(item.subject) == true,
        "\(item.check) does not report \(item.subject) but \(found[item.check]?.sorted() ?? [])")
    }
  }

  @Test func aCleanGuestHasNone() throws {
    for (check, subjects) in try findings(Self.clean()) {
      #expect(subjects.isEmpty, "\(check): \(subjects.sorted())")
    }
  }

  /// Every check of the two libraries is planted once, but for those that another sample plants.
  @Test func everyCheckIsPlanted() {
    let names = Set(Self.planted.map(\.check))
    let cache = SourceCache(kinds: .standard, problems: ProblemList())
    let libraries = cache.libraries("\(ShippedBaselinesTests.folder)/checks", from: nil)
    for check in libraries.flatMap(\.checks)
    where check.place.file.hasSuffix("/leftovers.yaml") || check.place.file.hasSuffix("/virtualisation.yaml")
    {
      #expect(names.contains(check.id) || ["left.passwords", "left.rpm-leaves"].contains(check.id), "\(check.id)")
    }
  }
}
