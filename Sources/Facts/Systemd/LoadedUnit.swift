/// A unit as systemd would load it.
public struct LoadedUnit: LayeredSettings, Sendable, Hashable {
  public var name: UnitName
  /// Other names of the unit.
  public var aliases: [UnitName]
  /// The file that defines the unit: a unit file, or what a generator makes it from.
  public var path: String
  /// The unit file and its drop-ins, in the order in which systemd applies them.
  public var files: [UnitFile]
  /// Whether the file lies where the distribution puts units.
  public var isVendor: Bool { !path.hasPrefix("/etc/") }
  /// Whether a generator makes the unit at boot.
  public var isGenerated: Bool { files.first?.isGenerated ?? false }

  /// Whether the unit can be enabled: it has an [Install] section that says to what.
  public var isInstallable: Bool {
    ["WantedBy", "RequiredBy", "UpheldBy", "Alias", "Also"].contains { !words("Install", $0).isEmpty }
  }
}

/// The state of a unit on the disk.
public enum UnitState: Sendable, Hashable {
  /// No unit file and nothing that a generator would make one from.
  case absent
  /// A link to /dev/null or an empty file: systemd refuses to start it.
  case masked(Origin)
  case loaded(LoadedUnit)
}
