import DiskImages
import TestSupport

@testable import Diff
@testable import Reports

extension Planted {
  /// Every one is compared in both directions, so that what is added here is also removed.
  static let all =
    verdicts + privilege + exposure + configuration + packages + executables + trust + storage + files

  static let verdicts: [Planted] = [
    Planted("a finding", "/etc/motd", "welcome\n", "findings new /etc/motd"),
    Planted("a finding about a mode", ["findings new /etc/issue"]) {
      $0.fixture.filesystem.addFile("/etc/issue", "Debian\n", mode: 0o664)
    },
    Planted("an undecided finding", ["findings undecided /etc/motd"]) {
      $0.fixture.filesystem.addGap("/etc/motd", reason: "damaged")
    },
  ]

  static let privilege: [Planted] = [
    Planted("a setuid script", ["setuid added /opt/run"]) {
      $0.fixture.filesystem.addFile("/opt/run", "#!/bin/sh\n", mode: 0o4755)
    },
    Planted("setuid for a known script", ["setuid added /usr/bin/helper"]) {
      $0.fixture.filesystem.addFile("/usr/bin/helper", "#!/bin/sh\n", mode: 0o4755)
    },
    Planted("a setgid script", ["setuid added /opt/run"]) {
      $0.fixture.filesystem.addFile("/opt/run", "#!/bin/sh\n", mode: 0o2755)
    },
    Planted("a capability", ["capabilities added /usr/bin/helper"]) {
      let value: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      $0.fixture.filesystem.addFile(
        "/usr/bin/helper", .bytes(Array("#!/bin/sh\n".utf8)), mode: 0o755,
        attributes: [.init(name: "security.capability", value: value)])
    },
    Planted("a grant", "/etc/sudoers", adding: "bob ALL=(ALL) ALL", "sudoers added bob ALL=(ALL) ALL"),
    Planted(
      "a grant without a password", "/etc/sudoers", "%sudo ALL=(ALL:ALL) ALL",
      to: "%sudo ALL=(ALL:ALL) NOPASSWD: ALL",
      "sudoers changed %sudo ALL=(ALL:ALL) ALL"),
    Planted(
      "a grant in a drop-in", "/etc/sudoers", adding: "@includedir /etc/sudoers.d\nbob web=(root) /bin/ls",
      "sudoers added bob web=(root) /bin/ls"),
    Planted("an account", "/etc/passwd", adding: "eve:x:0:0::/root:/bin/sh", "accounts added eve"),
    Planted("a shell", "/etc/passwd", "/usr/sbin/nologin", to: "/bin/sh", "accounts changed sshd"),
    Planted("a user id", "/etc/passwd", "sshd:x:100:", to: "sshd:x:101:", "accounts changed sshd"),
    Planted("a home", "/etc/passwd", "/run/sshd", to: "/run/x", "accounts changed sshd"),
    Planted("a password", "/etc/shadow", "sshd:!:", to: "sshd::", "accounts changed sshd"),
    Planted("a member", "/etc/group", "sudo:x:27:", to: "sudo:x:27:bob", "groups changed sudo"),
    Planted("a group", "/etc/group", adding: "wheel:x:10:bob", "groups added wheel"),
    Planted("a group's number", "/etc/group", "sudo:x:27:", to: "sudo:x:28:", "groups changed sudo"),
    Planted(
      "an SSH key", "/home/bob/.ssh/authorized_keys", adding: "ssh-rsa QkJCQg== eve",
      "authorized-keys added bob SHA256:So2BNPKbC3tgwSb1UyvJ9dm7cwNzc89vuHLYHx3O/f0"),
    Planted(
      "options of an SSH key", "/home/bob/.ssh/authorized_keys", "ssh-ed", to: #"command="a b" ssh-ed"#,
      "authorized-keys changed bob SHA256:Y8HdlR/+329/2WitTvo5uO1YTxYvRucVEU7hhPjekgE"),
    Planted("a script that everybody may write", ["writable added /opt/run"]) {
      $0.fixture.filesystem.addFile("/opt/run", "#!/bin/sh\n", mode: 0o666)
    },
    Planted("a directory that everybody may write", ["writable added /srv/open"]) {
      $0.fixture.filesystem.addDirectory("/srv/open", mode: 0o777)
    },
    Planted("an owner without a name", ["unowned added /opt/run"]) {
      $0.fixture.filesystem.addFile("/opt/run", "x\n", uid: 4711)
    },
    Planted("a group without a name", ["unowned added /opt/run"]) {
      $0.fixture.filesystem.addFile("/opt/run", "x\n", gid: 4711)
    },
  ]

  static let exposure: [Planted] = [
    Planted("a socket", ["listeners added tcp/99 on *", "units added x.socket"]) {
      $0.fixture.addStarted("x.socket", "[Socket]\nListenStream=99\n", by: "sockets.target")
      $0.fixture.add(["/usr/lib/systemd/system/x.service": "[Service]\nExecStart=/bin/x\n"])
    },
    Planted("a service", ["units added x.service"]) {
      $0.fixture.addStarted("x.service", "[Service]\nExecStart=/bin/x\n")
    },
    Planted("a timer", ["units added x.timer"]) {
      $0.fixture.addStarted("x.timer", "[Timer]\nOnCalendar=daily\n", by: "timers.target")
      $0.fixture.add(["/usr/lib/systemd/system/x.service": "[Service]\nExecStart=/bin/x\n"])
    },
    Planted(
      "a policy", "/etc/nftables.conf", "policy drop", to: "policy accept",
      "firewall changed nftables inet f i policy"),
    Planted(
      "a rule", "/etc/nftables.conf", "tcp dport 22", to: "tcp dport 80 accept\n tcp dport 22",
      "firewall added nftables inet f i rule tcp dport 80 accept"),
    Planted(
      "a kernel argument", "/boot/grub/grub.cfg", "quiet", to: "quiet mitigations=off",
      "kernel-arguments added mitigations"),
    Planted(
      "another value of a kernel argument", "/boot/grub/grub.cfg", "root=LABEL=root", to: "root=LABEL=other",
      "kernel-arguments changed root"),
    Planted(
      "a module that is kept out", "/etc/modprobe.d/site.conf", adding: "install cramfs /bin/false",
      "kernel-modules added cramfs"),
    Planted(
      "a module that is loaded", "/etc/modules-load.d/x.conf", "dummy\n", "kernel-modules added dummy"),
    Planted(
      "a job", "/etc/cron.d/job", adding: "1 1 * * * root /usr/bin/evil", "cron added root: /usr/bin/evil"),
    Planted(
      "the time of a job", "/etc/cron.d/job", "17", to: "18", "cron changed root: /usr/bin/helper"),
  ]

  static let configuration: [Planted] = [
    Planted(
      "a setting of sshd", "/etc/ssh/sshd_config", "PermitRootLogin no", to: "PermitRootLogin yes",
      "sshd changed PermitRootLogin"),
    Planted(
      "a setting in a Match block", "/etc/ssh/sshd_config", adding: "Match User bob\n X11Forwarding yes",
      "sshd added X11Forwarding (Match User bob)"),
    Planted(
      "a setting of ssh", "/etc/ssh/ssh_config", adding: "ForwardAgent yes", "ssh changed forwardagent"),
    Planted(
      "a module of PAM", "/etc/pam.d/sshd", adding: "session optional pam_motd.so", "pam changed sshd session"
    ),
    Planted(
      "a control of PAM", "/etc/pam.d/common-auth", "required", to: "sufficient",
      "pam changed common-auth auth", "pam changed sshd auth"),
    Planted(
      "a default of sudo", "/etc/sudoers", adding: "Defaults use_pty", "sudoers-defaults added use_pty"),
    Planted(
      "a kernel parameter", "/etc/sysctl.d/10-site.conf", "forward = 0", to: "forward = 1",
      "sysctl changed net.ipv4.ip_forward"),
    Planted(
      "a kernel parameter that nobody set", "/etc/sysctl.d/10-site.conf", adding: "kernel.dmesg_restrict = 1",
      "sysctl changed kernel.dmesg_restrict"),
    Planted("a line of login.defs", "/etc/login.defs", "022", to: "077", "login-defs changed UMASK"),
    Planted(
      "a rule of audit", "/etc/audit/rules.d/audit.rules", adding: "-w /etc/shadow -p wa -k identity",
      "audit added -w /etc/shadow -p wa -k identity"),
    Planted(
      "a time server", "/etc/chrony/chrony.conf", adding: "server ntp.example.org",
      "time added chrony ntp.example.org"),
    Planted(
      "an option of apt", "/etc/apt/apt.conf.d/10periodic", "\"1\"", to: "\"0\"",
      "apt changed apt::periodic::update-package-lists"),
    Planted("a variable", "/etc/default/app", "one", to: "two", "settings changed /etc/default/app MODE"),
    Planted(
      "a key of JSON", "/etc/app/app.json", "127.0.0.1", to: "0.0.0.0",
      "settings changed /etc/app/app.json listen"),
    Planted(
      "a key within a key of JSON", "/etc/app/app.json", "10", to: "11",
      "settings changed /etc/app/app.json limits.files"),
    Planted(
      "a key of TOML", "/etc/app/app.toml", adding: "tls = false",
      "settings added /etc/app/app.toml server.tls"),
    Planted(
      "a list of YAML", "/etc/app/app.yaml", "[a, b]", to: "[a, c]",
      "settings changed /etc/app/app.yaml server.names"),
    Planted(
      "a key of INI", "/etc/app/app.ini", "red", to: "blue", "settings changed /etc/app/app.ini [main] colour"
    ),
    Planted(
      "what was a comment", "/etc/systemd/journald.conf", "#Storage", to: "Storage",
      "settings added /etc/systemd/journald.conf [Journal] Storage"),
    Planted("a file of settings", "/etc/app/more.ini", "[x]\na=1\n", "settings added /etc/app/more.ini"),
    Planted(
      "a drop-in for a unit", "/etc/systemd/system/cron.service.d/x.conf", "[Service]\nUser=bob\n",
      "settings added /etc/systemd/system/cron.service.d/x.conf"),
    Planted(
      "where accounts are looked up", "/etc/nsswitch.conf", "group: files", to: "group: files sss",
      "settings changed /etc/nsswitch.conf group"),
  ]

  static let packages: [Planted] = [
    Planted("a package", ["packages added jq:amd64"]) {
      $0.fixture.setPackages(Self.versions + ["jq": "1.6"])
    },
    Planted("another version", ["packages upgraded nginx:amd64"]) {
      $0.fixture.setPackages(Self.versions + ["nginx": "1.22.1-10"])
    },
    Planted("an epoch", ["packages upgraded nginx:amd64"]) {
      $0.fixture.setPackages(Self.versions + ["nginx": "1:0.1"])
    },
    Planted(
      "a vulnerable version", ["advisories added nginx CVE-2026-0001", "packages upgraded nginx:amd64"]
    ) {
      $0.fixture.setPackages(Self.versions + ["nginx": "1.24-1"])
    },
    Planted(
      "another vendor", "/var/lib/pacman/local/toolbox-1-1/desc", "Arch <", to: "Somebody <",
      "vendors changed toolbox:x86_64"),
    Planted(
      "a version of another package manager", "/var/lib/pacman/local/toolbox-1-1/desc", "1-1", to: "1-2",
      "packages upgraded toolbox:x86_64"),
  ]

  static let executables: [Planted] = [
    Planted("a program of no package", ["unowned-programs added /opt/prog"]) {
      $0.fixture.addProgram("/opt/prog")
    },
    Planted("no PIE", ["altered-programs added /usr/bin/tool", "hardening changed /usr/bin/tool"]) {
      $0.fixture.addProgram("/usr/bin/tool") { $0.type = 2 }
    },
    Planted("an RPATH", ["altered-programs added /usr/bin/tool", "hardening changed /usr/bin/tool"]) {
      $0.fixture.addProgram("/usr/bin/tool") {
        $0.dynamic.append((15, 0))
        $0.texts = [(15, "/tmp/lib")]
      }
    },
    Planted("an altered program", ["altered-programs added /usr/bin/tool"]) {
      $0.fixture.addProgram("/usr/bin/tool") { $0.padding = 64 }
    },
  ]

  static let trust: [Planted] = [
    Planted(
      "a repository", "/etc/apt/sources.list", adding: "deb http://example.org/debian x main",
      "repositories added apt http://example.org/debian x"),
    Planted(
      "a repository that is not verified", "/etc/apt/sources.list", "deb http", to: "deb [trusted=yes] http",
      "repositories changed apt http://deb.debian.org/debian bookworm"),
    Planted(
      "a key", "/etc/apt/trusted.gpg.d/other.gpg", "another key",
      "keys added /etc/apt/trusted.gpg.d/other.gpg"),
    Planted(
      "another key in its place", "/etc/apt/trusted.gpg.d/debian.gpg", "b key",
      "keys changed /etc/apt/trusted.gpg.d/debian.gpg"),
    Planted(
      "an authority", "/usr/local/share/ca-certificates/proxy.crt", PlantedCertificates.one,
      "anchors added CN=one.example sha256:185040578fadf4c7"),
    Planted(
      "a certificate of a service", "/etc/nginx/server.pem", PlantedCertificates.two,
      "certificates added /etc/nginx/server.pem"),
  ]

  static let files: [Planted] = [
    Planted("a text", "/opt/data/one", "more\n", "files changed /opt", "file-list changed /opt/data/one"),
    Planted(
      "another name", ["files changed /opt", "file-list moved /opt/data/uno"]
    ) {
      $0.fixture.filesystem.remove("/opt/data/one")
      $0.fixture.filesystem.addFile("/opt/data/uno", "one\n")
    },
    Planted(
      "a large file", "/opt/data/big", String(repeating: "x", count: 2 << 20), "files changed /opt",
      "file-list added /opt/data/big", "size changed /", "size changed /opt", "size changed /opt/data"),
  ]

  static let storage: [Planted] = [
    Planted("options of a mount", "/etc/fstab", "nodev", to: "nodev,noexec", "mounts changed /data"),
    Planted("a mount", "/etc/fstab", adding: "LABEL=logs /logs ext4 nodev 0 2", "mounts added /logs"),
    Planted("a device", ["devices added /dev/sda2"]) {
      $0.storage = [
        .init(
          device: "/dev/sda2", type: "partition", parents: [], size: 1 << 30, filesystem: "ext4",
          mountpoint: "/data",
          encrypted: false)
      ]
    },
  ]

  private static let versions = [
    "base-files": "12.4", "nginx": "1.22.1-9", "openssh-server": "1:9.2p1-2", "openssh-client": "1:9.2p1-2",
  ]
}

private func + (left: [String: String], right: [String: String]) -> [String: String] {
  left.merging(right) { _, new in new }
}
