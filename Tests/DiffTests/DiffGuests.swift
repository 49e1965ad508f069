import Advisories
import Baselines
import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport

@testable import Diff
@testable import Reports

/// A small guest that has something for every topic, and its variants.
struct VariedGuest {
  var fixture = bootable()
  var storage: [TargetReport.Storage] = []

  /// The guest as it was before anything is planted.
  init() throws {
    fixture.add(Self.files)
    fixture.setPackages([
      "base-files": "12.4", "nginx": "1.22.1-9", "openssh-server": "1:9.2p1-2", "openssh-client": "1:9.2p1-2",
    ])
    fixture.addProgram("/usr/bin/tool")
    fixture.filesystem.addFile(
      "/usr/lib/systemd/system-generators/systemd-fstab-generator", "ELF", mode: 0o755)
    fixture.filesystem.addFile("/usr/bin/helper", "#!/bin/sh\n", mode: 0o755)
    fixture.filesystem.addFile("/var/lib/app/data", "data\n", mode: 0o640, uid: 1000, gid: 1000)
    fixture.add([
      "/var/lib/dpkg/info/base-files.list":
        "/usr/bin/tool\n/usr/bin/helper\n/usr/bin/ssh\n/usr/sbin/sshd\n/usr/sbin/cron\n/usr/sbin/chronyd\n",
      "/var/lib/dpkg/info/base-files.md5sums": "\(try digest("/usr/bin/tool"))  usr/bin/tool\n",
    ])
    for (name, program) in ["cron": "cron", "chrony": "chronyd", "ssh": "sshd"] {
      fixture.filesystem.addFile("/usr/sbin/\(program)", "#!/bin/sh\n", mode: 0o755)
      fixture.addStarted("\(name).service", "[Service]\nExecStart=/usr/sbin/\(program)\n")
    }
    fixture.addStarted(
      "auditd.service", "[Service]\nExecStart=/sbin/auditd\nExecStartPost=-/sbin/augenrules --load\n")
    fixture.addStarted("nftables.service", "[Service]\nExecStart=/usr/sbin/nft -f /etc/nftables.conf\n")
    fixture.addStarted("systemd-sysctl.service", "[Service]\nExecStart=/usr/lib/systemd/systemd-sysctl\n")
  }

  /// MD5, as dpkg records it.
  private func digest(_ path: String) throws -> String {
    var digest = ""
    guard case .found(let file) = try fixture.filesystem.readIndex().resolve(path) else { return digest }
    try fixture.filesystem.digests(of: [file], algorithm: .md5) { _, answer in
      if case .hex(let text) = answer { digest = text }
    }
    return digest
  }

  func text(_ path: String) -> String { Self.files[path, default: ""] }

  /// The guest as one side of a comparison.
  func side(_ name: String) throws -> DiffSide {
    let union = try Self.union.get()
    var plan = DiffTopics.plan
    plan.formUnion(ReportBuilder.plan)
    plan.formUnion(union.plan)
    let facts = try fixture.collected(by: plan)
    facts.supply(try Self.advisories.get())
    let judgement = union.judge(facts)
    var builder = ReportBuilder(checks: union.checks)
    builder.add(
      CollectedTarget(target: name), guests: [ReportBuilder.JudgedGuest(facts: facts, judgement: judgement)])
    var report = builder.report(
      tool: Report.Tool(name: "brinell", version: "0"), startedAt: 0, asOf: facts.asOf, duration: 0,
      gate: Gate(),
      baselines: union.baselines.map(\.identity))
    report.targets[0].storage = storage
    return DiffSide(side: name, source: "tree", report: report, facts: [facts])
  }

  private static let union = Result {
    try inFolder("test.yaml", baseline) { folder, _ in
      BaselineUnion(try BaselineLoader(folders: BaselineFolders([folder])).load(["test"]))
    }
  }

  /// What is known of nginx: one version is vulnerable.
  private static let advisories = Result {
    let record = #"""
      [{"id":"CVE-2026-0001","modified":"2026-11-20T00:00:00Z","published":"2026-01-02T00:00:00Z",
      "affected":[{"package":{"ecosystem":"Debian:12","name":"nginx"},"ranges":[{"type":"ECOSYSTEM",
      "events":[{"introduced":"1.23-1"},{"fixed":"1.25-1"}]}]}]}]
      """#
    return try inFolder("advisories.json", record) { folder, file in
      _ = try AdvisoryImport(database: folder + "/advisories.sqlite").run([file])
      return try AdvisoryStore(path: folder + "/advisories.sqlite")
    }
  }

  private static func inFolder<Product>(
    _ name: String, _ text: String, _ make: (_ folder: String, _ file: String) throws -> Product
  ) throws -> Product {
    let folder = NSTemporaryDirectory() + "brinell-diff-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    return try make(folder, "\(folder)/\(name)")
  }

  private static let baseline = """
    id: test
    version: 1.0.0
    title: Checks for comparisons
    checks:
      - id: x.motd
        title: Nobody is greeted
        severity: medium
        file: {path: /etc/motd, exists: false}
      - id: x.issue
        title: The banner is readable
        severity: high
        file: {path: /etc/issue, mode_max: "0644"}
      - id: x.data
        title: The data have a file system of their own
        severity: low
        mount: {target: /data, separate: true}

    """

  static let files = [
    "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\n",
    "/etc/passwd": """
    root:x:0:0:root:/root:/bin/bash
    sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
    bob:x:1000:1000::/home/bob:/bin/bash

    """,
    "/etc/shadow": "root:*:19000:0:99999:7:::\nsshd:!:19000::::::\nbob:!:19000:0:99999:7:::\n",
    "/etc/group": "root:x:0:\nsudo:x:27:\nbob:x:1000:\nnogroup:x:65534:\n",
    "/etc/gshadow": "root:*::\nsudo:*::\nbob:!::\nnogroup:*::\n",
    "/etc/sudoers": "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n",
    "/etc/ssh/sshd_config": "PermitRootLogin no\n",
    "/etc/ssh/ssh_config": "Host *\n",
    "/usr/bin/ssh": "#!/bin/sh\n",
    "/home/bob/.ssh/authorized_keys": "ssh-ed25519 QUFBQQ== bob@home\n",
    "/etc/ssh/ssh_host_ed25519_key.pub": "ssh-ed25519 QUFBQQ== root@web\n",
    "/etc/pam.d/common-auth": "auth required pam_unix.so\n",
    "/etc/pam.d/sshd": "@include common-auth\nsession required pam_limits.so\n",
    "/etc/sysctl.d/10-site.conf": "net.ipv4.ip_forward = 0\n",
    "/etc/login.defs": "UMASK 022\nPASS_MAX_DAYS 99999\n",
    "/etc/audit/rules.d/audit.rules": "-w /etc/passwd -p wa -k identity\n",
    "/etc/chrony/chrony.conf": "pool 2.debian.pool.ntp.org iburst\n",
    "/etc/apt/sources.list": "deb http://deb.debian.org/debian bookworm main\n",
    "/etc/apt/apt.conf.d/10periodic": "APT::Periodic::Update-Package-Lists \"1\";\n",
    "/etc/apt/trusted.gpg.d/debian.gpg": "a key",
    "/etc/default/app": "MODE=one\nDEBUG=\"no\"\n",
    "/etc/app/app.json": #"{"listen": "127.0.0.1", "limits": {"files": 10}}"# + "\n",
    "/etc/app/app.toml": "[server]\nport = 80\n",
    "/etc/app/app.yaml": "server:\n  port: 80\n  names: [a, b]\n",
    "/etc/app/app.ini": "[main]\ncolour = red\nsize = 1\n",
    "/etc/app/app.rules": "free text\n",
    "/etc/systemd/journald.conf": "[Journal]\n#Storage=auto\n",
    "/etc/fstab": "LABEL=root / ext4 defaults 0 1\nLABEL=data /data ext4 nodev 0 2\n",
    "/etc/issue": "Debian\n",
    "/boot/vmlinuz-6.1": "kernel",
    "/boot/grub/grub.cfg": "menuentry 'Debian' {\n linux /boot/vmlinuz-6.1 root=LABEL=root ro quiet\n}\n",
    "/etc/modprobe.d/site.conf": "blacklist floppy\n",
    "/etc/cron.d/job": "17 * * * * root /usr/bin/helper\n",
    "/etc/nftables.conf":
      "table inet f {\n chain i {\n type filter hook input priority 0; policy drop;\n tcp dport 22 accept\n }\n}\n",
    "/var/lib/pacman/local/toolbox-1-1/desc":
      "%NAME%\ntoolbox\n\n%VERSION%\n1-1\n\n%ARCH%\nx86_64\n\n%PACKAGER%\nArch <arch@example.org>\n",
    "/opt/data/one": "one\n",
    "/opt/data/two": "two\n",
    "/var/log/syslog": "started\n",
  ]
}
