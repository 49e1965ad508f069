import Foundation
import TestSupport
import Testing

extension RealImages {
  /// The command on real images, end to end.
  @Suite struct ScanningTests {
    private let folder: String

    init() throws {
      folder = NSTemporaryDirectory() + "brinell-scanning-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private struct Report: Decodable {
      struct Finding: Decodable, Hashable {
        var check: String
        var verdict: String
        var subject: String
        var reason: String?
      }
      struct Guest: Decodable { var findings: [Finding] }
      struct Target: Decodable { var guests: [Guest] }
      var targets: [Target]
    }

    private func report(_ path: String) throws -> Report {
      try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// What samples/README.md says is planted in version 1 and some check of `cloud-image` is about.
    private static let planted: [(check: String, subject: String)] = [
      ("acct.no-empty-password", "deploy"), ("acct.root-locked", "root"), ("perm.shadow", "/etc/shadow"),
      ("ssh.root-login", "PermitRootLogin"), ("ssh.password-auth", "password login"),
      ("ssh.empty-passwords", "PermitEmptyPasswords"),
      ("ssh.hostkeys-not-baked", "/etc/ssh/ssh_host_ed25519_key"),
      ("ssh.hostkey-mode", "/etc/ssh/ssh_host_ed25519_key"), ("left.machine-id", "/etc/machine-id"),
      ("left.authorized-keys", "/home/deploy/.ssh/authorized_keys"), ("perm.homes", "deploy"),
      ("left.history", "/root/.bash_history"), ("auth.sudo-no-nopasswd", "%sudo ALL"),
      ("sysctl.ip-forward", "net.ipv4.ip_forward"), ("sysctl.dmesg", "kernel.dmesg_restrict"),
      ("perm.world-writable", "/etc/cron.d/cleanup"), ("perm.world-writable", "/usr/local/bin/cleanup"),
      ("suid.allow-list", "/usr/local/bin/rootshell"), ("suid.caps", "/usr/bin/python3.11"),
      ("perm.sticky", "/var/www/uploads"), ("perm.unowned", "/var/www/orphan"),
      ("svc.no-telnet-server", "telnetd"), ("net.listeners", "telnet tcp/23"),
    ]

    /// An OVA is a target by itself: its disk is scanned, and its descriptor is the definition of the machine.
    @Test func anOVAIsJudgedWithItsDescriptor() throws {
      try Data(Self.machineBaseline.utf8).write(to: URL(filePath: folder + "/machine.yaml"))
      let source = try TestImages.path("ext4.qcow2")
      #expect(
        TestImages.run(
          "/usr/bin/qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", source,
          folder + "/disk1.vmdk") == 0)
      let descriptor = try #require(MachineSamples.all["ovf-weak"])
      try Data(descriptor.utf8).write(to: URL(filePath: folder + "/vm.ovf"))
      #expect(
        TestImages.run(
          "/usr/bin/tar", "-C", folder, "--format=ustar", "-cf", folder + "/vm.ova", "vm.ovf", "disk1.vmdk")
          == 0)
      let scan = try BuiltBinary.run([
        "scan", folder + "/vm.ova", "--baseline", folder + "/machine.yaml", "--format", "json", "--output",
        folder + "/ova.json", "--min-coverage", "0",
      ])
      #expect(scan.status == 1, "\(scan.error)")
      let findings = try report(folder + "/ova.json").targets[0].guests[0].findings
      #expect(
        Set(findings.filter { $0.check.hasPrefix("vm.") }.map { "\($0.check) \($0.verdict)" }) == [
          "vm.tpm fail", "vm.plain-secrets fail",
        ])
      #expect(findings.contains { $0.check == "left.id" && $0.verdict == "fail" })
    }

    private static let machineBaseline = """
      id: machine
      version: 1.0.0
      title: Machine
      checks:
        - {id: vm.tpm, title: TPM, severity: high, when: {machine: ovf}, machine: {question: tpm}, rationale: r,
           remediation: r}
        - {id: vm.plain-secrets, title: Secrets, severity: high, when: {machine: true},
           machine: {question: plain-secrets}, rationale: r, remediation: r}
        - {id: left.id, title: The disk is judged too, severity: high, file: {path: /etc/machine-id, exists: false}, rationale: r,
           remediation: r}
      """

    @Test func everythingPlantedIsFoundAndTheBundleGivesTheSameReport() throws {
      let image = try TestImages.path("ext4.qcow2")
      let scan = try BuiltBinary.run([
        "scan", image, "--baseline", "cloud-image", "--evidence", folder + "/evidence.brinell", "--as-of",
        "2026-11-24", "--format", "json", "--output", folder + "/image.json",
      ])
      #expect(scan.status == 1)
      let findings = try report(folder + "/image.json").targets[0].guests[0].findings
      for (check, subject) in Self.planted {
        #expect(
          findings.contains { $0.check == check && $0.subject.hasPrefix(subject) && $0.verdict == "fail" },
          "\(check) of \(subject)")
      }
      let again = try BuiltBinary.run([
        "scan", folder + "/evidence.brinell", "--baseline", "cloud-image", "--as-of", "2026-11-24",
        "--format",
        "json", "--output", folder + "/bundle.json",
      ])
      #expect(again.status == 1)
      #expect(try withoutTimes("image.json") == withoutTimes("bundle.json"))
      // A bundle is for its owner alone.
      var status = stat()
      #expect(stat(folder + "/evidence.brinell", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func theRegressionsOfVersion2AreFoundAndWhatItMendedIsNot() throws {
      let image = try TestImages.path("root.raw")
      let run = try BuiltBinary.run([
        "scan", "--disk", image, "--disk", try TestImages.path("var.qcow2"), "--baseline", "cloud-image",
        "--as-of", "2026-11-24", "--format", "json", "--output", folder + "/v2.json",
      ])
      #expect(run.status == 1)
      let failed = Set(
        try report(folder + "/v2.json").targets[0].guests[0].findings.filter { $0.verdict == "fail" }
          .map { "\($0.check) \($0.subject)" })
      #expect(failed.contains("suid.allow-list /usr/local/bin/backup"))
      #expect(failed.contains("sysctl.ip-forward net.ipv4.ip_forward"))
      #expect(failed.contains { $0.hasPrefix("net.listeners rsyncd") })
      for (check, subject) in Self.planted where check != "sysctl.ip-forward" {
        #expect(!failed.contains { $0.hasPrefix("\(check) \(subject)") }, "\(check) of \(subject)")
      }
    }

    @Test func aPartitionThatCannotBeMountedIsUndecidedAndCountsAgainstCoverage() throws {
      let run = try BuiltBinary.run([
        "scan", try TestImages.path("broken-var.raw"), "--format", "json", "--output",
        folder + "/broken.json",
      ])
      #expect(run.status == 2)
      let findings = try report(folder + "/broken.json").targets[0].guests[0].findings
      let mounts = try #require(findings.first { $0.check == "brinell.mounts-readable" })
      #expect(mounts.verdict == "undecided" && mounts.subject == "/var")
      #expect(findings.contains { $0.check == "audit.installed" && $0.verdict == "undecided" })
    }

    /// The report without what differs between two runs: times and the target's name.
    private func withoutTimes(_ name: String) throws -> String {
      let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      let differing = [
        "\"started_at\"", "\"duration_seconds\"", "\"target\"", "\"index\":", "\"contents\":", "\"judge\":",
      ]
      var isTimings = false
      return text.split(separator: "\n").filter { line in
        if line.contains("\"timings\"") { isTimings = true }
        defer { if isTimings, line.contains("}") { isTimings = false } }
        return !isTimings && !differing.contains { line.contains($0) }
      }.joined(separator: "\n")
    }
  }
}
