import Foundation
import TestSupport

/// A folder with a small unpacked guest and baselines for it, in which commands are run.
final class Workplace {
  let folder: String

  /// - Parameter guest: files of the guest beside the usual ones, and in place of them.
  init(guest: [String: String] = [:]) throws {
    folder = NSTemporaryDirectory() + "brinell-command-\(UUID().uuidString)"
    for (path, text) in Self.guest.merging(guest, uniquingKeysWith: { _, new in new }) {
      try write("web/" + path, text)
    }
    try write("baselines/test.yaml", Self.baseline)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

  func write(_ path: String, _ data: Data) throws {
    let file = URL(filePath: folder).appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func read(_ path: String) throws -> String {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
  }

  /// Runs `brinell` here, with the baselines of this folder.
  func run(_ arguments: String...) throws -> BuiltBinary.Run {
    try BuiltBinary.run(
      arguments, environment: ["BRINELL_BASELINES": folder + "/baselines"], directory: folder)
  }

  /// Scans by the test baseline as of 2026-11-24.
  func scan(_ arguments: String...) throws -> BuiltBinary.Run {
    try BuiltBinary.run(
      ["scan", "--baseline", "test", "--as-of", "2026-11-24"] + arguments,
      environment: ["BRINELL_BASELINES": folder + "/baselines"], directory: folder)
  }

  private static func package(_ name: String, _ version: String, _ status: String = "installed") -> String {
    "Package: \(name)\nStatus: install ok \(status)\nArchitecture: amd64\nVersion: \(version)\n"
  }

  static let guest = [
    "etc/os-release": """
    PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
    NAME="Debian GNU/Linux"
    VERSION_ID="12"
    ID=debian

    """,
    "etc/hostname": "web1\n",
    "etc/apt/sources.list": "deb http://security.debian.org/debian-security bookworm-security main\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "var/lib/dpkg/status": [
      package("base-files", "12.4+deb12u5"), package("telnetd", "0.17+2.4-2"),
      package("nginx", "1.22.1-9", "half-configured"), package("nginx-common", "1.22.1-9", "unpacked"),
    ].joined(separator: "\n"),
  ]

  static let baseline = """
    id: test
    version: 1.0.0
    title: Small baseline for tests
    checks:
      - id: svc.no-telnet
        title: No telnet server is installed
        severity: high
        package: {name: [telnetd, inetutils-telnetd], installed: false}
        references: {nist-800-53: [CM-7]}
        rationale: Telnet sends passwords in the clear.
        remediation: Remove the package.
      - id: audit.installed
        title: The audit daemon is installed
        severity: medium
        package: {name: auditd}
      - id: audit.tools
        title: The audit plug-ins are installed
        severity: low
        requires: audit.installed
        package: {name: audispd-plugins}
      - id: pkg.complete
        title: Every package is completely installed
        severity: low
        package: {state: complete}
      - id: pkg.base
        title: The base files are installed
        severity: critical
        package: {name: base-files}
      - id: ssh.no-backport
        title: The SSH server is not older than Debian's
        severity: medium
        when: {package: openssh-server}
        package: {name: openssh-server, version_at_least: "1:9.2"}
      - id: pkg.os-supported
        title: The release still gets updates
        severity: critical
        support: {level: any}

    """
}

/// A report without what differs from run to run.
func timeless(_ report: String) -> String {
  report.replacing(/"started_at": "[^"]*"/, with: "\"started_at\": \"2026-11-24T18:44:21Z\"")
    .replacing(/"duration_seconds": [0-9.e-]+/, with: "\"duration_seconds\": 1.5")
    .replacing(/"timings": \{[^}]*\}/, with: "\"timings\": {\"index\": 1.5}")
}
