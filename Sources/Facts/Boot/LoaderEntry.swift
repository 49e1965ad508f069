import Evidence

/// Files of the Boot Loader Specification: `loader/entries/*.conf` ("type 1"), which GRUB's blscfg and systemd-boot read,
/// and extlinux.conf, whose form they resemble.
enum LoaderEntry {
  /// One entry; `options` lines add up.
  static func read(_ file: TextFile, expanding expand: (String) -> String) -> BootEntry? {
    var title = String(file.path.split(separator: "/").last ?? "")
    var kernel: String?
    var options: [String] = []
    var line = 1
    for (key, value, number) in settings(file) {
      switch key {
      case "title": title = value
      case "linux", "efi", "uki": kernel = value
      case "options":
        options.append(expand(value))
        line = number
      default: continue
      }
    }
    guard let kernel else { return nil }
    let text = options.joined(separator: " ")
    var entry = BootEntry(
      title: title, kernel: kernel, arguments: KernelArguments(text),
      origin: Origin(path: file.path, line: line, kind: .explicit, text: "options \(text)"))
    entry.identifier = file.path.split(separator: "/").last.map(String.init)
    return entry
  }

  /// `LABEL`, `KERNEL` or `LINUX`, `APPEND` (syslinux's documentation, "Configuration").
  static func readExtlinux(_ file: TextFile) -> [BootEntry] {
    var entries: [BootEntry] = []
    for (key, value, number) in settings(file) {
      let origin = Origin(path: file.path, line: number, kind: .explicit, text: "\(key) \(value)")
      switch key.lowercased() {
      case "label":
        guard entries.count < 4096 else { return entries }
        entries.append(BootEntry(title: value, arguments: KernelArguments(""), origin: origin))
      case "kernel", "linux":
        if !entries.isEmpty { entries[entries.count - 1].kernel = value }
      case "append":
        guard !entries.isEmpty else { continue }
        entries[entries.count - 1].arguments = KernelArguments(value)
        entries[entries.count - 1].origin = origin
      default: continue
      }
    }
    return entries.filter { $0.kernel != nil }
  }

  private static func settings(_ file: TextFile) -> [(key: String, value: String, line: Int)] {
    file.lines.compactMap { line in
      let text = line.text.trimmingBlanks()
      guard !text.hasPrefix("#"), let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else {
        return nil
      }
      return (String(text[..<blank]), String(text[blank...].trimmingBlanks()), line.number)
    }
  }
}
