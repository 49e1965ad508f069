/// The two files by which a Java archive says what it is.
enum JavaMetadata {
  /// Far more than any library writes into either file.
  static let sizeLimit = 1 << 20

  /// The main attributes of `META-INF/MANIFEST.MF`, names in lower case (JAR File Specification, "JAR Manifest"): up to
  /// the first empty line; a line that starts with a space goes on with the one before it.
  static func manifest(_ bytes: [UInt8]) -> [String: String] {
    var attributes: [String: String] = [:]
    var current: (name: String, value: [UInt8])?
    func finish() {
      guard let (name, value) = current else { return }
      // Of a name twice the last counts, as in java.util.jar.Attributes.
      attributes[name] = String(String(decoding: value, as: UTF8.self).trimmingBlanks())
    }
    for line in lines(bytes) {
      if line.isEmpty {
        if current != nil { break }
        continue
      }
      if line.first == UInt8(ascii: " ") {
        // Bytes, since a character may be broken over two lines.
        current?.value += line.dropFirst()
        continue
      }
      finish()
      current = nil
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      current = (name, Array(line[(colon + 1)...]))
    }
    finish()
    return attributes
  }

  /// `groupId`, `artifactId` and `version` of a `pom.properties` that Maven's archiver wrote (java.util.Properties: of
  /// its escapes only those before `:`, `=`, `#`, `!` and blanks occur in such values).
  static func pomProperties(_ bytes: [UInt8]) -> (group: String, artifact: String, version: String)? {
    var values: [String: String] = [:]
    for line in lines(bytes) {
      let text = String(decoding: line, as: UTF8.self).trimmingBlanks()
      guard !text.hasPrefix("#"), !text.hasPrefix("!"),
        let separator = text.firstIndex(where: { "=:".contains($0) })
      else { continue }
      let value = String(text[text.index(after: separator)...].trimmingBlanks())
      values[String(text[..<separator].trimmingBlanks())] = value.replacing("\\", with: "")
    }
    guard let group = values["groupId"], let artifact = values["artifactId"], let version = values["version"],
      [group, artifact, version].allSatisfy(isWord)
    else { return nil }
    return (group, artifact, version)
  }

  /// What an archive without Maven's properties is by its manifest and its name, in Maven's coordinates as far as they
  /// can be told.
  ///
  /// The artifact is the file's name without the version; the version the manifest's of the implementation or of the
  /// OSGi bundle, else the one in the name. The group is the vendor's id, or what comes before the artifact in the name
  /// of the bundle.
  static func package(of manifest: [String: String], fileName: String) -> EmbeddedPackage? {
    let (artifact, versionInName) = split(fileName)
    let version =
      [manifest["implementation-version"], manifest["bundle-version"], versionInName]
      .compactMap { $0 }.first(where: isWord)
    guard let version, isWord(artifact) else { return nil }
    let bundle = manifest["bundle-symbolicname"].map { String($0.prefix { $0 != ";" }.trimmingBlanks()) }
    var group = manifest["implementation-vendor-id"]
    if group.map(isWord) != true, let bundle, bundle.hasSuffix("." + artifact) {
      group = String(bundle.dropLast(artifact.count + 1))
    }
    let name = group.flatMap { isWord($0) ? "\($0):\(artifact)" : nil } ?? artifact
    return EmbeddedPackage(
      .maven, name, version, licence: manifest["bundle-license"].flatMap { $0.utf8.count <= 200 ? $0 : nil })
  }

  /// `commons-io` and `2.11.0` of `commons-io-2.11.0.jar`: the version begins at the first hyphen before a digit.
  static func split(_ fileName: String) -> (artifact: String, version: String?) {
    let stem = fileName.lastIndex(of: ".").map { fileName[..<$0] } ?? fileName[...]
    var position = stem.startIndex
    while let hyphen = stem[position...].firstIndex(of: "-") {
      let next = stem.index(after: hyphen)
      if next < stem.endIndex, stem[next].isASCII, stem[next].isNumber, hyphen > stem.startIndex {
        return (String(stem[..<hyphen]), String(stem[next...]))
      }
      position = next
    }
    return (String(stem), nil)
  }

  /// Neither empty nor a variable that a build left, such as `${project.version}`.
  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200
      && text.utf8.allSatisfy { 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "{") }
  }

  /// At CR LF, LF or CR.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x0a || byte == 0x0d {
        lines.append(bytes[start..<position])
        if byte == 0x0d, position + 1 < bytes.count, bytes[position + 1] == 0x0a { position += 1 }
        start = position + 1
      }
      position += 1
    }
    if start < bytes.count { lines.append(bytes[start...]) }
    return lines
  }
}
