/// What a check is about by the first part of its id, as in `ssh.root-login`.
struct CheckArea: Hashable, Comparable {
  let id: String

  init(check: String) { id = String(check.prefix { $0 != "." }) }

  /// For people; the id itself for an area of a baseline that is not ours.
  var title: String { Self.titles[id] ?? id }

  static func < (left: CheckArea, right: CheckArea) -> Bool {
    (left.title.lowercased(), left.id) < (right.title.lowercased(), right.id)
  }

  private static let titles = [
    "acct": "Accounts", "audit": "Audit", "auth": "Authentication", "av": "Malware scanners",
    "banner": "Banners", "boot": "Boot", "brinell": "Reading the image", "cert": "Certificates",
    "ci": "cloud-init", "core": "Core dumps", "enc": "Encryption", "exe": "Executables",
    "fim": "File integrity monitoring", "fs": "File systems", "hv": "Hypervisor", "int": "Integrity of files",
    "key": "Keys", "kmod": "Kernel modules", "left": "Leftovers", "log": "Logging",
    "mac": "Mandatory access control", "net": "Network", "perm": "Permissions", "pkg": "Packages",
    "secret": "Secrets", "ssh": "SSH", "suid": "Programs with privileges", "svc": "Services",
    "sysctl": "Kernel parameters", "tls": "TLS", "trust": "Trust", "virt": "Virtual machines",
    "vm": "Definition of the machine",
  ]
}
