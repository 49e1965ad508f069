/// Signs by which a raw image is told from a file that is none.
enum RawContent {
  /// What the bytes look like, in a word; nil if nothing is recognised. The places are those where libblkid looks.
  static func recognise(_ reader: ImageReader) -> String? {
    if reader.has("EFI PART", at: 512) || reader.has("EFI PART", at: 4096) { return "GPT" }
    if reader.little(UInt16.self, at: 0x438) == 0xef53 { return "ext" }
    let signatures: [(String, Int64, String)] = [
      ("XFSB", 0, "xfs"), ("_BHRfS_M", 0x10040, "btrfs"), ("hsqs", 0, "squashfs"),
      ("CD001", 0x8001, "iso9660"), ("SWAPSPACE2", 4086, "swap"), ("NTFS    ", 3, "ntfs"),
      ("-FVE-FS-", 3, "BitLocker"), ("FAT32   ", 82, "vfat"), ("FAT16   ", 54, "vfat"),
      ("FAT12   ", 54, "vfat"),
    ]
    for (text, offset, name) in signatures where reader.has(text, at: offset) { return name }
    if reader.bytes(at: 0, count: 6) == [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe] { return "LUKS" }
    if reader.little(UInt32.self, at: 1024) == 0xe0f5_e1e2 { return "erofs" }
    if reader.little(UInt32.self, at: 1024) == 0xf2f5_2010 { return "f2fs" }
    for sector in 0..<4 where reader.has("LABELONE", at: Int64(sector) * 512) { return "LVM" }
    for offset in [0, 4096, reader.size - 65536] where reader.little(UInt32.self, at: offset) == 0xa92b_4efc {
      return "RAID"
    }
    return isMBR(reader) ? "MBR" : nil
  }

  /// A boot signature and at least one partition of sensible form.
  private static func isMBR(_ reader: ImageReader) -> Bool {
    guard reader.little(UInt16.self, at: 510) == 0xaa55 else { return false }
    return (0..<4).contains { number in
      let entry = Int64(446 + number * 16)
      guard let status = reader.bytes(at: entry, count: 1)?[0],
        let type = reader.bytes(at: entry + 4, count: 1)?[0],
        let sectors = reader.little(UInt32.self, at: entry + 12)
      else { return false }
      return (status == 0 || status == 0x80) && type != 0 && sectors != 0
    }
  }
}
