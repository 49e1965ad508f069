import Facts
import TestSupport

/// A Debian 12 guest with auditd as packaged, and the given rules.
func auditGuest(
  _ rules: String, in path: String = "/etc/audit/rules.d/audit.rules", architecture: String = "amd64",
  version: String = "1:3.0.9-1", more: [String: String] = [:]
) -> GuestFixture {
  var files: [String: String] = [
    "/var/lib/dpkg/status": """
    Package: dpkg
    Status: install ok installed
    Architecture: \(architecture)
    Version: 1.21.22

    Package: auditd
    Status: install ok installed
    Architecture: \(architecture)
    Version: \(version)
    """,
    "/usr/lib/systemd/system/auditd.service": """
    [Service]
    ExecStart=/sbin/auditd
    ExecStartPost=-/sbin/augenrules --load
    [Install]
    WantedBy=multi-user.target
    """,
    "/usr/lib/systemd/system/multi-user.target": "[Unit]\n",
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/bash\nchrony:x:105:110::/:/usr/sbin/nologin\n",
    "/etc/group": "root:x:0:\nadm:x:4:\n",
    "/etc/pam.d/common-auth": "", "/etc/localtime.real": "", "/var/log/lastlog": "", "/usr/bin/kmod": "",
    path: rules,
  ]
  files.merge(more) { $1 }
  let guest = GuestFixture(files)
  guest.filesystem.addLink("/usr/lib/systemd/system/default.target", to: "multi-user.target")
  guest.filesystem.addLink(
    "/etc/systemd/system/multi-user.target.wants/auditd.service", to: "/lib/systemd/system/auditd.service")
  guest.filesystem.addLink("/lib", to: "usr/lib")
  guest.filesystem.addLink("/sbin", to: "usr/sbin")
  guest.filesystem.addLink("/usr/sbin/insmod", to: "../bin/kmod")
  guest.filesystem.addLink("/var/run", to: "/run")
  guest.filesystem.addLink("/usr/bin/awk", to: "/etc/alternatives/awk")
  guest.filesystem.addLink("/etc/alternatives/awk", to: "/usr/bin/mawk")
  guest.filesystem.addFile("/usr/bin/mawk", "")
  guest.filesystem.addDirectory("/run")
  return guest
}

/// The rules that such a guest loads.
func auditRules(_ rules: String, architecture: String = "amd64") throws -> AuditRules {
  try auditGuest(rules, architecture: architecture).model(AuditRules.self)
}
