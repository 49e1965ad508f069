/// Which device the guest would mount where, resolved from its fstab and crypttab and the devices of the image.
public struct MountPlan: Sendable, Hashable {
  /// One mount besides the root.
  public struct Mount: Sendable, Hashable {
    /// A device or `btrfsvol:DEVICE/SUBVOLUME`.
    public var device: String
    public var target: String
  }

  /// A mount that the guest makes and that this image cannot serve.
  public struct Missing: Sendable, Hashable {
    public var target: String
    public var reason: String
    /// Whether it lies outside any image.
    public var isOnNetwork = false
  }

  /// In the order in which they have to be made.
  public var mounts: [Mount] = []
  public var missing: [Missing] = []

  /// File systems that hold no files of an image.
  private static let virtualTypes: Set<String> = [
    "swap", "none", "proc", "sysfs", "tmpfs", "ramfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "debugfs",
    "securityfs", "efivarfs", "hugetlbfs", "mqueue", "configfs", "fusectl", "binfmt_misc", "tracefs",
    "pstore",
    "bpf", "overlay", "autofs",
  ]
  private static let networkTypes: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "glusterfs", "fuse.sshfs", "afs",
    "davfs",
  ]

  /// Resolves the guest's own mounts.
  ///
  /// - Parameters:
  ///   - fstab: entries of /etc/fstab.
  ///   - crypttab: bytes of /etc/crypttab, whose first field names what appears in /dev/mapper.
  ///   - root: the device that holds the root file system.
  ///   - boot: what the guest mounts and opens without these two files.
  public init(
    fstab: [FstabEntry], crypttab: [UInt8], devices: [StorageDevice], root: String,
    boot: BootSettings = BootSettings()
  ) {
    let names = DeviceNames(devices: devices, crypttab: crypttab, root: root, opened: boot.opened)
    let fstab = fstab.contains { $0.target == "/usr" } ? fstab : fstab + boot.usr
    var seen: Set<String> = []
    for entry in fstab {
      guard entry.target.hasPrefix("/"), entry.target != "/", !Self.virtualTypes.contains(entry.type) else {
        continue
      }
      if entry.options.contains("bind") || entry.options.contains("rbind") { continue }
      if Self.networkTypes.contains(entry.type) {
        missing.append(
          .init(target: entry.target, reason: "a network file system, \(entry.source)", isOnNetwork: true))
        continue
      }
      // A later line mounts over an earlier one.
      if !seen.insert(entry.target).inserted { mounts.removeAll { $0.target == entry.target } }
      if entry.options.contains("noauto") && !entry.options.contains("x-systemd.automount") { continue }
      switch names.resolve(entry.source) {
      case .device(let device):
        if let problem = device.problem {
          missing.append(.init(target: entry.target, reason: "\(device.name): \(problem)"))
        } else {
          mounts.append(.init(device: Self.mountable(device, entry), target: entry.target))
        }
      case .absent:
        // A removable drive that the installer noted is no part of the image.
        if ["/media", "/mnt"].contains(where: { entry.target.hasPrefix($0 + "/") }) { continue }
        missing.append(
          .init(
            target: entry.target, reason: "\(entry.source) is not in the image; give all disks with --disk"))
      }
    }
    if let generator = boot.generator, !boot.turnsOffPartitionTypes { addByType(fstab, names, generator) }
    mounts.sort { $0.target.split(separator: "/").count < $1.target.split(separator: "/").count }
  }

  /// What systemd-gpt-auto-generator(8) mounts. Partitions that fstab names stay as it says.
  private mutating func addByType(
    _ fstab: [FstabEntry], _ names: DeviceNames, _ generator: PartitionGenerator
  ) {
    let named = Set(
      fstab.compactMap { entry in
        if case .device(let device) = names.resolve(entry.source) { device.name } else { nil }
      })
    let found = generator.mounts(besides: Set(fstab.map(\.target))) { names.partition(of: $0) }
    for (partition, target) in found {
      let device = names.opened(partition)
      if named.contains(partition.name) || named.contains(device.name) { continue }
      if let problem = device.problem {
        missing.append(.init(target: target, reason: "\(device.name): \(problem)"))
      } else if let content = device.content, PartitionGenerator.filesystems.contains(content) {
        mounts.append(.init(device: device.name, target: target))
      }
    }
  }

  private static func mountable(_ device: StorageDevice, _ entry: FstabEntry) -> String {
    guard device.content == "btrfs", var subvolume = entry.option("subvol") else { return device.name }
    while subvolume.hasPrefix("/") { subvolume.removeFirst() }
    return subvolume.isEmpty ? device.name : "btrfsvol:\(device.name)/\(subvolume)"
  }
}

/// The names by which a guest knows the devices of its image.
public struct DeviceNames: Sendable {
  public enum Resolution: Sendable {
    case device(StorageDevice)
    case absent
  }

  let devices: [StorageDevice]
  /// Names in /dev/mapper by crypttab(5), to the source that it gives.
  let mappings: [String: String]
  let root: String

  /// - Parameters:
  ///   - crypttab: bytes of /etc/crypttab.
  ///   - opened: volumes that the kernel's command line names; a line of crypttab wins over one of the same name.
  public init(
    devices: [StorageDevice], crypttab: [UInt8], root: String, opened: [UnlockArguments.Volume] = []
  ) {
    self.devices = devices
    self.root = root
    var mappings = Dictionary(opened.map { ($0.name, $0.source) }) { first, _ in first }
    for line in String(decoding: crypttab, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let fields = line.split { $0 == " " || $0 == "\t" }
      if fields.count >= 2, !fields[0].hasPrefix("#") { mappings[String(fields[0])] = String(fields[1]) }
    }
    self.mappings = mappings
  }

  /// The device that a line of fstab(5) or crypttab(5) means.
  public func resolve(_ source: String) -> Resolution { resolve(source, depth: 0) }

  private func resolve(_ source: String, depth: Int) -> Resolution {
    if depth > 4 { return .absent }
    let found: StorageDevice? =
      if let uuid = value(source, "UUID=", "/dev/disk/by-uuid/") {
        device { $0.uuid?.lowercased() == uuid.lowercased() }
      } else if let label = value(source, "LABEL=", "/dev/disk/by-label/") {
        device { $0.label == label }
      } else if let uuid = value(source, "PARTUUID=", "/dev/disk/by-partuuid/") {
        device { $0.partitionUUID?.lowercased() == uuid.lowercased() }
      } else if let name = value(source, "/dev/mapper/") {
        if let inner = mappings[name], case .device(let container) = resolve(inner, depth: depth + 1) {
          opened(container)
        } else {
          device { $0.kind == .logicalVolume && mapperName($0.name) == name }
        }
      } else {
        device { $0.name == source } ?? byPosition(source)
      }
    return found.map { .device($0) } ?? .absent
  }

  /// The first partition of a type on the disk of the root file system that its flags do not exclude.
  func partition(of type: PartitionGenerator.PartitionType) -> StorageDevice? {
    let disk = disk(of: root)
    return devices.first {
      $0.kind == .partition && $0.partitionType?.lowercased() == type.rawValue && $0.parents.first == disk
        && !$0.hasPartitionFlag(type.excludingBit)
    }
  }

  /// What a container holds once it is open, or the container with its problem; any other device itself.
  func opened(_ device: StorageDevice) -> StorageDevice {
    devices.first { $0.kind == .luks && $0.parents.contains(device.name) } ?? device
  }

  /// The disk below a device; the image's only one where the layers between are not known.
  private func disk(of name: String) -> String? {
    var name = name
    for _ in 0..<8 {
      guard let device = devices.first(where: { $0.name == name }) else { break }
      if device.kind == .disk { return name }
      guard let parent = device.parents.first else { break }
      name = parent
    }
    let disks = devices.filter { $0.kind == .disk }
    return disks.count == 1 ? disks[0].name : nil
  }

  private func value(_ source: String, _ prefixes: String...) -> String? {
    for prefix in prefixes where source.hasPrefix(prefix) {
      return source.dropFirst(prefix.count).trimmingQuotes()
    }
    return nil
  }

  /// Containers are passed over: their UUID is looked up only by crypttab.
  private func device(where test: (StorageDevice) -> Bool) -> StorageDevice? { devices.first(where: test) }

  /// Device-mapper doubles the hyphens of volume group and volume and joins them by one (lvm(8)).
  private func mapperName(_ volume: String) -> String {
    volume.split(separator: "/").dropFirst().map { $0.replacing("-", with: "--") }.joined(separator: "-")
  }

  /// `/dev/vda3` or `/dev/nvme0n1p3`: the same partition number on the disk in the same place.
  private func byPosition(_ source: String) -> StorageDevice? {
    guard source.hasPrefix("/dev/") else { return nil }
    let name = source.dropFirst(5)
    let disks = devices.filter { $0.kind == .disk }
    let disk: Int
    let partition: Substring
    if let prefix = ["sd", "vd", "hd", "xvd"].first(where: { name.hasPrefix($0) }) {
      let rest = name.dropFirst(prefix.count)
      guard let letter = rest.utf8.first, letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else {
        return nil
      }
      disk = Int(letter - UInt8(ascii: "a"))
      partition = rest.dropFirst()
    } else if name.hasPrefix("nvme") || name.hasPrefix("mmcblk") {
      let digits = name.drop { !$0.isNumber }.prefix { $0.isNumber }
      disk = Int(digits) ?? 0
      partition = name.split(separator: "p").last.map { $0 == name ? "" : $0 } ?? ""
    } else {
      return nil
    }
    guard disk < disks.count else { return nil }
    let wanted = disks[disk].name + partition
    return devices.first { $0.name == wanted }
  }
}

extension Substring {
  fileprivate func trimmingQuotes() -> String {
    if count >= 2, first == "\"", last == "\"" { return String(dropFirst().dropLast()) }
    return String(self)
  }
}
