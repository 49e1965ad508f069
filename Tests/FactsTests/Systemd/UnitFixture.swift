import Evidence
import TestSupport

@testable import Facts

let etc = "/etc/systemd/system"
let lib = "/usr/lib/systemd/system"

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
