import DiskImages
import Evidence

/// The programs that a guest boots with firmware of UEFI, in their order: what the firmware starts, what that starts,
/// and the kernels.
///
/// Which entry of its boot menu the firmware takes lies in its own memory, so that every folder of the EFI system
/// partition counts.
public struct BootChain: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs + ["/etc/fstab"]
  public static let probes: [any ContentProbe] = [BootChainProbe()]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// What a program does.
  public enum Role: String, Sendable, Hashable, CaseIterable, Codable {
    case shim
    /// Writes boot entries anew (`fbx64.efi`).
    case fallback
    case grub
    case systemdBoot = "systemd-boot"
    case unifiedKernel = "unified kernel image"
    case kernel
    /// Adds keys of the machine's owner (`mmx64.efi`).
    case keyManager = "key manager"
    /// Nothing that the usual boot starts: firmware updates, memory tests, other systems.
    case other
  }

  /// One program.
  public struct Step: Sendable {
    public var file: FileEntry
    public var role: Role
    /// What starts it, in words.
    public var startedBy: String
    /// What is known of it, or why nothing is.
    public var content: Result<BootProgram, EvidenceGap>

    /// Whether the usual boot runs it.
    public var isPartOfBoot: Bool { role != .keyManager && role != .other }
  }

  /// What is known of the EFI system partition, from which firmware starts programs.
  public enum SystemPartition: Sendable {
    /// Its programs are among the steps.
    case read
    /// It was read, and firmware finds nothing there to start.
    case empty
    /// Neither the disks nor fstab(5) have one.
    case absent
    case unread(EvidenceGap)
  }

  /// In the order in which they run; kernels alone where there are no programs of the partition.
  public let steps: [Step]
  public let systemPartition: SystemPartition

  /// Why nothing can be said of the way from the firmware to the kernel; nil if the partition was read and has programs.
  public var gap: EvidenceGap? {
    switch systemPartition {
    case .read: nil
    case .empty: EvidenceGap(path: "/boot/efi", reason: "the EFI system partition holds no program to start")
    case .absent: EvidenceGap(path: "/boot/efi", reason: "there is no EFI system partition")
    case .unread(let gap): gap
    }
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let folders = BootChainProbe.programFolders(evidence.index)
    systemPartition = folders.isEmpty ? try Self.partitionWithoutPrograms(evidence) : .read
    for folder in folders {
      if let gap = evidence.index.gap(hiding: folder.path) {
        throw EvidenceGap(path: gap.path, reason: gap.reason)
      }
    }
    let answer = try evidence.answer(of: BootChainProbe.self)
    var steps: [Step] = []
    var seen: Set<UInt32> = []
    func content(_ file: FileEntry) -> Result<BootProgram, EvidenceGap> {
      if let record = answer.records[file.id] { return .success(record) }
      return .failure(EvidenceGap(path: file.path, reason: answer.unread[file.id] ?? "it was not looked at"))
    }
    for (file, siblings) in folders.flatMap(Self.programs) where seen.insert(file.id).inserted {
      let known = content(file)
      let role = Self.role(of: file, try? known.get())
      steps.append(Step(file: file, role: role, startedBy: Self.starter(of: role, siblings), content: known))
    }
    let kernels = try Self.kernels(try facts.model(), evidence).filter { seen.insert($0.id).inserted }
    let loader = steps.contains { $0.role == .systemdBoot } ? "systemd-boot" : "GRUB"
    steps = Self.inOrder(steps)
    steps += kernels.map { Step(file: $0, role: .kernel, startedBy: loader, content: content($0)) }
    self.steps = steps
  }

  /// The partition may be there and not readable.
  private static func partitionWithoutPrograms(_ evidence: Evidence) throws(EvidenceGap) -> SystemPartition {
    for path in BootChainProbe.systemPartitions {
      if let gap = evidence.index.gap(hiding: path) {
        return .unread(EvidenceGap(path: gap.path, reason: gap.reason))
      }
    }
    let places = Set(BootChainProbe.systemPartitions)
    let isEmpty = evidence.storage.contains {
      $0.content == "vfat" && $0.problem == nil && !places.isDisjoint(with: $0.mountpoints)
    }
    if isEmpty { return .empty }
    if let partition = evidence.storage.first(where: isSystemPartition) {
      let reason =
        "\(partition.name) is an EFI system partition that the guest does not mount, so that it was not read"
      return .unread(EvidenceGap(path: "/boot/efi", reason: reason + packagedWords(evidence)))
    }
    if try isMounted(evidence) {
      let reason = "the EFI system partition is not in what could be read"
      return .unread(EvidenceGap(path: "/boot/efi", reason: reason + packagedWords(evidence)))
    }
    return .absent
  }

  /// The type of GPT and that of the older table (UEFI 2.10, 5.2.2 and 5.3.3).
  private static func isSystemPartition(_ device: StorageDevice) -> Bool {
    ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "ef", "0xef"].contains(device.partitionType?.lowercased())
  }

  private static func isMounted(_ evidence: Evidence) throws(EvidenceGap) -> Bool {
    guard let fstab = try evidence.text(at: "/etc/fstab") else { return false }
    return fstab.lines.contains { line in
      let fields = line.text.split { $0 == " " || $0 == "\t" }
      return fields.count > 2 && !fields[0].hasPrefix("#")
        && BootChainProbe.systemPartitions.contains { $0 == fields[1] }
        && ["vfat", "auto", "msdos"].contains(fields[2])
    }
  }

  private static func packagedWords(_ evidence: Evidence) -> String {
    let packaged =
      evidence.index.matches("/usr/lib/shim/shim*.efi*").map(\.name)
      + evidence.index.matches("/usr/lib/systemd/boot/efi/systemd-boot*.efi*").map(\.name)
    return packaged.isEmpty ? "" : "; packages keep \(packaged.joined(separator: ", ")) for it"
  }

  /// The programs below a folder `EFI`, what firmware starts from every disk first, each with those beside it.
  private static func programs(_ folder: FileEntry) -> [(FileEntry, [FileEntry])] {
    let all = folder.subtree.filter { $0.type == .regular && $0.name.lowercased().hasSuffix(".efi") }
    let groups = Dictionary(grouping: all) { $0.parent.id }
    let ordered = groups.values.sorted { left, right in
      let names = [left, right].map { $0[0].parent.name.lowercased() }
      if (names[0] == "boot") != (names[1] == "boot") { return names[0] == "boot" }
      return left[0].parent.path < right[0].parent.path
    }
    return ordered.flatMap { group in group.map { ($0, group) } }
  }

  /// By the component that its `.sbat` names first, by its sections, else by its name.
  private static func role(of file: FileEntry, _ program: BootProgram?) -> Role {
    let name = file.name.lowercased()
    if let program, program.sections.contains(".linux") { return .unifiedKernel }
    if name.hasPrefix("fb"), name.hasSuffix(".efi") { return .fallback }
    if name.hasPrefix("mm") || name.hasPrefix("mokmanager") { return .keyManager }
    for component in program?.sbat ?? [] {
      switch component.name {
      case "shim": return .shim
      case "grub": return .grub
      case "systemd", "systemd-boot": return .systemdBoot
      case "linux": return .kernel
      default: continue
      }
    }
    if name.hasPrefix("shim") { return .shim }
    if name.hasPrefix("grub") || name.hasPrefix("gcd") { return .grub }
    if name.hasPrefix("systemd-boot") { return .systemdBoot }
    if file.parent.name.lowercased() == "boot", name.hasPrefix("boot") { return .shim }
    return .other
  }

  private static func starter(of role: Role, _ siblings: [FileEntry]) -> String {
    let names = siblings.map { $0.name.lowercased() }
    let hasShim = names.contains { $0.hasPrefix("shim") || $0.hasPrefix("boot") && $0 != "bootmgfw.efi" }
    switch role {
    case .shim, .other: return "the firmware"
    case .unifiedKernel: return "systemd-boot or the firmware"
    case .fallback, .keyManager: return "shim"
    case .grub, .systemdBoot: return hasShim ? "shim" : "the firmware"
    case .kernel: return "the boot loader"
    }
  }

  private static func inOrder(_ steps: [Step]) -> [Step] {
    let order = Role.allCases
    return steps.enumerated().sorted { left, right in
      let places = [left, right].map { order.firstIndex(of: $0.element.role) ?? 0 }
      return (places[0], left.offset) < (places[1], right.offset)
    }.map(\.element)
  }

  /// The kernels that boot entries start; without an entry that tells, every one in /boot.
  private static func kernels(_ boot: BootEntries, _ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    var kernels: [FileEntry] = []
    for entry in boot.entries {
      guard let kernel = entry.kernel else { continue }
      for place in ["", "/boot", "/boot/efi", "/efi"] {
        if case .found(let file) = evidence.index.resolve(place + kernel), file.type == .regular {
          if !kernels.contains(file) { kernels.append(file) }
          break
        }
      }
    }
    if kernels.isEmpty {
      kernels = try evidence.entries(matching: "/boot/vmlinu[xz]-*").filter { $0.type == .regular }
    }
    return kernels
  }
}
