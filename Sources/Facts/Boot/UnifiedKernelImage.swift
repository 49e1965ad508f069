import DiskImages
import Evidence

/// A kernel with its command line in one PE file (Unified Kernel Image specification, UAPI.5).
enum UnifiedKernelImage {
  static let directories = ["/boot/EFI/Linux", "/efi/EFI/Linux", "/boot/efi/EFI/Linux"]
  /// ukify(1) and dracut(8) put the command line before the kernel and the initrd.
  static let headLength = 2 << 20
  private static let sectionLimit = 1 << 16

  /// What a section comes to.
  enum Section: Hashable {
    case found([UInt8])
    /// All section headers were read and none has the name.
    case absent
    case unknown(String)
  }

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> [BootEntry] {
    var entries: [BootEntry] = []
    var seen: Set<UInt32> = []
    for directory in directories {
      for file in try evidence.entries(matching: GlobPattern("\(directory)/*.efi")).prefix(64)
      where seen.insert(file.id).inserted {
        entries.append(entry(file, evidence))
      }
    }
    return entries.sorted { naturallyPrecedes($1.kernelVersion ?? $1.title, $0.kernelVersion ?? $0.title) }
  }

  private static func entry(_ file: FileEntry, _ evidence: Evidence) -> BootEntry {
    var entry = BootEntry(
      title: file.name, kernel: file.path, kernelVersion: BootEntry.version(ofKernel: file.path),
      arguments: KernelArguments(""), origin: Origin(path: file.path, kind: .explicit),
      identifier: file.name)
    do {
      let head = try evidence.bytes(of: file)
      if case .found(let bytes) = section(".uname", of: head) { entry.kernelVersion = text(bytes) }
      switch section(".cmdline", of: head) {
      case .found(let bytes):
        entry.arguments = KernelArguments(text(bytes))
        entry.origin.text = ".cmdline \(text(bytes))"
      // Then the command line is what the boot loader hands over, which for a file in EFI/Linux is nothing.
      case .absent: entry.origin.text = "no section .cmdline"
      case .unknown(let reason): throw EvidenceGap(path: file.path, reason: reason)
      }
    } catch let gap as EvidenceGap {
      entry.gap = gap
    } catch {
      entry.gap = EvidenceGap(path: file.path, reason: "\(error)")
    }
    return entry
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).trimmingBlanksAndLineFeeds()
  }

  /// A section such as `.cmdline` of a PE file of which the first bytes are given.
  ///
  /// The layout is that of Microsoft's "PE Format": `e_lfanew` at 0x3c, the file header behind the signature, section
  /// headers of 40 bytes behind the optional header.
  static func section(_ name: String, of head: [UInt8]) -> Section {
    guard head.starts(with: [0x4d, 0x5a]), let header = number(head, at: 0x3c, size: 4),
      number(head, at: header, size: 4) == 0x4550, let count = number(head, at: header + 6, size: 2),
      let optional = number(head, at: header + 20, size: 2)
    else { return .unknown("not a program for EFI firmware, or cut off") }
    guard count <= 96 else { return .unknown("more sections than a program can have") }
    for index in 0..<count {
      let entry = header + 24 + optional + index * 40
      guard let size = number(head, at: entry + 8, size: 4),
        let stored = number(head, at: entry + 16, size: 4),
        let start = number(head, at: entry + 20, size: 4), entry + 40 <= head.count
      else { return .unknown("its section headers are cut off") }
      guard head[entry..<entry + 8].prefix(while: { $0 != 0 }).elementsEqual(name.utf8) else { continue }
      // What is stored is padded; an image can also need more than is stored.
      let length = min(size, stored)
      guard length <= sectionLimit else { return .unknown("its section \(name) is too large") }
      guard start <= head.count, length <= head.count - start else {
        return .unknown("its section \(name) lies beyond the part that is read, or is cut off")
      }
      return .found(Array(head[start..<start + length]))
    }
    return .absent
  }

  private static func number(_ bytes: [UInt8], at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
