/// What Go's linker writes into every program: the section `.go.buildinfo` (debug/buildinfo/buildinfo.go).
enum GoBuildInfo {
  static let section = ".go.buildinfo"
  /// Bytes of the section; large programs have 60 KB.
  static let sizeLimit: UInt64 = 4 << 20
  private static let moduleLimit = 20_000

  private static let magic: [UInt8] = [0xff] + Array(" Go buildinf:".utf8)
  private static let headerSize = 32
  private static let hasStrings: UInt8 = 2
  /// Stands before and after the list of modules (cmd/go/internal/modload/build.go).
  private static let sentinelSize = 16

  /// The modules, the standard library among them under the name by which Go's advisories speak of it.
  ///
  /// A module that was replaced is what it was replaced by. The main module has a version only if it was built from its
  /// own release; `(devel)` is none.
  static func packages(_ section: ArraySlice<UInt8>) throws(EmbeddedPackageError) -> [EmbeddedPackage] {
    guard section.count >= headerSize, section.starts(with: magic) else {
      throw EmbeddedPackageError("its build information does not begin as Go's does")
    }
    guard section[section.startIndex + 15] & hasStrings != 0 else {
      throw EmbeddedPackageError("it was built by a Go before 1.18, whose build information is not read")
    }
    var rest = section.dropFirst(headerSize)
    guard let version = takeString(&rest), let modules = takeString(&rest) else {
      throw EmbeddedPackageError("its build information is cut off")
    }
    var packages: [EmbeddedPackage] = []
    if let release = standardLibrary(String(decoding: version, as: UTF8.self)) {
      packages.append(EmbeddedPackage(.golang, "stdlib", release))
    }
    if modules.count >= 2 * sentinelSize + 1, modules.dropLast(sentinelSize).last == UInt8(ascii: "\n") {
      packages += self.modules(modules.dropFirst(sentinelSize).dropLast(sentinelSize))
    }
    return packages
  }

  /// `1.22.1` of `go1.22.1`, with what an own build adds after a blank left out; nil for a development version.
  private static func standardLibrary(_ text: String) -> String? {
    guard text.hasPrefix("go"), let word = text.dropFirst(2).split(separator: " ").first,
      word.first?.isNumber == true
    else { return nil }
    return String(word.prefix { $0 != "-" })
  }

  /// Lines of words that tabs separate: `mod`, `dep` and `=>` with path, version and checksum.
  private static func modules(_ text: ArraySlice<UInt8>) -> [EmbeddedPackage] {
    var found: [EmbeddedPackage] = []
    /// Whether the last line spoke of a module that `=>` may replace, and whether that one is in the list.
    var last: (isOpen: Bool, isListed: Bool) = (false, false)
    for line in text.split(separator: UInt8(ascii: "\n")) where found.count < moduleLimit {
      let words = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      let isReplacement = words[0] == "=>"
      guard ["mod", "dep", "=>"].contains(words[0]), words.count >= 3, last.isOpen || !isReplacement else {
        last = (false, false)
        continue
      }
      let package = EmbeddedPackage(.golang, words[1], words[2])
      let isKnown = !package.name.isEmpty && package.version.hasPrefix("v")
      // A replacement without a version is a folder of the builder's machine.
      if isReplacement {
        if isKnown, last.isListed { found.removeLast() }
        if isKnown { found.append(package) }
        last = (false, false)
      } else {
        if isKnown { found.append(package) }
        last = (true, isKnown)
      }
    }
    return found
  }

  /// A length as encoding/binary.Uvarint has it, and as many bytes.
  private static func takeString(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var length: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 56, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      length |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 != 0 { continue }
      guard length <= UInt64(bytes.count) else { return nil }
      defer { bytes = bytes.dropFirst(Int(length)) }
      return bytes.prefix(Int(length))
    }
    return nil
  }
}
