import DiskImages
import Evidence

/// What the boot loaders of a guest can start: the entries of GRUB, systemd-boot, extlinux, and unified kernel images.
///
/// Entries are read where the boot loader reads them; /etc/default/grub and /etc/kernel/cmdline are only what the next
/// update would make them of.
public struct BootEntries: FactModel {
  static let grubFiles = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"]
  /// A UKI larger than this is not read: 128 MiB hold a kernel with a large initrd.
  private static let imageLimit = 128 << 20

  public static let needs: [ContentNeed] =
    grubFiles.map { ContentNeed($0, limit: 4 << 20) } + [
      "/boot/efi/EFI/*/grub.cfg", "/boot/grub/custom.cfg", "/boot/grub2/custom.cfg", "/boot/grub2/user.cfg",
      "/boot/grub/grubenv", "/boot/grub2/grubenv", "/boot/loader/entries/*.conf", "/boot/loader/loader.conf",
      "/efi/loader/entries/*.conf", "/efi/loader/loader.conf", "/boot/efi/loader/entries/*.conf",
      "/boot/efi/loader/loader.conf", "/boot/extlinux/extlinux.conf",
      ContentNeed("/boot/EFI/Linux/*.efi", limit: imageLimit),
      ContentNeed("/efi/EFI/Linux/*.efi", limit: imageLimit),
      ContentNeed("/boot/efi/EFI/Linux/*.efi", limit: imageLimit),
    ]

  /// Everything that can be started, the default first.
  public let entries: [BootEntry]
  /// Versions of the kernels in /boot, the newest first.
  public let installedKernels: [String]
  /// GRUB's scripts, of which the first has the menu.
  let grub: [GrubConfiguration]
  /// systemd-boot's `editor` setting with its place; nil if there is no loader.conf.
  let loaderEditor: Effective<String>?
  private let evidence: Evidence

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    self.evidence = evidence
    let environment = try Self.environment(evidence)
    grub = try Self.grubScripts(evidence, environment)
    var found = grub.flatMap(\.entries)
    let usesLoaderEntries = found.isEmpty || grub.contains(where: \.usesLoaderEntries)
    if usesLoaderEntries { found += try Self.loaderEntries(evidence, grub.first, environment) }
    found += try Self.unifiedImages(evidence)
    if let file = try evidence.text(at: "/boot/extlinux/extlinux.conf") {
      found += LoaderEntry.readExtlinux(file)
    }
    loaderEditor = try Self.editorSetting(evidence)
    installedKernels = try evidence.entries(matching: "/boot/vmlinu[xz]-*").map {
      String($0.name.dropFirst(8))
    }
    .sorted { naturallyPrecedes($1, $0) }
    entries = Self.defaultFirst(found, grub.first, environment)
  }

  /// The version of the kernel that the default entry starts; without one that tells, the newest in /boot.
  public var bootingKernel: String? {
    guard let entry = entries.first else { return installedKernels.first }
    if let version = entry.kernelVersion { return version }
    // /vmlinuz is a link to the newest kernel; a path can be relative to a boot partition.
    for path in [entry.kernel ?? "", "/boot" + (entry.kernel ?? "")] {
      if case .found(let file) = evidence.index.resolve(path) {
        var target = entry
        target.kernel = file.path
        if let version = target.kernelVersion { return version }
      }
    }
    return installedKernels.first
  }

  /// - Throws: if the image has no boot entry, as a tree without a kernel has none.
  public func requireEntries() throws(EvidenceGap) {
    if entries.isEmpty {
      throw EvidenceGap(
        path: "/boot",
        reason: "no boot entry: neither GRUB's menu nor loader entries nor a unified kernel image")
    }
  }

  // MARK: Sources

  /// grubenv: a block of `name=value` lines behind a comment (GNU GRUB manual, "The GRUB environment block").
  private static func environment(_ evidence: Evidence) throws(EvidenceGap) -> [String: String] {
    for path in ["/boot/grub2/grubenv", "/boot/grub/grubenv"] {
      guard let file = try evidence.text(at: path) else { continue }
      var values: [String: String] = [:]
      for line in file.lines where !line.text.hasPrefix("#") {
        guard let equals = line.text.firstIndex(of: "=") else { continue }
        values[String(line.text[..<equals])] = String(line.text[line.text.index(after: equals)...])
      }
      return values
    }
    return [:]
  }

  /// The script with the menu, what it sources, and where there is none in /boot the one beside the boot loader.
  private static func grubScripts(
    _ evidence: Evidence, _ environment: [String: String]
  ) throws(EvidenceGap) -> [GrubConfiguration] {
    var scripts: [GrubConfiguration] = []
    for path in grubFiles {
      if let file = try evidence.text(at: path) {
        scripts.append(GrubConfiguration(file, environment: environment))
      }
    }
    if scripts.isEmpty {
      for entry in try evidence.entries(matching: "/boot/efi/EFI/*/grub.cfg") {
        scripts.append(GrubConfiguration(try evidence.text(of: entry), environment: environment))
      }
    }
    for path in ["/boot/grub/custom.cfg", "/boot/grub2/custom.cfg"] {
      if let file = try evidence.text(at: path) {
        scripts.append(GrubConfiguration(file, environment: environment))
      }
    }
    return scripts
  }

  private static func loaderEntries(
    _ evidence: Evidence, _ grub: GrubConfiguration?, _ environment: [String: String]
  ) throws(EvidenceGap) -> [BootEntry] {
    var entries: [BootEntry] = []
    let expand: (String) -> String = { grub?.expand($0) ?? $0 }
    for folder in ["/boot/loader/entries", "/efi/loader/entries", "/boot/efi/loader/entries"] {
      for entry in try evidence.entries(matching: GlobPattern("\(folder)/*.conf")).prefix(1024) {
        let file = try evidence.text(of: entry)
        if let entry = LoaderEntry.read(file, expanding: expand) { entries.append(entry) }
      }
    }
    // Both boot loaders show the newest version on top.
    return entries.sorted { naturallyPrecedes($1.kernelVersion ?? $1.title, $0.kernelVersion ?? $0.title) }
  }

  private static func unifiedImages(_ evidence: Evidence) throws(EvidenceGap) -> [BootEntry] {
    var entries: [BootEntry] = []
    for folder in ["/boot/EFI/Linux", "/efi/EFI/Linux", "/boot/efi/EFI/Linux"] {
      for file in try evidence.entries(matching: GlobPattern("\(folder)/*.efi")).prefix(64) {
        let section = UnifiedKernelImage.section(".cmdline", of: try evidence.bytes(of: file))
        let line = String(decoding: (section ?? []).prefix { $0 != 0 }, as: UTF8.self)
        entries.append(
          BootEntry(
            title: file.name, kernel: file.path, arguments: KernelArguments(line),
            origin: Origin(path: file.path, kind: .explicit, text: ".cmdline \(line)"), identifier: file.name)
        )
      }
    }
    return entries
  }

  private static func editorSetting(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String>? {
    for path in ["/boot/loader/loader.conf", "/efi/loader/loader.conf", "/boot/efi/loader/loader.conf"] {
      guard let file = try evidence.text(at: path) else { continue }
      var setting = Effective("yes", origin: .compiledDefault("loader.conf(5): the editor is on"))
      for line in file.lines {
        let words = line.text.split { $0 == " " || $0 == "\t" }
        guard words.count == 2, words[0] == "editor" else { continue }
        setting = Effective(
          String(words[1]), origin: Origin(path: path, line: line.number, kind: .explicit, text: line.text))
      }
      return setting
    }
    return nil
  }

  // MARK: The default

  /// GRUB's `default` is a number, a path of numbers or titles parted by `>`, a title or an identifier.
  private static func defaultFirst(
    _ entries: [BootEntry], _ grub: GrubConfiguration?, _ environment: [String: String]
  ) -> [BootEntry] {
    let setting = grub?.defaults.last { !$0.hasPrefix("$") }
    let saved = environment["saved_entry"]
    let isSaved = grub?.defaults.contains { $0.contains("saved_entry") } ?? false || setting == "saved"
    guard let wanted = isSaved ? saved ?? setting : setting,
      let position = position(of: wanted, in: entries)
    else { return entries }
    var result = entries
    result.insert(result.remove(at: position), at: 0)
    return result
  }

  private static func position(of wanted: String, in entries: [BootEntry]) -> Int? {
    let parts = wanted.split(separator: ">").map(String.init)
    let numbers = parts.compactMap { Int($0) }
    if numbers.count == parts.count, let exact = entries.firstIndex(where: { $0.position == numbers }) {
      return exact
    }
    guard let last = parts.last else { return nil }
    return entries.firstIndex { $0.title == last || $0.identifier == last || $0.identifier == last + ".conf" }
  }
}

/// Orders versions by runs of digits as numbers, as `sort -V` does for kernels.
func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
  var left = left.utf8[...]
  var right = right.utf8[...]
  while let first = left.first, let other = right.first {
    let isNumber: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if isNumber(first), isNumber(other) {
      let a = left.prefix(while: isNumber).drop { $0 == UInt8(ascii: "0") }
      let b = right.prefix(while: isNumber).drop { $0 == UInt8(ascii: "0") }
      if a.count != b.count { return a.count < b.count }
      if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
      left = left.drop(while: isNumber)
      right = right.drop(while: isNumber)
    } else {
      if first != other { return first < other }
      left.removeFirst()
      right.removeFirst()
    }
  }
  return left.isEmpty && !right.isEmpty
}
