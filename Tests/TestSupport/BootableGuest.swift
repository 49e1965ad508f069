import DiskImages

/// A guest with systemd, a machine id and the targets that a boot reaches, plus the given files; a text that
/// starts with `->` makes a symbolic link.
public func bootable(
  _ files: [String: String] = [:], machineID: String? = "0123456789abcdef0123456789abcdef"
) -> GuestFixture {
  let lib = "/usr/lib/systemd/system"
  var all = [
    "/usr/lib/systemd/systemd": "ELF", "/sbin/init": "-> /usr/lib/systemd/systemd",
    "\(lib)/default.target": "-> graphical.target",
    "\(lib)/graphical.target": "[Unit]\nRequires=multi-user.target\nWants=display-manager.service\n",
    "\(lib)/multi-user.target": "[Unit]\nRequires=basic.target\n",
    "\(lib)/basic.target":
      "[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target\n",
    "\(lib)/sysinit.target": "[Unit]\nWants=local-fs.target cryptsetup.target swap.target\n",
    "/etc/machine-id": machineID,
  ]
  for name in ["sockets", "timers", "paths", "local-fs", "cryptsetup", "swap"] {
    all["\(lib)/\(name).target"] = "[Unit]\n"
  }
  let guest = GuestFixture()
  guest.add(all.compactMapValues { $0 })
  guest.add(files)
  return guest
}

extension GuestFixture {
  /// Adds files; a text that starts with `->` makes a symbolic link.
  public func add(_ files: [String: String]) {
    for (path, text) in files {
      if text.hasPrefix("->") {
        filesystem.addLink(path, to: String(text.dropFirst(2).drop { $0 == " " }))
      } else {
        filesystem.addFile(path, text)
      }
    }
  }

  /// Adds a service, socket or timer and the link by which a boot starts it.
  public func addStarted(_ unit: String, _ text: String, by target: String = "multi-user.target") {
    filesystem.addFile("/usr/lib/systemd/system/\(unit)", text)
    filesystem.addLink("/etc/systemd/system/\(target).wants/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
  }

  /// Adds packages to dpkg's status file, in place of what it held.
  public func setPackages(_ versions: [String: String], status: String = "install ok installed") {
    let stanzas = versions.sorted { $0.key < $1.key }.map { name, version in
      "Package: \(name)\nStatus: \(status)\nArchitecture: amd64\nVersion: \(version)\n"
    }
    filesystem.addFile("/var/lib/dpkg/status", stanzas.joined(separator: "\n"))
  }
}
