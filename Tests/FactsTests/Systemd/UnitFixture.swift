import DiskImages
import Evidence
import TestSupport

@testable import Facts

let etc = "/etc/systemd/system"
let lib = "/usr/lib/systemd/system"

/// A guest with systemd, a machine id and the targets that a boot reaches, plus the given files; a value that
/// starts with `->` makes a link.
func bootable(_ files: [String: String] = [:], machineID: String? = "0123456789abcdef0123456789abcdef")
  -> GuestFixture
{
  let guest = GuestFixture([
    "/usr/lib/systemd/systemd": "ELF",
    "\(lib)/graphical.target": "[Unit]\nRequires=multi-user.target\nWants=display-manager.service\n",
    "\(lib)/multi-user.target": "[Unit]\nRequires=basic.target\n",
    "\(lib)/basic.target":
      "[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target\n",
    "\(lib)/sysinit.target": "[Unit]\nWants=local-fs.target cryptsetup.target swap.target\n",
    "\(lib)/sockets.target": "[Unit]\n", "\(lib)/timers.target": "[Unit]\n",
    "\(lib)/paths.target": "[Unit]\n",
    "\(lib)/local-fs.target": "[Unit]\n", "\(lib)/cryptsetup.target": "[Unit]\n",
    "\(lib)/swap.target": "[Unit]\n",
  ])
  guest.filesystem.addLink("/sbin/init", to: "/usr/lib/systemd/systemd")
  guest.filesystem.addLink("\(lib)/default.target", to: "graphical.target")
  if let machineID { guest.filesystem.addFile("/etc/machine-id", machineID) }
  add(files, to: guest)
  return guest
}

func add(_ files: [String: String], to guest: GuestFixture) {
  for (path, text) in files {
    if text.hasPrefix("->") {
      guest.filesystem.addLink(path, to: text.dropFirst(2).trimmingBlanks().description)
    } else {
      guest.filesystem.addFile(path, text)
    }
  }
}

/// A service that multi-user.target can want.
let service = "[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n"

func units(_ files: [String: String], machineID: String? = "0123456789abcdef0123456789abcdef") throws
  -> SystemdUnits
{
  try bootable(files, machineID: machineID).model(SystemdUnits.self)
}

extension UnitState {
  var isMasked: Bool { if case .masked = self { true } else { false } }
  var loaded: LoadedUnit? { if case .loaded(let unit) = self { unit } else { nil } }
}
