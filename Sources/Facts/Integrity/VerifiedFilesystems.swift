import DiskImages
import Evidence

/// File systems whose content the kernel compares with a digest at every read: dm-verity by the command line and
/// /etc/veritytab (systemd-veritysetup-generator(8), veritytab(5); Linux, Documentation/admin-guide/device-mapper),
/// and fs-verity below composefs (ostree-prepare-root(1)).
public struct VerifiedFilesystems: FactModel {
  static let composeFiles = ["/etc/ostree/prepare-root.conf", "/usr/lib/ostree/prepare-root.conf"]
  public static let needs: [ContentNeed] =
    BootEntries.needs + ["/etc/veritytab"] + composeFiles.map { ContentNeed($0) }

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// A file system that is verified.
  public struct Volume: Sendable, Hashable {
    public enum Place: String, Sendable, Hashable {
      case root, usr
      /// Another device of veritytab.
      case other
    }

    public var place: Place
    public var name: String
    public var origin: Origin
    /// Why what is altered is used nevertheless; nil if it is not.
    public var obstacle: String?
  }

  public let volumes: [Volume]
  /// Hash trees on the devices of the image, whether something uses them or not.
  public let trees: [(device: String, header: VerityHeader)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let boot = try facts.model(BootEntries.self)
    var volumes: [Volume] = []
    if !boot.entries.isEmpty { volumes += Self.byCommandLine(try KernelCommandLine(boot)) }
    if let table = try evidence.text(at: "/etc/veritytab") { volumes += Self.byTable(table) }
    if let volume = try Self.composed(evidence) { volumes.append(volume) }
    self.volumes = volumes
    trees = evidence.storage.compactMap { device in device.verity.map { (device.name, $0) } }
  }

  private static func byCommandLine(_ line: KernelCommandLine) -> [Volume] {
    var volumes: [Volume] = []
    let isOff = ["systemd.verity", "rd.systemd.verity"].contains { name in
      line.last(name).map { isFalse($0.value) } ?? false
    }
    for (place, name, options) in [
      (Volume.Place.root, "roothash", "systemd.verity_root_options"),
      (.usr, "usrhash", "systemd.verity_usr_options"),
    ] {
      guard let hash = line.last(name), let value = hash.value, isDigest(value) else { continue }
      let chosen = (line.last(options)?.value ?? "").split(separator: ",").map(String.init)
      volumes.append(
        Volume(
          place: place, name: name, origin: hash.origin,
          obstacle: isOff ? "systemd.verity=no turns it off" : obstacle(chosen)))
    }
    for argument in line.all("dm-mod.create") {
      let words = (argument.value ?? "").split { " ,;".contains($0) }.map(String.init)
      guard words.contains("verity") else { continue }
      volumes.append(
        Volume(place: .root, name: "dm-mod.create", origin: argument.origin, obstacle: obstacle(words)))
    }
    return volumes
  }

  private static func byTable(_ table: TextFile) -> [Volume] {
    table.lines.prefix(1024).compactMap { line in
      let fields = line.text.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard fields.count >= 4, !fields[0].hasPrefix("#"), isDigest(fields[3]) else { return nil }
      let options = fields.count > 4 ? fields[4].split(separator: ",").map(String.init) : []
      let place: Volume.Place = fields[0] == "root" ? .root : fields[0] == "usr" ? .usr : .other
      return Volume(
        place: place, name: fields[0],
        origin: Origin(path: table.path, line: line.number, kind: .explicit, text: line.text),
        obstacle: obstacle(options))
    }
  }

  /// The options by which a block that does not fit is read all the same (veritytab(5)).
  private static func obstacle(_ options: [String]) -> String? {
    for option in ["ignore-corruption", "ignore_corruption"] where options.contains(option) {
      return "\(option): altered blocks are only reported"
    }
    return nil
  }

  /// `enabled = verity` or `signed` in `[composefs]`; the file in /etc hides the one in /usr.
  private static func composed(_ evidence: Evidence) throws(EvidenceGap) -> Volume? {
    for path in composeFiles {
      guard let file = try evidence.text(at: path) else { continue }
      var section = ""
      var found: Volume?
      for line in file.lines {
        let text = line.text.trimmingBlanks()
        if text.hasPrefix("[") { section = String(text) }
        let parts = text.split(separator: "=", maxSplits: 1).map { String($0.trimmingBlanks()) }
        guard section == "[composefs]", parts.count == 2, parts[0] == "enabled" else { continue }
        let isVerified = ["verity", "signed"].contains(parts[1])
        found =
          isVerified
          ? Volume(
            place: .root, name: "composefs",
            origin: Origin(path: path, line: line.number, kind: .explicit, text: String(text))) : nil
      }
      return found
    }
    return nil
  }

  private static func isDigest(_ text: String) -> Bool {
    (32...128).contains(text.utf8.count) && text.allSatisfy(\.isHexDigit)
  }

  private static func isFalse(_ value: String?) -> Bool {
    ["0", "no", "n", "false", "f", "off"].contains((value ?? "yes").lowercased())
  }
}
