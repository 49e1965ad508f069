import Foundation

/// VMDK: sparse extents with an embedded descriptor, and text descriptors (VMware, "Virtual Disk Format 5.0").
enum VMDKHeader {
  static func matches(_ reader: ImageReader) -> Bool {
    reader.has("KDMV", at: 0) || reader.has("COWD", at: 0) || isDescriptor(reader)
  }

  private static func isDescriptor(_ reader: ImageReader) -> Bool {
    guard let head = reader.bytes(at: 0, count: Int(min(512, reader.size))) else { return false }
    let text = String(decoding: head, as: UTF8.self)
    // qemu skips comments and blank lines before the first setting.
    return text.contains("# Disk DescriptorFile")
      || text.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") }?.hasPrefix("version=") == true
  }

  static func read(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    if reader.has("COWD", at: 0) {
      throw ImageError(
        "\(reader.path): VMDK of ESX version 3 (COWD) is not supported; convert it with qemu-img")
    }
    return reader.has("KDMV", at: 0) ? try readSparse(reader) : try readDescriptorFile(reader)
  }

  private static func readSparse(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    guard let capacity = reader.little(UInt64.self, at: 12),
      let descriptorOffset = reader.little(UInt64.self, at: 28),
      let directory = reader.little(UInt64.self, at: 56),
      capacity < 1 << 54
    else { throw reader.damaged("the VMDK header is cut off") }
    var header = ImageHeader(virtualSize: Int64(capacity) * 512)
    if descriptorOffset != 0 {
      // As much as qemu reads, whatever size the header claims.
      let start = Int64(clamping: descriptorOffset).multipliedReportingOverflow(by: 512).partialValue
      guard let bytes = reader.bytes(at: start, count: Int(min(1 << 20, max(0, reader.size - start)))) else {
        throw reader.damaged("the VMDK descriptor lies outside")
      }
      let descriptor = Descriptor(bytes)
      // The one extent of an embedded descriptor is the file itself and qemu does not open what it names, unless
      // the header gives no capacity (vmdk_open_vmdk4 in qemu's block/vmdk.c).
      header.references = descriptor.parents + (capacity == 0 ? descriptor.extentReferences : [])
    }
    // All ones: the directory's place stands in a footer (stream-optimised images).
    if directory != .max {
      try testGrains(reader, directory: directory, capacity: capacity)
    } else if reader.size < 3 * 512 || !reader.has("KDMV", at: reader.size - 1024) {
      throw reader.damaged("the footer of the stream-optimised VMDK is missing")
    }
    return header
  }

  /// Every grain table and grain that the directory reaches has to lie inside the file.
  private static func testGrains(
    _ reader: ImageReader, directory: UInt64, capacity: UInt64
  ) throws(ImageError) {
    guard let grainSize = reader.little(UInt64.self, at: 20),
      let entries = reader.little(UInt32.self, at: 44),
      (1...1 << 20).contains(grainSize), (1...1 << 16).contains(entries), directory < 1 << 40
    else { throw reader.damaged("the VMDK header makes no sense") }
    let covered = grainSize * UInt64(entries)
    let tables = Int(clamping: (capacity + covered - 1) / covered)
    guard tables <= 4 << 20, let list = reader.bytes(at: Int64(directory) * 512, count: tables * 4) else {
      throw reader.damaged("the VMDK grain directory lies beyond the end of the file")
    }
    for position in stride(from: 0, to: list.count, by: 4).prefix(4096) {
      let sector = UInt32(littleEndian: list[position..<position + 4])
      guard sector != 0 else { continue }
      guard let grains = reader.bytes(at: Int64(sector) * 512, count: Int(entries) * 4) else {
        throw reader.damaged("a VMDK grain table lies beyond the end of the file")
      }
      for entry in stride(from: 0, to: grains.count, by: 4) {
        let grain = UInt32(littleEndian: grains[entry..<entry + 4])
        if Int64(grain) * 512 >= reader.size { throw reader.damaged("data lies beyond the end of the file") }
      }
    }
  }

  private static func readDescriptorFile(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    guard reader.size <= 1 << 20, let bytes = reader.bytes(at: 0, count: Int(reader.size)) else {
      throw reader.damaged("the VMDK descriptor is larger than 1 MiB")
    }
    let descriptor = Descriptor(bytes)
    let sectors = descriptor.extents.reduce(Int64(0)) { $0.addingReportingOverflow($1.sectors).partialValue }
    guard !descriptor.extents.isEmpty, sectors >= 0, sectors < 1 << 54 else {
      throw reader.damaged("the VMDK descriptor names no extent")
    }
    return ImageHeader(
      virtualSize: sectors * 512,
      references: descriptor.extentReferences + descriptor.parents)
  }

  /// The text that says of what a disk consists.
  private struct Descriptor {
    var extents: [(sectors: Int64, file: String?)] = []
    var parents: [ImageReference] = []

    var extentReferences: [ImageReference] {
      extents.compactMap { extent in extent.file.map { ImageReference(role: "extent", name: $0) } }
    }

    /// qemu reads an extent with sscanf, for which every C white space parts words, and looks for the parent's name
    /// anywhere in the text. So whatever is quoted counts as a reference, unless the line is a plain setting.
    init(_ bytes: [UInt8]) {
      let text = bytes.prefix { $0 != 0 }
      for line in text.split(separator: UInt8(ascii: "\n")) {
        let words = line.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
        guard let first = words.first, !isSetting(line) else { continue }
        let quoted = line.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        let isExtent = ["RW", "RDONLY", "NOACCESS"].contains(String(decoding: first, as: UTF8.self))
        guard isExtent || quoted.count > 1 else { continue }
        let sectors = words.count > 1 ? Int64(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
        extents.append((sectors, quoted.count > 1 ? String(decoding: quoted[1], as: UTF8.self) : nil))
      }
      let hint = "parentFileNameHint"
      if let position = String(decoding: text, as: UTF8.self).range(of: hint) {
        let rest = String(decoding: text, as: UTF8.self)[position.upperBound...]
        let name = rest.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false).dropFirst()
          .first
        parents = [.init(role: "parent", name: name.map(String.init) ?? "(unnamed)")]
      }
    }

    /// `key = value` with a key of one word.
    private func isSetting(_ line: ArraySlice<UInt8>) -> Bool {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return false }
      let key = String(decoding: line[..<equals], as: UTF8.self).filter { $0 != " " }
      let hasBlankInside = String(decoding: line[..<equals], as: UTF8.self).split(separator: " ").count > 1
      return !hasBlankInside
        && key.utf8.allSatisfy { byte in
          byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xdf)
        }
    }
  }
}
