import DiskImages
import Evidence

/// The files of dpkg's packages: names from `info/PACKAGE.list`, digests from `info/PACKAGE.md5sums` and, of
/// conffiles, from the status file (dpkg-query(1), deb-md5sums(5), deb-conffiles(5)). dpkg records neither modes nor
/// owners.
///
/// Diversions are honoured (dpkg-divert(1)), and paths that dpkg was told not to unpack may be missing
/// (`path-exclude`, dpkg(1)).
enum DpkgFileManifest: FileManifest {
  static let format = "dpkg"
  static let nameNeeds: [ContentNeed] = [
    ContentNeed("/var/lib/dpkg/info/*.list", limit: 16 << 20), "/var/lib/dpkg/diversions",
    ContentNeed("/var/lib/dpkg/status.d/*", limit: 16 << 20),
  ]
  static let needs: [ContentNeed] =
    nameNeeds + [
      ContentNeed("/var/lib/dpkg/info/*.md5sums", limit: 16 << 20),
      ContentNeed("/var/lib/dpkg/status", limit: 64 << 20),
    ] + DpkgPathFilter.needs

  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    let isDistroless = try readDistroless(evidence, body)
    let lists = try evidence.entries(matching: "/var/lib/dpkg/info/*.list")
    guard !lists.isEmpty else { return isDistroless }
    let diversions = try DpkgDiversions(evidence)
    let filter = namesOnly ? nil : try DpkgPathFilter(evidence)
    let conffiles = namesOnly ? [:] : try conffiles(evidence)
    for list in lists {
      let full = String(list.name.dropLast(5))
      let package = String(full.prefix { $0 != ":" })
      let digests = namesOnly ? [:] : try recordedDigests(of: full, list.parent, evidence)
      let own = conffiles[full] ?? conffiles[package] ?? [:]
      for line in try evidence.bytes(of: list).split(separator: UInt8(ascii: "\n")) {
        let name = line.elementsEqual("/.".utf8) ? [UInt8(ascii: "/")] : Array(line)
        guard name.first == UInt8(ascii: "/") else { continue }
        var file = RecordedFile(package: package, path: diversions.place(of: name, package))
        let conffile = own[name]
        // A conffile whose digest the package records too is a conffile all the same.
        file.isConfiguration = conffile != nil
        file.digest = (conffile ?? digests[name]).map { .init(algorithm: .md5, hex: $0) }
        file.mayBeMissing = file.isConfiguration || filter?.excludes(name) == true
        body(file)
      }
    }
    return true
  }

  private static func recordedDigests(
    of package: String, _ folder: FileEntry, _ evidence: Evidence
  ) throws(EvidenceGap) -> [[UInt8]: String] {
    guard let file = folder.child(named: package + ".md5sums") else { return [:] }
    return digests(try evidence.bytes(of: file))
  }

  /// Images without dpkg list files with digests alone (`status.d/PACKAGE.md5sums`).
  private static func readDistroless(
    _ evidence: Evidence, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    var isKnown = false
    for entry in try evidence.entries(matching: "/var/lib/dpkg/status.d/*.md5sums")
    where entry.type == .regular {
      isKnown = true
      for (path, hex) in digests(try evidence.bytes(of: entry)) {
        var file = RecordedFile(package: String(entry.name.dropLast(8)), path: path)
        file.digest = .init(algorithm: .md5, hex: hex)
        body(file)
      }
    }
    return isKnown
  }

  /// `digest  path`, the path without the slash at the start. A line that is anything else says nothing.
  static func digests(_ bytes: [UInt8]) -> [[UInt8]: String] {
    var digests: [[UInt8]: String] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard line.count > 34, let hex = digest(line.prefix(32)) else { continue }
      let rest = line.dropFirst(32)
      guard rest.first == UInt8(ascii: " "), rest.dropFirst().first.map({ " *".utf8.contains($0) }) == true
      else { continue }
      var name = rest.dropFirst(2)
      if name.starts(with: "./".utf8) { name = name.dropFirst(2) }
      digests[name.first == UInt8(ascii: "/") ? Array(name) : [UInt8(ascii: "/")] + name] = hex
    }
    return digests
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> String? {
    let isHex = bytes.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
    return isHex ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// The conffiles of each package, by name and, for packages of several architectures, `name:architecture`.
  private static func conffiles(_ evidence: Evidence) throws(EvidenceGap) -> [String: [[UInt8]: String]] {
    guard let status = try evidence.text(at: "/var/lib/dpkg/status") else { return [:] }
    var conffiles: [String: [[UInt8]: String]] = [:]
    for stanza in ControlFile(status).stanzas {
      guard let name = stanza["Package"], let field = stanza["Conffiles"] else { continue }
      var own: [[UInt8]: String] = [:]
      for line in field.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("/") else { continue }
        own[Array(words[0].utf8)] = String(words[1])
      }
      let key = stanza["Multi-Arch"] == "same" ? "\(name):\(stanza["Architecture"] ?? "")" : name
      conffiles[key] = own
    }
    return conffiles
  }
}

/// Files that lie elsewhere than their package says (dpkg-divert(1)): original, new place, who diverts.
struct DpkgDiversions {
  private var byPath: [[UInt8]: (place: [UInt8], package: String)] = [:]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    guard let bytes = try evidence.bytes(at: "/var/lib/dpkg/diversions") else { return }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for start in stride(from: 0, to: lines.count - lines.count % 3, by: 3) {
      byPath[Array(lines[start])] = (
        Array(lines[start + 1]), String(decoding: lines[start + 2], as: UTF8.self)
      )
    }
  }

  /// Where a path of the package lies. The package that diverts keeps the place.
  func place(of path: [UInt8], _ package: String) -> [UInt8] {
    guard let diversion = byPath[path], diversion.package != package else { return path }
    return diversion.place
  }
}

/// Paths that dpkg does not unpack: `path-exclude` and `path-include` of dpkg.cfg(5), of which the last that matches
/// decides (dpkg: src/main/filters.c, filter_should_skip).
struct DpkgPathFilter {
  static let needs: [ContentNeed] = ["/etc/dpkg/dpkg.cfg", "/etc/dpkg/dpkg.cfg.d/*"]

  private var rules: [(isInclude: Bool, pattern: String)] = []

  init(_ evidence: Evidence) throws(EvidenceGap) {
    // Files of the folder come first, in the order of their names; run-parts' rule for names holds.
    for entry in try evidence.entries(matching: "/etc/dpkg/dpkg.cfg.d/*")
    where entry.name.utf8.allSatisfy({ Self.isNameByte($0) }) && entry.type != .directory {
      read(try evidence.text(of: entry))
    }
    if let file = try evidence.text(at: "/etc/dpkg/dpkg.cfg") { read(file) }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func read(_ file: TextFile) {
    for line in file.lines where rules.count < 1000 {
      let text = line.text.trimmingBlanks()
      for (option, isInclude) in [("path-exclude", false), ("path-include", true)]
      where text.hasPrefix(option) {
        var value = text.dropFirst(option.count)
        guard let separator = value.first, separator == "=" || separator == " " || separator == "\t" else {
          continue
        }
        value = value.dropFirst().trimmingBlanks()
        if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        rules.append((isInclude, String(value)))
      }
    }
  }

  /// Whether dpkg leaves the path out.
  func excludes(_ path: [UInt8]) -> Bool {
    if rules.isEmpty { return false }
    let text = String(decoding: path, as: UTF8.self)
    let last = rules.last { fnmatch(pattern: $0.pattern, text) }
    return last.map { !$0.isInclude } ?? false
  }
}
