import DiskImages
import Evidence

/// The layers between the disks and what is mounted: which file systems lie on encrypted volumes.
///
/// With the devices of an image this is read from their headers. A folder has none: there only a line of fstab that
/// names a volume of crypttab or a partition tells.
public struct VolumeStack: FactModel {
  public static let needs: [ContentNeed] = Crypttab.needs + Mounts.needs
  public static let probes: [any ContentProbe] = [DetachedHeaderProbe()]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    Mounts.furtherNeeds(evidence) + Crypttab.furtherNeeds(evidence)
  }

  /// The root file system first, then what else is mounted from disks, by target.
  public private(set) var places: [EncryptedPlace] = []
  /// Every encrypted volume of the image, mounted or not, and what crypttab opens besides.
  public private(set) var volumes: [EncryptedVolume] = []
  let crypttab: Crypttab
  private let mounts: Mounts
  private let evidence: Evidence
  private let names: DeviceNames
  private let devices: [String: StorageDevice]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    crypttab = try facts.model()
    mounts = try facts.model()
    names = DeviceNames(devices: evidence.storage, crypttab: crypttab.bytes, root: evidence.rootDevice)
    devices = Dictionary(evidence.storage.map { ($0.name, $0) }) { first, _ in first }
    addVolumes()
    addPlaces(parseFstab(try evidence.bytes(at: "/etc/fstab") ?? []).entries)
  }

  /// Whether the devices of the image are known.
  public var hasDevices: Bool { !devices.isEmpty }

  /// How the file system lies on the disk that holds the path.
  public func protection(holding path: String) -> AtRestProtection {
    place(holding: path)?.protection ?? .unknown("\(path) is not on a disk of the image")
  }

  /// The file system that holds the path; nil for one in memory or on the network.
  public func place(holding path: String) -> EncryptedPlace? {
    place(holding: path, depth: 0)
  }

  private func place(holding path: String, depth: Int) -> EncryptedPlace? {
    let nearest = places.filter { $0.target == "/" || path == $0.target || path.hasPrefix($0.target + "/") }
      .max { $0.target.utf8.count < $1.target.utf8.count }
    guard let mount = mounts.mount(holding: path), let nearest,
      mount.target.utf8.count > nearest.target.utf8.count
    else { return nearest }
    if mount.options.value.isBind, mount.source.hasPrefix("/"), depth < 8 {
      return place(holding: mount.source, depth: depth + 1)
    }
    return nil
  }

  // MARK: What there is

  private mutating func addPlaces(_ fstab: [FstabEntry]) {
    let root = mounts.all.first { $0.target == "/" }
    let protection =
      hasDevices ? self.protection(of: evidence.rootDevice) : configured(root?.source, type: root?.type)
    places = [
      EncryptedPlace(
        target: "/", device: hasDevices ? evidence.rootDevice : root?.source ?? "", protection: protection,
        origins: root.map { [$0.options.origin] } ?? [])
    ]
    for mount in mounts.all + unmounted(fstab)
    where mount.target != "/" && mount.cause != .manual && mount.isLocalDevice {
      let device = device(mount.source)
      places.append(
        EncryptedPlace(
          target: mount.target, device: device ?? mount.source,
          protection: self.protection(ofSource: mount.source, type: mount.type),
          origins: [mount.options.origin]))
    }
  }

  /// Lines of fstab that no boot of this tree mounts, as where the generator of systemd is missing: somebody means to
  /// keep data there.
  private func unmounted(_ fstab: [FstabEntry]) -> [Mount] {
    var known = Set(mounts.all.map(\.target))
    return fstab.filter { $0.target.hasPrefix("/") && $0.type != "swap" && !$0.options.contains("noauto") }
      .filter { known.insert($0.target).inserted }
      .map { entry in
        Mount(
          target: entry.target, source: entry.source, type: entry.type,
          options: Effective(
            MountOptions(entry.options),
            origin: Origin(path: "/etc/fstab", line: entry.line, kind: .explicit, text: entry.text)),
          cause: .boot)
      }
  }

  private mutating func addVolumes() {
    for device in evidence.storage
    where device.content == "crypto_LUKS" || device.encryption?.isContainer == true {
      volumes.append(volume(on: device))
    }
    for entry in crypttab.entries where !volumes.contains(where: { $0.entry?.name == entry.name }) {
      volumes.append(
        EncryptedVolume(device: device(entry.source) ?? entry.name, header: detached(entry), entry: entry))
    }
  }

  private func volume(on device: StorageDevice) -> EncryptedVolume {
    let entry = crypttab.entries.first { self.device($0.source) == device.name }
    return EncryptedVolume(device: device.name, header: device.encryption, entry: entry)
  }

  /// The header in the file that the option names.
  private func detached(_ entry: CrypttabEntry) -> EncryptionHeader? {
    guard let path = entry.option("header"), case .found(let file) = evidence.index.resolve(path) else {
      return nil
    }
    return (try? evidence.answer(of: DetachedHeaderProbe.self))?.records[file.id]
  }

  // MARK: Ways to the disks

  /// The name of the device of the image that a line means; nil for one that is elsewhere.
  func device(_ source: String) -> String? {
    guard hasDevices, case .device(let device) = names.resolve(source) else { return nil }
    return device.name
  }

  /// How the device of a line of fstab lies on the disk.
  func protection(ofSource source: String, type: String) -> AtRestProtection {
    guard hasDevices else { return configured(source, type: type) }
    if let volume = mapped(source) { return mismatch(volume) ?? sound(volume) }
    if let device = device(source) { return protection(of: device) }
    return .unknown("\(source) is not in the image")
  }

  func protection(of name: String, depth: Int = 0) -> AtRestProtection {
    guard depth < 32, let device = devices[name] else { return .unknown("\(name) is not in the image") }
    if device.kind == .luks, let container = device.parents.first.flatMap({ devices[$0] }) {
      return sound(volume(on: container))
    }
    if device.content == "crypto_LUKS" || device.encryption?.isContainer == true {
      return sound(volume(on: device))
    }
    switch device.encryption?.scheme {
    case .fscrypt:
      let found = below(device, depth)
      if case .encrypted = found { return found }
      return .unknown("its file system can encrypt folders; which ones the image does not tell")
    case .zfs: return .unknown("ZFS encrypts by dataset; which ones the image does not tell")
    default: return below(device, depth)
    }
  }

  private func below(_ device: StorageDevice, _ depth: Int) -> AtRestProtection {
    if device.parents.isEmpty { return .plain("on \(device.name)") }
    var volumes: [EncryptedVolume] = []
    var unknown: AtRestProtection?
    for parent in device.parents.prefix(64) {
      switch protection(of: parent, depth: depth + 1) {
      case .encrypted(let found): volumes += found.filter { !volumes.contains($0) }
      case .plain: return .plain("\(device.content ?? "content") on \(device.name)")
      case .unknown(let reason): unknown = .unknown(reason)
      }
    }
    return unknown ?? .encrypted(volumes)
  }

  /// A volume with cryptsetup's null cipher is one that anybody can read.
  private func sound(_ volume: EncryptedVolume) -> AtRestProtection {
    // A re-encryption under way keeps the segments of before and after beside the present ones.
    let segments = (volume.header?.segments ?? []).filter { !$0.flags.contains { $0.hasPrefix("backup") } }
    if let clear = segments.first(where: { $0.type == "linear" || $0.encryption.hasPrefix("cipher_null") }) {
      return .plain(
        "\(volume.device) is a volume of LUKS with \(clear.type == "linear" ? "a clear part" : "no cipher")")
    }
    if volume.header?.protectors.contains("clear key") == true {
      return .plain("\(volume.device) is suspended: its key lies beside it in the clear")
    }
    return .encrypted([volume])
  }

  /// A line of crypttab for a device that holds something else than a volume encrypts nothing.
  private func mismatch(_ volume: EncryptedVolume) -> AtRestProtection? {
    guard volume.header == nil, let entry = volume.entry, !entry.isPlain, entry.option("header") == nil,
      let content = devices[volume.device]?.content
    else { return nil }
    return .plain("\(volume.device) holds \(content), not what crypttab says")
  }

  /// The volume of crypttab that the name in /dev/mapper is.
  private func mapped(_ source: String) -> EncryptedVolume? {
    guard source.hasPrefix("/dev/mapper/"), let entry = crypttab.entry(named: String(source.dropFirst(12)))
    else {
      return nil
    }
    return volumes.first { $0.entry?.name == entry.name }
      ?? EncryptedVolume(device: entry.name, header: detached(entry), entry: entry)
  }

  /// What fstab and crypttab say where there are no devices to look at.
  private func configured(_ source: String?, type: String?) -> AtRestProtection {
    guard let source, !source.isEmpty else {
      return .unknown("an unpacked tree shows no devices, and fstab does not name it")
    }
    if let volume = mapped(source) { return .encrypted([volume]) }
    if type == "zfs" { return .unknown("ZFS encrypts by dataset; which ones a folder does not tell") }
    if Self.isPartition(source) { return .plain("fstab names a partition, \(source)") }
    return .unknown("an unpacked tree shows no devices, and fstab's \(source) may be on an encrypted one")
  }

  /// Whether fstab names a partition itself, on which nothing encrypted can lie between.
  private static func isPartition(_ source: String) -> Bool {
    if ["PARTUUID=", "PARTLABEL="].contains(where: source.hasPrefix) { return true }
    return ["/dev/sd", "/dev/vd", "/dev/xvd", "/dev/hd", "/dev/nvme", "/dev/mmcblk"].contains(
      where: source.hasPrefix)
  }
}

extension EncryptionHeader {
  /// Whether all of the device is encrypted, not only what a file system chooses.
  var isContainer: Bool { [.luks1, .luks2, .bitlocker].contains(scheme) }
}
