import DiskImages
import Evidence

/// systemd-getty-generator(8): a login prompt on every serial console of the kernel's command line. Those that
/// only the running machine has (hvc0 of a hypervisor) are left out.
enum GettyGenerator: UnitGenerator {
  static let program = "systemd-getty-generator"
  static let needs: [ContentNeed] = [
    ContentNeed("/boot/grub/grub.cfg", limit: 4 << 20), ContentNeed("/boot/grub2/grub.cfg", limit: 4 << 20),
    "/boot/loader/entries/*.conf", "/etc/kernel/cmdline",
  ]

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    var seen: Set<Substring> = []
    for need in needs {
      for entry in try evidence.entries(matching: need.pattern) {
        guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else {
          continue
        }
        for line in try evidence.text(of: entry).lines where line.text.utf8.count < 1 << 16 {
          for console in consoles(line.text, of: entry) where seen.insert(console).inserted {
            guard let unit = UnitName(full: "serial-getty@\(unitNameEscaped(String(console))).service") else {
              continue
            }
            output.pull(
              unit, by: "getty.target",
              Origin(path: entry.path, line: line.number, kind: .commandLine, text: "console=\(console)"))
          }
        }
      }
    }
  }

  /// Consoles that are no virtual terminals, in a line that starts a kernel.
  private static func consoles(_ line: String, of file: FileEntry) -> [Substring] {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard let first = words.first else { return [] }
    let startsKernel = first.hasPrefix("linux") || first == "options"
    guard startsKernel || file.name == "cmdline" else { return [] }
    return words.compactMap { word in
      guard word.hasPrefix("console="), let name = word.dropFirst(8).split(separator: ",").first else {
        return nil
      }
      let isVirtual = name.hasPrefix("tty") && name.dropFirst(3).allSatisfy(\.isNumber)
      return isVirtual || name == "null" ? nil : name
    }
  }
}
