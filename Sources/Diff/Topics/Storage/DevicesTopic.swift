import Reports

/// Disks, partitions and what lies on them. Names of files and their format are left out: an image that was converted
/// is the same.
public enum DevicesTopic: DiffTopic {
  public static let section = DiffReport.SectionName.storage
  public static let name = "devices"
  public static let title = "devices"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    TopicChanges(keyedChanges(items(old), items(new)))
  }

  private static func items(_ guest: DiffGuest) -> [DiffItem] {
    guest.storage.map { device in
      var words = [device.type, device.filesystem, device.size.map(sizeText)].compactMap { $0 }
      if device.encrypted { words.append("encrypted") }
      if let mountpoint = device.mountpoint { words.append("mounted at \(mountpoint)") }
      return DiffItem(device.device, DiffChange.Value(words.joined(separator: ", ")))
    }
  }
}
