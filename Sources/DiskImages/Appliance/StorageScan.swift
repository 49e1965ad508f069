/// Keys for encrypted devices, by what they open.
public struct DeviceKeys: Sendable {
  /// A selector and the passphrase. The selector is a device of the appliance (`/dev/sda2`), a LUKS UUID or
  /// `all`.
  public var keys: [(selector: String, passphrase: String)]

  /// Keys in the order in which they are tried.
  public init(_ keys: [(selector: String, passphrase: String)] = []) { self.keys = keys }

  func candidates(for device: StorageDevice) -> [String] {
    keys.filter { $0.selector == "all" || $0.selector == device.name || $0.selector == device.uuid }
      .map(\.passphrase)
  }
}

/// Finds what lies on the disks of an appliance, layer by layer, and opens what it has keys for.
struct StorageScan {
  let appliance: Appliance
  let keys: DeviceKeys
  private(set) var devices: [StorageDevice] = []

  init(_ appliance: Appliance, keys: DeviceKeys) {
    self.appliance = appliance
    self.keys = keys
  }

  /// Asks for disks and partitions, then for what containers among them hold, until nothing new appears.
  mutating func run() throws(GuestfsError) -> [StorageDevice] {
    let disks = try appliance.request { (g) throws(GuestfsError) in try g.listDevices() }
    let partitions = try appliance.request { (g) throws(GuestfsError) in try g.listPartitions() }
    for disk in disks { try add(disk, .disk, parents: []) }
    for partition in partitions {
      let disk = disks.filter { partition.hasPrefix($0) }.max { $0.count < $1.count }
      try add(partition, .partition, parents: disk.map { [$0] } ?? [])
    }
    var opened = 0
    // Containers nest: LVM on LUKS on md. Sixteen layers are more than anybody builds.
    for _ in 0..<16 {
      let known = devices.count
      try addRaidDevices()
      try openEncrypted(&opened)
      try addLogicalVolumes()
      if devices.count == known { break }
    }
    try addSubvolumes()
    return devices
  }

  private mutating func add(_ name: String, _ kind: StorageDevice.Kind, parents: [String])
    throws(GuestfsError)
  {
    guard !devices.contains(where: { $0.name == name }), devices.count < 512 else { return }
    var device = StorageDevice(name: name, kind: kind, parents: parents)
    do {
      let tags = try appliance.request { (g) throws(GuestfsError) in try g.blkid(name) }
      device.content = tags["TYPE"]
      device.uuid = tags["UUID"]
      device.label = tags["LABEL"]
      device.partitionType = tags["PART_ENTRY_TYPE"]
      device.partitionUUID = tags["PART_ENTRY_UUID"]
      // An MBR has flags of its own there.
      if tags["PART_ENTRY_SCHEME"] == "gpt" { device.partitionFlags = tags["PART_ENTRY_FLAGS"] }
      device.size = Self.partitionSize(tags)
    } catch {
      device.problem = error.description
    }
    if device.size == nil {
      device.size = try appliance.request { (g) throws(GuestfsError) in try g.size(ofDevice: name) }
    }
    device.isEncrypted =
      kind == .luks || devices.contains { parents.contains($0.name) && $0.isEncrypted }
    readHeaders(&device)
    devices.append(device)
  }

  /// Bytes as the partition table has them, in sectors of 512 bytes (blkid(8), `PART_ENTRY_SIZE`). Of an extended
  /// partition of an MBR the kernel shows less.
  private static func partitionSize(_ tags: [String: String]) -> Int64? {
    guard tags["PART_ENTRY_SCHEME"] == "gpt", let sectors = tags["PART_ENTRY_SIZE"].flatMap(Int64.init)
    else { return nil }
    return sectors > 0 && sectors < Int64.max >> 9 ? sectors << 9 : nil
  }

  /// Reads what the start of the device says of encryption and of hash trees.
  private func readHeaders(_ device: inout StorageDevice) {
    guard let content = device.content, let size = device.size else { return }
    let name = device.name
    let source = DeviceBytes(size: size) { offset, count in
      try? appliance.request { (g) throws(GuestfsError) in
        try g.read(device: name, count: count, offset: offset)
      }
    }
    if EncryptionHeader.contents.contains(content) {
      device.encryption = EncryptionHeader.read(source, content: content)
    } else if content == "DM_verity_hash" {
      device.verity = VerityHeader(source)
    }
  }

  private mutating func addRaidDevices() throws(GuestfsError) {
    let members = devices.filter { $0.content == "linux_raid_member" }
    guard !members.isEmpty else { return }
    for name in try appliance.request({ (g) throws(GuestfsError) in try g.listRaidDevices() }) {
      try add(name, .raid, parents: members.map(\.name))
    }
    if !devices.contains(where: { $0.kind == .raid }) {
      for index in devices.indices where devices[index].content == "linux_raid_member" {
        devices[index].problem = "the RAID array did not start; give all its disks with --disk"
      }
    }
  }

  private mutating func openEncrypted(_ opened: inout Int) throws(GuestfsError) {
    for index in devices.indices
    where devices[index].content == "crypto_LUKS" && devices[index].problem == nil
      && !devices.contains(where: { $0.kind == .luks && $0.parents == [devices[index].name] })
    {
      let device = devices[index]
      let candidates = keys.candidates(for: device)
      if candidates.isEmpty {
        devices[index].problem = "encrypted with LUKS and no key was given; use --key \(device.name)=FILE"
        continue
      }
      let name = "brinell\(opened)"
      var failure: GuestfsError?
      for passphrase in candidates {
        do {
          try appliance.request { (g) throws(GuestfsError) in
            try g.openLUKS(device.name, key: passphrase, as: name)
          }
          failure = nil
          break
        } catch {
          failure = error
        }
      }
      if failure != nil {
        devices[index].problem = "encrypted with LUKS and the key that was given does not open it"
        continue
      }
      opened += 1
      try add("/dev/mapper/\(name)", .luks, parents: [device.name])
    }
  }

  private mutating func addLogicalVolumes() throws(GuestfsError) {
    let members = devices.filter { $0.content == "LVM2_member" }.map(\.name)
    guard !members.isEmpty else { return }
    // Volumes on plain disks are active since the start; those on an opened container are not.
    if devices.contains(where: { $0.kind == .luks && $0.content == "LVM2_member" }) {
      try? appliance.request { (g) throws(GuestfsError) in try g.activateLogicalVolumes() }
    }
    for name in try appliance.request({ (g) throws(GuestfsError) in try g.listLogicalVolumes() })
    where !devices.contains(where: { $0.name == name }) {
      try add(name, .logicalVolume, parents: try physicalVolumes(of: name, among: members))
    }
  }

  /// The members that the volume's group consists of; the name is `/dev/GROUP/VOLUME`.
  private func physicalVolumes(of volume: String, among members: [String]) throws(GuestfsError) -> [String] {
    guard members.count > 1 else { return members }
    let group = String(volume.split(separator: "/").dropFirst().first ?? "")
    let uuids = try appliance.request { (g) throws(GuestfsError) in
      try g.physicalVolumeUUIDs(ofGroup: group)
    }
    // LVM gives them without the hyphens that blkid prints.
    return devices.filter { device in
      members.contains(device.name) && uuids.contains((device.uuid ?? "").replacing("-", with: ""))
    }.map(\.name)
  }

  private mutating func addSubvolumes() throws(GuestfsError) {
    for device in devices where device.content == "btrfs" {
      let paths =
        (try? appliance.request { (g) throws(GuestfsError) in try g.btrfsSubvolumes(of: device.name) }) ?? []
      for path in paths.prefix(64) {
        devices.append(
          StorageDevice(
            name: "btrfsvol:\(device.name)/\(path)", kind: .subvolume, parents: [device.name],
            content: "btrfs", isEncrypted: device.isEncrypted))
      }
    }
  }
}
