import Foundation
import TestSupport
import Testing

@testable import Facts

/// `systemctl --root` says what it thinks of a tree without starting anything: an oracle for the states.
@Suite struct RealTreeUnitsTests {
  @Test(arguments: ["bookworm", "trixie"]) func agreesWithSystemctl(_ name: String) throws {
    guard let facts = try realTree(name, [SystemdUnits.self]), let lines = listUnitFiles(name) else { return }
    let start = ThreadClock.now
    let model = try facts.model(SystemdUnits.self)
    #expect(ThreadClock.now - start < .milliseconds(500))
    #expect(lines.count > 200)
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      let unit = words[0].replacing("\\\\", with: "\\")
      let state = try model.state(of: unit)
      let isStarted = model.startReason(of: unit) != nil || model.unmetCondition(of: unit) != nil
      switch words[1] {
      case "masked": #expect(state.isMasked, "\(unit)")
      case "enabled": #expect(state.loaded?.isInstallable == true && isStarted, "\(unit)")
      case "disabled":
        // systemctl does not count the vendor's own links, by which the unit is started all the same.
        let link = model.startReason(of: unit)?.origin.path
        #expect(state.loaded?.isInstallable == true && link?.hasPrefix("/etc/") != true, "\(unit)")
      case "static": #expect(state.loaded?.isInstallable == false, "\(unit)")
      default: #expect(state != .absent, "\(unit)")
      }
    }
    #expect(model.startReason(of: "ssh.service")?.by == "multi-user.target")
  }

  private func listUnitFiles(_ tree: String) -> [Substring]? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/systemctl")
    process.arguments = [
      "--root=/var/cache/brinell/trees/\(tree)", "list-unit-files", "--no-pager", "--no-legend", "--full",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else {
      print("skipped: systemctl is absent")
      return nil
    }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0
      ? String(decoding: output, as: UTF8.self).split(separator: "\n") : nil
  }
}
