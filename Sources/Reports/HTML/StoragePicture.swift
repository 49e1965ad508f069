/// The way from the disks to the mount points: a bar for each disk and a line for each layer.
enum StoragePicture {
  /// Nil where there is nothing to show.
  static func view(of target: TargetReport) -> HTMLView? {
    let rows = StorageTree(target.storage).rows
    guard !rows.isEmpty || !target.disks.isEmpty else { return nil }
    var colors: [String: Int] = [:]
    let bars = disks(in: rows).map { bar($0.disk, $0.parts, &colors) }
    return [
      "images": target.disks.map(image), "bars": bars, "hasBars": !bars.isEmpty,
      "rows": rows.map { line($0, colors) },
      "hasRows": !rows.isEmpty,
    ]
  }

  private static func image(_ disk: TargetReport.Disk) -> HTMLView {
    [
      "path": pathParts(disk.path), "format": disk.format, "size": sizeText(disk.virtualSize),
      "backing": list(disk.backingChain, limit: 4),
    ]
  }

  /// Every disk with what lies directly on it.
  private static func disks(
    in rows: [StorageTree.Row]
  ) -> [(disk: TargetReport.Storage, parts: [TargetReport.Storage])] {
    var disks: [(disk: TargetReport.Storage, parts: [TargetReport.Storage])] = []
    for row in rows {
      if row.depth == 0 {
        disks.append((row.device, []))
      } else if row.depth == 1 {
        disks[disks.count - 1].parts.append(row.device)
      }
    }
    return disks.filter { !$0.parts.isEmpty }
  }

  private static func bar(
    _ disk: TargetReport.Storage, _ parts: [TargetReport.Storage], _ colors: inout [String: Int]
  ) -> HTMLView {
    let sizes = parts.map { Double(max(0, $0.size ?? 0)) }
    let total = max(Double(max(0, disk.size ?? 0)), sizes.reduce(0, +), 1)
    var start = 0.0
    let views = zip(parts, sizes).map { part, size -> HTMLView in
      let color = colors.count % 6
      colors[part.device] = color
      // A small partition is seen too.
      let width = max(0.8, 100 * size / total)
      defer { start += width }
      return ["color": color, "x": Dials.number(start), "width": Dials.number(width)]
    }
    return ["device": disk.device, "parts": views, "scale": Dials.number(max(100, start))]
  }

  private static func line(_ row: StorageTree.Row, _ colors: [String: Int]) -> HTMLView {
    let device = row.device
    let isUnlocked = device.type == "luks" && device.encrypted
    return [
      "depth": row.depth, "device": device.device,
      "type": device.type == "partition" ? nil : device.type.replacing("-", with: " "),
      "size": device.size.map(sizeText), "filesystem": device.filesystem, "mountpoints": row.mountpoints,
      "isEncrypted": isUnlocked, "encryption": device.encryption, "detail": device.detail,
      "color": row.depth == 1 ? colors[device.device] : nil, "isDisk": row.depth == 0,
    ]
  }
}
