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
      for command in unit.list("Service", "ExecStart") {
        guard let program = Self.program(of: command.value, facts.evidence.index) else { continue }
        units[program.id, default: []].insert(name)
      }
    }
    self.units = units
  }

  /// The program of a command line: its first word after the prefixes of systemd.service(5), "Command lines"; a name
  /// without slash is looked up in the directories that systemd.exec(5) names.
  static func program(of command: String, _ index: FileIndex) -> FileEntry? {
    guard var word = command.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else { return nil }
    word = word.drop { "@-:+!|".contains($0) }
    if word.count >= 2, let quote = word.first, quote == "\"" || quote == "'", word.last == quote {
      word = word.dropFirst().dropLast()
    }
    let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    let paths = word.hasPrefix("/") ? [String(word)] : directories.map { "\($0)/\(word)" }
    for path in paths {
      if case .found(let file) = index.resolve(path), file.type == .regular { return file }
    }
    return nil
  }
}
