import Evidence

/// extlinux.conf, which SYSLINUX and U-Boot read (syslinux's documentation, "Configuration"; U-Boot,
/// doc/README.distro).
enum Extlinux {
  static let paths = [
    "/boot/extlinux/extlinux.conf", "/extlinux/extlinux.conf", "/boot/extlinux.conf",
    "/boot/syslinux/syslinux.cfg",
  ]

  /// The kernels of the menu, what boots if nobody chooses first.
  ///
  /// `APPEND` before the first label holds for every label without one of its own; `APPEND -` keeps it away.
  static func read(_ file: TextFile) -> [BootEntry] {
    var entries: [BootEntry] = []
    var general = ""
    var name: String?
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else { continue }
      let value = String(text[blank...].trimmingBlanks())
      let last = entries.count - 1
      let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: String(text))
      switch text[..<blank].lowercased() {
      case "default": name = value
      case "label":
        guard entries.count < 4096 else { return defaultFirst(entries, name) }
        entries.append(
          BootEntry(title: value, arguments: KernelArguments(general), origin: origin, identifier: value))
      case "append" where last < 0: general = value
      case "append":
        entries[last].arguments = KernelArguments(value == "-" ? "" : value)
        entries[last].origin = origin
      case "linux" where last >= 0, "kernel" where last >= 0:
        entries[last].kernel = value
        entries[last].kernelVersion = BootEntry.version(ofKernel: value)
      case "menu" where last >= 0:
        let words = value.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        if words.count == 2, words[0].lowercased() == "label" {
          entries[last].title = String(words[1].trimmingBlanks())
        }
      default: continue
      }
    }
    return defaultFirst(entries, name)
  }

  private static func defaultFirst(_ entries: [BootEntry], _ name: String?) -> [BootEntry] {
    var kernels = entries.filter { $0.kernel != nil }
    if let position = kernels.firstIndex(where: { $0.identifier == name }) {
      kernels.insert(kernels.remove(at: position), at: 0)
    }
    return kernels
  }
}
