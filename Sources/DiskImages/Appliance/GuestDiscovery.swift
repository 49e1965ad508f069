/// A system within an image: the device of its root file system and where everything else is mounted.
public struct GuestSystem: Sendable, Hashable {
  /// A device or `btrfsvol:DEVICE/SUBVOLUME`.
  public var root: String
  /// Besides the root, in the order in which they were made.
  public var mounts: [MountPlan.Mount]
  /// What the guest mounts and this image could not serve.
  public var missing: [MountPlan.Missing]
}

/// Finds the operating systems on the devices of an appliance, without libguestfs's own inspection, which takes
/// ten times as long and loses detail.
struct GuestDiscovery {
  let appliance: Appliance

  /// File systems that can hold an operating system.
  private static let rootTypes: Set<String> = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "squashfs", "erofs", "ufs",
  ]

  /// Tries each file system in turn; notes in `devices` what could not be mounted.
  func findSystems(in devices: inout [StorageDevice]) throws(GuestfsError) -> [String] {
    var roots: [String] = []
    for index in devices.indices {
      guard let content = devices[index].content, Self.rootTypes.contains(content),
        !isSnapshot(devices[index])
      else { continue }
      do {
        try appliance.request { (g) throws(GuestfsError) in try g.mountReadOnly(devices[index].name, at: "/")
        }
      } catch {
        devices[index].problem = "could not be mounted: \(error)"
        continue
      }
      if try looksLikeRoot() { roots.append(devices[index].name) }
      try appliance.request { (g) throws(GuestfsError) in try g.unmountAll() }
    }
    // The default subvolume of a btrfs file system is also reached by the name of its device.
    return roots.filter { root in !roots.contains { $0.hasPrefix("btrfsvol:\(root)/") && isSame($0, root) } }
  }

  /// Mounts a system as its own fstab says.
  func mount(root: String, in devices: inout [StorageDevice]) throws(GuestfsError) -> GuestSystem {
    try appliance.request { (g) throws(GuestfsError) in try g.unmountAll() }
    try appliance.request { (g) throws(GuestfsError) in try g.mountReadOnly(root, at: "/") }
    let fstab = parseFstab(try readSmallFile("fstab", in: "/etc")).entries
    let crypttab = try readSmallFile("crypttab", in: "/etc")
    func planned(_ boot: BootSettings) -> MountPlan {
      MountPlan(fstab: fstab, crypttab: crypttab, devices: devices, root: root, boot: boot)
    }
    var boot = try kernelArguments()
    if let usr = planned(boot).mounts.first(where: { $0.target == "/usr" }) {
      boot.generator = try looking(at: usr, above: root, partitionGenerator) ?? nil
    } else {
      boot.generator = try partitionGenerator()
    }
    var plan = planned(boot)
    if plan.missing.contains(where: { !$0.isOnNetwork }),
      let place = plan.mounts.first(where: { $0.target == "/boot" }),
      let words = try looking(at: place, above: root, loaderArguments)
    {
      boot.addArguments(words)
      plan = planned(boot)
    }
    var system = GuestSystem(root: root, mounts: [], missing: plan.missing)
    note("/", on: root, in: &devices)
    for mount in plan.mounts {
      do {
        try appliance.request { (g) throws(GuestfsError) in
          try g.mountReadOnly(mount.device, at: mount.target)
        }
        system.mounts.append(mount)
        note(mount.target, on: mount.device, in: &devices)
      } catch {
        let reason = "\(mount.device) could not be mounted: \(error)"
        system.missing.append(.init(target: mount.target, reason: reason))
        if let index = devices.firstIndex(where: { $0.name == mount.device }) {
          devices[index].problem = "could not be mounted at \(mount.target): \(error)"
        }
      }
    }
    return system
  }

  private static let loaderFiles = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"]

  /// What the files of the root file system say of the kernel's command line.
  private func kernelArguments() throws(GuestfsError) -> BootSettings {
    var settings = BootSettings()
    for path in ["/etc/kernel/cmdline", "/etc/default/grub"] + Self.loaderFiles {
      settings.addArguments(in: try readBootFile(path))
    }
    return settings
  }

  private func partitionGenerator() throws(GuestfsError) -> PartitionGenerator? {
    let path = "system-generators/systemd-gpt-auto-generator"
    guard ["/usr/lib/systemd", "/lib/systemd"].contains(where: { exists("\($0)/\(path)") }),
      !exists("/etc/systemd/\(path)")
    else { return nil }
    var generator = PartitionGenerator()
    for directory in PartitionGenerator.directories {
      guard let names = list(directory) else { continue }
      generator.present.insert(directory)
      if names.isEmpty { generator.empty.insert(directory) }
    }
    generator.version = systemdVersion()
    let identity = String(decoding: try readSmallFile("machine-id", in: "/etc"), as: UTF8.self)
    generator.machineID = identity.split(whereSeparator: \.isNewline).first.map(String.init)
    return generator
  }

  /// As the name of its library has it: `libsystemd-shared-252.so`, `libsystemd-shared-257.9-1.fc42.so`.
  private func systemdVersion() -> Int? {
    let multiarch = (list("/usr/lib") ?? []).filter { $0.contains("-linux-") }.map {
      "/usr/lib/\($0)/systemd"
    }
    for folder in ["/usr/lib/systemd", "/lib/systemd"] + multiarch {
      let libraries = (list(folder) ?? []).filter { $0.hasPrefix("libsystemd-shared-") }
      let versions = libraries.compactMap { Int($0.dropFirst(18).prefix(while: \.isNumber)) }
      if let newest = versions.max() { return newest }
    }
    return nil
  }

  /// Nil if there is no such directory.
  private func list(_ directory: String) -> [String]? {
    try? appliance.request { (g) throws(GuestfsError) in try g.list(directory) }
  }

  /// The arguments in a boot loader's file.
  private func loaderArguments() throws(GuestfsError) -> [String] {
    var words: [String] = []
    for path in Self.loaderFiles { words += BootSettings.arguments(in: try readBootFile(path)) }
    return words
  }

  /// Looks at the root file system with one more mount, which is gone afterwards; nil if it cannot be made.
  private func looking<Answer>(
    at place: MountPlan.Mount, above root: String, _ body: () throws(GuestfsError) -> Answer
  ) throws(GuestfsError) -> Answer? {
    let isMounted: Void? = try? appliance.request { (g) throws(GuestfsError) in
      try g.mountReadOnly(place.device, at: place.target)
    }
    guard isMounted != nil else { return nil }
    let answer = try body()
    try appliance.request { (g) throws(GuestfsError) in
      try g.unmountAll()
      try g.mountReadOnly(root, at: "/")
    }
    return answer
  }

  private func exists(_ path: String) -> Bool {
    let found = try? appliance.request { (g) throws(GuestfsError) in try g.lstat(path) }
    return found != nil
  }

  /// A file whose folder may not be there.
  private func readBootFile(_ path: String) throws(GuestfsError) -> [UInt8] {
    guard let slash = path.lastIndex(of: "/"), exists(path) else { return [] }
    return try readSmallFile(String(path[path.index(after: slash)...]), in: String(path[..<slash]))
  }

  private func note(_ target: String, on device: String, in devices: inout [StorageDevice]) {
    guard let index = devices.firstIndex(where: { $0.name == device }) else { return }
    if !devices[index].mountpoints.contains(target) { devices[index].mountpoints.append(target) }
  }

  private func looksLikeRoot() throws(GuestfsError) -> Bool {
    let top = try lstat(["etc", "usr", "bin", "sbin"], in: "/")
    guard top[0]?.type == .directory, top.dropFirst().contains(where: { $0 != nil }) else { return false }
    let etc = try lstat(["os-release", "fstab", "passwd", "debian_version", "redhat-release"], in: "/etc")
    return etc.contains { $0 != nil }
  }

  private func lstat(_ names: [String], in directory: String) throws(GuestfsError) -> [FileMetadata?] {
    try appliance.request { (g) throws(GuestfsError) in
      try g.lstat(names.map { Array($0.utf8) }, in: Array(directory.utf8))
    }
  }

  /// A regular file of at most 1 MiB; empty if there is none.
  private func readSmallFile(_ name: String, in directory: String) throws(GuestfsError) -> [UInt8] {
    guard let metadata = try lstat([name], in: directory)[0], metadata.type == .regular,
      metadata.size <= 1 << 20
    else { return [] }
    return try appliance.request { (g) throws(GuestfsError) in
      try g.read(Array("\(directory)/\(name)".utf8), count: 1 << 20, offset: 0)
    }
  }

  /// Snapshots are earlier states of the same system, not systems that boot.
  private func isSnapshot(_ device: StorageDevice) -> Bool {
    device.kind == .subvolume
      && ["/.snapshots/", "/@snapshots/", "/timeshift-btrfs/", "/var/lib/machines/", "/var/lib/portables/"]
        .contains { device.name.contains($0) }
  }

  private func isSame(_ subvolume: String, _ device: String) -> Bool {
    ["@", "@root", "root", "@rootfs"].contains { subvolume == "btrfsvol:\(device)/\($0)" }
  }
}
