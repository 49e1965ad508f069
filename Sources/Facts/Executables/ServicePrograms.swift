import DiskImages
import Evidence

/// The programs that the next boot starts as services, or that sockets, timers, paths and the bus start later.
public struct ServicePrograms: FactModel {
  public static let needs: [ContentNeed] = SystemdUnits.needs

  /// Names of units by `FileEntry.id` of the program.
  public let units: [UInt32: Set<String>]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let systemd = try SystemdUnits.started(facts)
    var names = Set(systemd.startedAtBoot.filter { $0.type == "service" }.map(\.description))
    for unit in systemd.unitFiles where unit.type == "service" {
      if !systemd.activators(of: unit.description).isEmpty { names.insert(unit.description) }
    }
    var units: [UInt32: Set<String>] = [:]
    for name in names {
      guard case .loaded(let unit) = try systemd.state(of: name) else { continue }
      for command in unit.commands() {
        guard let program = Self.file(of: command.program, facts.evidence.index) else { continue }
        units[program.id, default: []].insert(name)
      }
    }
    self.units = units
  }

  /// The program's file; a name without slash is looked up in the directories that systemd.exec(5) names.
  static func file(of program: String, _ index: FileIndex) -> FileEntry? {
    let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    let paths = program.hasPrefix("/") ? [program] : directories.map { "\($0)/\(program)" }
    for path in paths {
      if case .found(let file) = index.resolve(path), file.type == .regular { return file }
    }
    return nil
  }
}
