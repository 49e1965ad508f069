import Facts

/// Whether the host writes the guest's blocks encrypted. A provider that encrypts its storage is a reason to waive it.
enum DiskEncryptionQuestion: MachineQuestion {
  static let name = "disk-encryption"
  static let expected = "disks are encrypted by the host"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .disks, "disks") { return silent }
    return machine.disks.filter { $0.kind == "disk" && !$0.isReadOnly }.map { disk in
      switch disk.encryption {
      case .luks?, .vmware?: pass("disk \(disk.name)", disk.encryption?.rawValue ?? "", disk.origin)
      case .qcow?: fail("disk \(disk.name)", MachineDisk.Encryption.qcow.rawValue, disk.origin)
      case nil: fail("disk \(disk.name)", "not encrypted by this definition", disk.origin)
      }
    }
  }
}

/// With `unsafe` the host throws away the guest's requests to flush: a crash of the host loses or garbles what the guest
/// took for written (qemu-system(1), cache).
enum DiskCacheQuestion: MachineQuestion {
  static let name = "disk-cache"
  static let expected = "what the guest flushes is written"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.disks.compactMap { disk in
      guard disk.kind == "disk", !disk.isReadOnly, let cache = disk.cache else { return nil }
      let subject = "disk \(disk.name)"
      return cache.value == "unsafe"
        ? fail(subject, "cache mode unsafe", cache.origin)
        : pass(subject, "cache mode \(cache.value)", cache.origin)
    }
  }
}

/// Discard on an encrypted disk shows which blocks are in use (cryptsetup(8), --allow-discards).
enum DiskDiscardQuestion: MachineQuestion {
  static let name = "disk-discard"
  static let expected = "an encrypted disk does not show which blocks are free"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.disks.compactMap { disk in
      guard disk.encryption != nil, let discard = disk.discard, ["unmap", "on"].contains(discard.value) else {
        return nil
      }
      return fail("disk \(disk.name)", "discard mode \(discard.value)", discard.origin)
    }
  }
}

/// Disks that the host reads over a network.
enum DiskTransportQuestion: MachineQuestion {
  static let name = "disk-transport"
  static let expected = "disks come over an encrypted connection"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .transport, "disks") { return silent }
    return machine.disks.compactMap { disk in
      guard let name = disk.protocolName else { return nil }
      let subject = "disk \(disk.name)"
      switch disk.usesTLS {
      case true?: return pass(subject, "\(name), encrypted", disk.origin)
      case false?: return fail(subject, "\(name) in the clear", disk.origin)
      case nil:
        let reason =
          name == "rbd" ? "Ceph's configuration decides" : "the host's qemu.conf decides (\(name)_tls)"
        return undecided(subject, reason, disk.origin)
      }
    }
  }
}
