import DiskImages
import Evidence

/// Files of the Boot Loader Specification (UAPI.1): `loader/entries/*.conf` ("type 1"), which GRUB's `blscfg` and
/// systemd-boot read.
enum LoaderEntry {
  /// Where GRUB's `blscfg` looks.
  static let bootDirectory = "/boot/loader/entries"
  /// Where systemd-boot looks besides, on the EFI system partition.
  static let partitionDirectories = ["/efi/loader/entries", "/boot/efi/loader/entries"]
  static let configurations = [
    "/boot/loader/loader.conf", "/efi/loader/loader.conf", "/boot/efi/loader/loader.conf",
  ]

  /// The entries of the directories, the newest version first, as both boot loaders show them.
  ///
  /// - Parameter variables: what `$kernelopts` and its like stand for, which GRUB alone replaces.
  static func read(
    _ evidence: Evidence, _ directories: [String], variables: [String: String]
  ) throws(EvidenceGap) -> [BootEntry] {
    var entries: [BootEntry] = []
    var seen: Set<UInt32> = []
    for directory in directories {
      for file in try evidence.entries(matching: GlobPattern("\(directory)/*.conf")).prefix(1024)
      where seen.insert(file.id).inserted {
        if let entry = read(try evidence.text(of: file), variables) { entries.append(entry) }
      }
    }
    return entries.sorted { naturallyPrecedes($1.kernelVersion ?? $1.title, $0.kernelVersion ?? $0.title) }
  }

  /// One entry; `options` lines add up.
  private static func read(_ file: TextFile, _ variables: [String: String]) -> BootEntry? {
    let name = String(file.path.split(separator: "/").last ?? "")
    var title = name
    var kernel: String?
    var version: String?
    var isProgram = false
    var options: [String] = []
    var line = 1
    for (key, value, number) in settings(file) {
      switch key {
      case "title": title = value
      case "version": version = value
      case "linux": kernel = value
      case "efi", "uki":
        kernel = value
        isProgram = true
      case "options":
        options.append(replaced(value, variables))
        line = number
      default: continue
      }
    }
    guard let kernel else { return nil }
    let text = options.joined(separator: " ")
    var entry = BootEntry(
      title: title, kernel: kernel, kernelVersion: BootEntry.version(ofKernel: kernel) ?? version,
      arguments: KernelArguments(text),
      origin: Origin(path: file.path, line: line, kind: .explicit, text: "options \(text)"), identifier: name)
    if isProgram, options.isEmpty {
      entry.gap = EvidenceGap(path: file.path, reason: "the command line of \(kernel) is not known")
    }
    return entry
  }

  private static func replaced(_ text: String, _ variables: [String: String]) -> String {
    guard text.contains("$") else { return text }
    return text.split { $0 == " " || $0 == "\t" }.map { word -> Substring in
      guard word.hasPrefix("$") else { return word }
      let name = word.dropFirst().trimmingPrefix("{")
      return Substring(variables[String(name.hasSuffix("}") ? name.dropLast() : name)] ?? "")
    }.joined(separator: " ")
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

  /// The last value of a key of loader.conf, with its place.
  static func setting(_ key: String, of file: TextFile) -> Effective<String>? {
    settings(file).last { $0.key == key }.map {
      Effective(
        $0.value,
        origin: Origin(path: file.path, line: $0.line, kind: .explicit, text: "\(key) \($0.value)"))
    }
  }
}
