import DiskImages
import Evidence

/// What the next boot mounts where, and with which options: fstab(5), mount units that are started, and what
/// systemd mounts by itself.
///
/// A mount whose device is missing counts: it is how the machine is configured. Partitions that
/// systemd-gpt-auto-generator(8) would find by their types are left out, as it takes the running machine to
/// know them.
public struct Mounts: FactModel {
  public static let needs: [ContentNeed] = ["/etc/fstab"] + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  /// Sorted by target; one for each.
  public let all: [Mount]
  private let byTarget: [String: Mount]
  private let isSystemd: Bool
  private let evidence: Evidence

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let units = try facts.model(SystemdUnits.self)
    var reader = MountReader(evidence)
    try reader.readFstab()
    if units.isPresent {
      try reader.readUnits(units)
      reader.addAPIMounts()
    } else {
      reader.mountFstab()
    }
    self.evidence = evidence
    isSystemd = units.isPresent
    byTarget = reader.mounts
    all = reader.mounts.values.sorted { $0.target < $1.target }
  }

  /// What is mounted at the folder itself; nil if it is a part of the file system above.
  ///
  /// - Throws: for a folder that another init system than systemd mounts as it likes.
  public func mount(at target: String) throws(EvidenceGap) -> Mount? {
    let path = MountReader.real(target, evidence)
    if let mount = byTarget[path] { return mount }
    if !isSystemd, SystemdAPIMounts.targets.contains(path) {
      throw EvidenceGap(path: path, reason: "how it is mounted is known of systemd only")
    }
    return nil
  }

  /// What holds the path: the nearest mount above it or at it that the boot mounts; nil for the root file
  /// system of which no file says anything.
  public func mount(holding path: String) -> Mount? {
    var rest = Substring(MountReader.real(path, evidence))
    while !rest.isEmpty {
      if let mount = byTarget[String(rest)], mount.cause != .manual { return mount }
      guard let slash = rest.lastIndex(of: "/"), rest != "/" else { break }
      rest = slash == rest.startIndex ? "/" : rest[..<slash]
    }
    return nil
  }

  /// Whether the mount is a file system of its own rather than a folder of the root file system shown again.
  public func isSeparate(_ mount: Mount) -> Bool {
    var mount = mount
    for _ in 0..<16 {
      guard mount.options.value.isBind else { return mount.target != "/" }
      guard mount.source.hasPrefix("/"), let next = self.mount(holding: mount.source), next != mount else {
        return false
      }
      mount = next
    }
    return false
  }
}

/// Gathers mounts from their sources.
struct MountReader {
  private let evidence: Evidence
  private var fstab: [FstabEntry] = []
  /// The first line for each folder: the generator refuses further ones.
  private var firstLine: [String: FstabEntry] = [:]
  private(set) var mounts: [String: Mount] = [:]

  init(_ evidence: Evidence) { self.evidence = evidence }

  /// The path with its symbolic links followed as far as the image has it, as systemd-fstab-generator does.
  static func real(_ path: String, _ evidence: Evidence) -> String {
    if case .found(let entry) = evidence.index.resolve(path), entry.path.hasPrefix("/") { return entry.path }
    let parts = path.split(separator: "/")
    return "/" + parts.joined(separator: "/")
  }

  mutating func readFstab() throws(EvidenceGap) {
    guard let bytes = try evidence.bytes(at: "/etc/fstab") else { return }
    fstab = parseFstab(bytes).entries.filter { $0.target.hasPrefix("/") && $0.type != "swap" }
    for entry in fstab {
      let target = Self.real(entry.target, evidence)
      if firstLine[target] == nil { firstLine[target] = entry }
    }
  }

  /// Without systemd `mount -a` goes through fstab; what comes later lies on top.
  mutating func mountFstab() {
    for entry in fstab {
      let mount = mount(of: entry)
      if mount.cause == .manual, mounts[mount.target] != nil { continue }
      mounts[mount.target] = mount
    }
  }

  /// Mount units, among them those that the generator makes of fstab. A unit of the administrator goes before
  /// fstab, one of the distribution behind it.
  mutating func readUnits(_ units: SystemdUnits) throws(EvidenceGap) {
    // The root file system and /usr are mounted by the initrd and remounted as fstab says
    // (systemd-remount-fs).
    for entry in fstab where ["/", "/usr"].contains(entry.target) && mounts[entry.target] == nil {
      var mount = mount(of: entry)
      mount.cause = .boot
      mounts[mount.target] = mount
    }
    let wanted = try Self.wantedPaths(units)
    for name in units.unitFiles where name.type == "mount" {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      guard let written = unit.value("Mount", "Where")?.value, written.hasPrefix("/") else { continue }
      let target = Self.real(written, evidence)
      guard mounts[target] == nil, !SystemdAPIMounts.targets.contains(target) else { continue }
      if !unit.isGenerated, isLinked(written) { continue }
      guard let cause = cause(name, unit, target, units, wanted) else { continue }
      mounts[target] = mount(of: unit, at: target, cause)
    }
  }

  /// Whether the path leads over a symbolic link: such a unit fails (systemd, unit_fail_if_noncanonical),
  /// while the generator has followed the links of fstab's lines.
  private func isLinked(_ path: String) -> Bool {
    if case .found(let entry) = evidence.index.resolve(path, followLast: false) {
      return entry.type == .symbolicLink
        || entry.path != "/" + path.split(separator: "/").joined(separator: "/")
    }
    return false
  }

  private func cause(
    _ name: UnitName, _ unit: LoadedUnit, _ target: String, _ units: SystemdUnits, _ wanted: Set<String>
  ) -> Mount.Cause? {
    if units.startReason(of: name.description) != nil { return .boot }
    if units.unmetCondition(of: name.description) != nil { return nil }
    if wanted.contains(target) { return .boot }
    if units.startReason(of: name.with(type: "automount").description) != nil { return .automount }
    return unit.isGenerated ? .manual : nil
  }

  /// Paths whose mounts services pull in: RequiresMountsFor= and WantsMountsFor= with all folders above, and
  /// /tmp and /var/tmp for PrivateTmp= (systemd.unit(5), systemd.exec(5)).
  private static func wantedPaths(_ units: SystemdUnits) throws(EvidenceGap) -> Set<String> {
    var paths: Set<String> = []
    for name in units.startedAtBoot {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      var own = unit.words("Unit", "RequiresMountsFor") + unit.words("Unit", "WantsMountsFor")
      if unit.isTrue("Service", "PrivateTmp") == true { own += ["/tmp", "/var/tmp"] }
      for path in own where path.hasPrefix("/") {
        var above = ""
        for part in path.split(separator: "/").prefix(64) {
          above += "/" + part
          paths.insert(above)
        }
      }
    }
    return paths
  }

  /// What systemd mounts by itself. fstab's lines for these are remounts, which set options anew
  /// (systemd-remount-fs.service(8), mount(8) "remount").
  mutating func addAPIMounts() {
    for (target, type, options) in SystemdAPIMounts.table {
      let compiled = MountOptions(options)
      let origin = Origin.compiledDefault("systemd mounts \(target) with \(options.joined(separator: ","))")
      var mount = Mount(
        target: target, source: "", type: type, options: Effective(compiled, origin: origin), cause: .boot)
      if let line = firstLine[target] {
        mount.options = Effective(
          MountOptions(line.options), origin: self.origin(line),
          shadowed: [.init(value: compiled, origin: origin)])
      }
      mounts[target] = mount
    }
  }

  private func mount(of entry: FstabEntry) -> Mount {
    Mount(
      target: Self.real(entry.target, evidence), source: entry.source, type: entry.type,
      options: Effective(MountOptions(entry.options), origin: origin(entry)),
      cause: MountOptions(entry.options).contains("noauto") ? .manual : .boot)
  }

  private func mount(of unit: LoadedUnit, at target: String, _ cause: Mount.Cause) -> Mount {
    func split(_ text: String) -> MountOptions { MountOptions(text.split(separator: ",").map(String.init)) }
    let options = unit.value("Mount", "Options")
    let line = unit.isGenerated ? firstLine[target] : nil
    let home = line.map(origin) ?? Origin(path: unit.path, kind: unit.isVendor ? .vendor : .explicit)
    // A generated assignment shows the whole line of fstab; a drop-in itself.
    let isLine = options.map { $0.origin.path == "/etc/fstab" } ?? true
    return Mount(
      target: target, source: unit.value("Mount", "What")?.value ?? "",
      type: unit.value("Mount", "Type")?.value ?? "",
      options: Effective(
        split(options?.value ?? ""), origin: isLine ? home : options?.origin ?? home,
        shadowed: options?.shadowed.map { .init(value: split($0.value), origin: $0.origin) } ?? []),
      cause: cause)
  }

  private func origin(_ entry: FstabEntry) -> Origin {
    Origin(path: "/etc/fstab", line: entry.line, kind: .explicit, text: entry.text)
  }
}
