import DiskImages
import Evidence

/// What the boot loaders of a guest can start: the entries of GRUB, systemd-boot, extlinux, and unified kernel images.
///
/// Entries are read where the boot loader reads them; /etc/default/grub and /etc/kernel/cmdline are only what the next
/// update would make them of.
public struct BootEntries: FactModel {
  static let grubDirectories = ["/boot/grub", "/boot/grub2"]
  static let efiDirectories = ["/boot/efi/EFI", "/efi/EFI", "/boot/EFI"]

  public static let needs: [ContentNeed] =
    grubDirectories.flatMap { [ContentNeed($0 + "/*.cfg", limit: 4 << 20), ContentNeed($0 + "/grubenv")] }
    + efiDirectories.flatMap {
      [ContentNeed($0 + "/*/*.cfg", limit: 4 << 20), ContentNeed($0 + "/*/grubenv")]
    }
    + ([LoaderEntry.bootDirectory] + LoaderEntry.partitionDirectories).map { ContentNeed($0 + "/*.conf") }
    + LoaderEntry.configurations.map { ContentNeed($0) } + Extlinux.paths.map { ContentNeed($0) }
    + UnifiedKernelImage.directories.map { .head($0 + "/*.efi", bytes: UnifiedKernelImage.headLength) }
    + KernelConfiguration.files

  /// Everything that can be started, the default first.
  public private(set) var entries: [BootEntry] = []
  /// Versions of the kernels in /boot, the newest first.
  public let installedKernels: [String]
  /// Parts of the boot loaders' configuration that could not be read, so that there may be further entries.
  public private(set) var gaps: [EvidenceGap] = []
  /// What GRUB's configurations come to.
  private(set) var grub: [GrubMenu] = []
  /// systemd-boot's `editor` setting with its place; nil if there is no loader.conf.
  private(set) var loaderEditor: Effective<String>?
  private let evidence: Evidence

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    self.evidence = evidence
    installedKernels = try evidence.entries(matching: "/boot/vmlinu[xz]-*").map {
      String($0.name.dropFirst(8))
    }
    .sorted { naturallyPrecedes($1, $0) }
    for menu in try Self.menus(evidence) { try take(menu) }
    try readOthers()
    try findVersions()
    try addBuiltInCommandLines()
  }

  /// The version of the kernel that the default entry starts; without one that tells, the newest in /boot.
  public var bootingKernel: String? { entries.first?.kernelVersion ?? installedKernels.first }

  /// - Throws: if the image has no boot entry, as a tree without a kernel has none.
  public func requireEntries() throws(EvidenceGap) {
    if entries.isEmpty {
      throw gaps.first
        ?? EvidenceGap(
          path: "/boot",
          reason: "no boot entry: neither GRUB's menu nor loader entries nor a unified kernel image")
    }
  }

  // MARK: GRUB

  /// Runs the configuration in /boot, and those beside the boot loader that are more than a pointer to it.
  private static func menus(_ evidence: Evidence) throws(EvidenceGap) -> [GrubMenu] {
    var configurations = grubDirectories.map { $0 + "/grub.cfg" }
    for directory in efiDirectories {
      configurations += try evidence.entries(matching: GlobPattern(directory + "/*/grub.cfg")).map(\.path)
    }
    var menus: [GrubMenu] = []
    var known: Set<String> = []
    for path in configurations.prefix(64) {
      guard let file = try evidence.entry(at: path), file.type == .regular, !known.contains(file.path) else {
        continue
      }
      var evaluator = GrubEvaluator(evidence, directory: String(path.dropLast("/grub.cfg".count)))
      try evaluator.run(file.path)
      let isPointer = evaluator.menu.files.contains(where: known.contains)
      known.formUnion(evaluator.menu.files)
      if !isPointer { menus.append(evaluator.menu) }
    }
    return menus
  }

  /// Files that the configurations of GRUB source.
  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let menus = (try? menus(evidence)) ?? []
    return menus.flatMap(\.unread).map(\.path).filter { path in
      if case .found(let file) = evidence.index.resolve(path), evidence.contents[file.id] == nil {
        !path.contains { "*?[\\".contains($0) }
      } else {
        false
      }
    }.map { ContentNeed($0) }
  }

  private mutating func take(_ menu: GrubMenu) throws(EvidenceGap) {
    gaps += menu.unread
    guard menu.isMenu || !menu.unread.isEmpty else { return }
    grub.append(menu)
    let listed =
      menu.usesLoaderEntries
      ? try LoaderEntry.read(evidence, [LoaderEntry.bootDirectory], variables: menu.variables) : []
    add(menu.kernels(loaderEntries: listed), default: menu.defaultKernel(loaderEntries: listed))
  }

  // MARK: Others

  private mutating func readOthers() throws(EvidenceGap) {
    let images = try UnifiedKernelImage.read(evidence)
    var own: [BootEntry] = []
    if entries.isEmpty {
      let directories = [LoaderEntry.bootDirectory] + LoaderEntry.partitionDirectories
      own = try LoaderEntry.read(evidence, directories, variables: [:]).map { Self.completed($0, images) }
    }
    own += images
    var wanted: BootEntry?
    for path in LoaderEntry.configurations where loaderEditor == nil {
      guard let file = try evidence.text(at: path) else { continue }
      loaderEditor =
        LoaderEntry.setting("editor", of: file)
        ?? Effective("yes", origin: .compiledDefault("loader.conf(5): the editor is on"))
      if let pattern = LoaderEntry.setting("default", of: file)?.value {
        wanted = own.first { fnmatch(pattern: pattern, $0.identifier ?? "") }
      }
    }
    add(own, default: wanted)
    for path in Extlinux.paths {
      if let file = try evidence.text(at: path) { add(Extlinux.read(file), default: nil) }
    }
  }

  /// An entry that starts a unified kernel image and gives no options has the command line of the image.
  private static func completed(_ entry: BootEntry, _ images: [BootEntry]) -> BootEntry {
    guard entry.gap != nil, let kernel = entry.kernel,
      let image = images.first(where: { $0.kernel?.hasSuffix(kernel) == true })
    else { return entry }
    var result = entry
    result.arguments = image.arguments
    result.gap = image.gap
    result.origin = image.origin
    result.kernelVersion = image.kernelVersion ?? entry.kernelVersion
    return result
  }

  /// The first boot loader with a default decides which entry is the first of all.
  private mutating func add(_ new: [BootEntry], default first: BootEntry?) {
    let isFirst = entries.isEmpty
    entries += new
    if isFirst, let first, let position = entries.firstIndex(of: first) {
      entries.insert(entries.remove(at: position), at: 0)
    }
  }

  // MARK: Kernels

  /// /vmlinuz is a link to the newest kernel; a path can be relative to a boot partition.
  private mutating func findVersions() throws(EvidenceGap) {
    for index in entries.indices where entries[index].kernelVersion == nil {
      guard let kernel = entries[index].kernel else { continue }
      for path in [kernel, "/boot" + kernel] {
        guard case .found(let file) = evidence.index.resolve(path),
          let version = BootEntry.version(ofKernel: file.path)
        else { continue }
        entries[index].kernelVersion = version
        break
      }
    }
  }

  private mutating func addBuiltInCommandLines() throws(EvidenceGap) {
    var known: [String: KernelConfiguration?] = [:]
    for index in entries.indices {
      guard let version = entries[index].kernelVersion else { continue }
      if known[version] == nil, known.count < 64 {
        do {
          known[version] = .some(try KernelConfiguration(version, evidence))
        } catch {
          known[version] = .some(nil)
          entries[index].gap = error
        }
      }
      if let configuration = known[version] ?? nil { configuration.addCommandLine(to: &entries[index]) }
    }
  }
}
