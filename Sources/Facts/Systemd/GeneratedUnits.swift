import DiskImages
import Evidence

/// Stands for one of the programs that make units at boot (systemd.generator(7)): computes what it would write.
protocol UnitGenerator: SendableMetatype {
  /// Name of the program; it counts only where the guest has it.
  static var program: String { get }
  /// What it reads.
  static var needs: [ContentNeed] { get }
  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap)
}

/// The units and dependencies that the guest's generators would make.
///
/// Generators that look at the running machine (gpt-auto, debug, hibernate-resume, verity) and those of
/// programs that are not listed here are left out.
struct GeneratedUnits {
  /// A new generator adds a line.
  static let generators: [any UnitGenerator.Type] = [
    CloudInitGenerator.self,
    CryptsetupGenerator.self,
    FstabGenerator.self,
    GettyGenerator.self,
    PostgreSQLGenerator.self,
    RcLocalGenerator.self,
    SSHGenerator.self,
    SysVGenerator.self,
  ]

  static let needs: [ContentNeed] = generators.flatMap { $0.needs }

  private static let directories = [
    "/run/systemd/system-generators", "/etc/systemd/system-generators",
    "/usr/local/lib/systemd/system-generators",
    "/usr/lib/systemd/system-generators", "/lib/systemd/system-generators",
  ]

  private(set) var units: [(name: UnitName, file: UnitFile, rank: Int)] = []
  private(set) var dependencies: BootGraph.Dependencies = [:]

  /// Runs every generator that the guest has.
  init(_ evidence: Evidence, _ catalog: UnitCatalog) throws(EvidenceGap) {
    for generator in Self.generators {
      for directory in Self.directories {
        let path = directory + "/" + generator.program
        guard let entry = try evidence.entry(at: path, followLast: false) else { continue }
        // The strongest directory decides; a link to /dev/null turns a generator off.
        if !evidence.isNull(entry), let program = try evidence.entry(at: path), program.type == .regular,
          program.permissions & 0o111 != 0
        {
          try generator.generate(evidence, catalog, into: &self)
        }
        break
      }
    }
  }

  /// Puts the units in their places.
  func add(to catalog: inout UnitCatalog) {
    for (name, file, rank) in units { catalog.add(name, file, rank: rank) }
  }

  /// Adds a unit that is made from a line of a file.
  mutating func add(
    _ name: UnitName, from path: String, line: Int, rank: Int = UnitLoadPath.Rank.normal,
    _ assignments: [(section: String, key: String, value: String)]
  ) {
    let file = UnitFile(
      generatedFrom: path,
      assignments.map { .init(section: $0.section, key: $0.key, value: $0.value, line: line) })
    units.append((name, file, rank))
  }

  /// Adds a link in `TARGET.wants` or `TARGET.requires`.
  mutating func pull(_ unit: UnitName, by target: String, _ origin: Origin) {
    guard let target = UnitName(full: target) else { return }
    dependencies[target, default: []].append((unit, origin))
  }
}

/// A path as part of a unit's name (systemd-escape(1) `--path`).
func unitNameEscaped(path: String) -> String {
  let trimmed = path.split(separator: "/").joined(separator: "/")
  return trimmed.isEmpty ? "-" : unitNameEscaped(trimmed)
}

/// A text as part of a unit's name (systemd-escape(1)).
func unitNameEscaped(_ text: String) -> String {
  var result = ""
  for (position, byte) in text.utf8.enumerated() {
    switch byte {
    case UInt8(ascii: "/"): result += "-"
    case UInt8(ascii: ".") where position > 0, UInt8(ascii: "_"), UInt8(ascii: ":"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte, radix: 16)
      result += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
  }
  return result
}
