import Facts

/// Whether the memory of a guest that comes in by migration is encrypted and from a host that proves itself.
///
/// With an address on the command line QEMU takes connections from its start, before anybody can switch on TLS in the
/// monitor; `defer` is there for that (qemu-system(1), `-incoming`). For a libvirt domain the host's qemu.conf decides.
enum MigrationQuestion: MachineQuestion {
  static let name = "migration"
  static let expected = "migration data come in encrypted from a host that proves itself"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.incoming.map { [judge($0)] } ?? []
  }

  private static func judge(_ migration: MachineMigration) -> Outcome {
    func pass(_ actual: String) -> Outcome { Self.pass(subject, actual, migration.origin) }
    func fail(_ actual: String) -> Outcome { Self.fail(subject, actual, migration.origin) }
    func undecided(_ reason: String) -> Outcome { Self.undecided(subject, reason, migration.origin) }
    switch (migration.protection, migration.source) {
    case (.tls, _): return pass("TLS")
    case (_, .local(let place)): return pass("from \(place)")
    case (_, .network(.loopback)): return pass("from the loopback interface")
    case (.unverified(let reason), _): return fail("TLS from everybody: \(reason)")
    case (.refused(let reason), .later):
      return undecided("\(reason), but the monitor can do so before the data come")
    case (.refused(let reason), _): return fail("nothing comes in: \(reason)")
    case (.none, .later):
      return undecided("where the data come from, and whether with TLS, is said in the monitor")
    case (.none, .handed(let what)): return undecided("what is at the other end of \(what) is not said")
    case (.none, .network): return fail("in the clear over the network")
    }
  }

  private static let subject = "incoming migration"
}
