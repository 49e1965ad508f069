import DiskImages
import Evidence

/// Which modules dracut puts into the initial file system (dracut.conf(5)). The files are shell scripts; lines
/// `name="words"` and `name+=" words "` are read, which is all that the manual describes.
struct DracutConfiguration {
  /// A file of /etc hides the one of the same name in /usr.
  private static let folder = LayeredFolder(
    places: ["/etc/dracut.conf.d", "/run/initramfs/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d"])
  private static let file = "/etc/dracut.conf"
  static let needs: [ContentNeed] = [ContentNeed(file)] + folder.needs
  private static let moduleFolder = "/usr/lib/dracut/modules.d"

  private var lists: [String: [(word: String, origin: Origin)]] = [:]
  private let evidence: Evidence

  init(_ evidence: Evidence) throws(EvidenceGap) {
    self.evidence = evidence
    if let text = try evidence.text(at: Self.file) { read(text) }
    for entry in try Self.folder.files(evidence) { read(try evidence.text(of: entry)) }
  }

  private mutating func read(_ file: TextFile) {
    for line in file.lines.prefix(10_000) {
      let text = line.text.trimmingBlanks()
      guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { continue }
      var name = text[..<equals]
      let isAddition = name.hasSuffix("+")
      if isAddition { name = name.dropLast() }
      let value = text[text.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
      let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: String(text))
      let words = value.split { $0 == " " || $0 == "\t" }.map { (word: String($0), origin: origin) }
      lists[String(name), default: []] = (isAddition ? lists[String(name)] ?? [] : []) + words
    }
  }

  /// The line that leaves the module out; nil if none does.
  func omission(of module: String) -> Origin? {
    if let word = lists["omit_dracutmodules"]?.first(where: { $0.word == module }) { return word.origin }
    guard let only = lists["dracutmodules"], let first = only.first,
      !only.contains(where: { $0.word == module || $0.word == "all" })
    else { return nil }
    return first.origin
  }

  /// The line that asks for a module that dracut takes only where it is asked for; nil if none does, or the module is
  /// not installed.
  func addition(of module: String) -> Origin? {
    guard omission(of: module) == nil, isInstalled(module) else { return nil }
    for list in ["add_dracutmodules", "force_add_dracutmodules", "dracutmodules"] {
      if let word = lists[list]?.first(where: { $0.word == module }) { return word.origin }
    }
    return nil
  }

  /// Folders of modules have two digits before the name.
  private func isInstalled(_ module: String) -> Bool {
    evidence.index.matches(GlobPattern("\(Self.moduleFolder)/[0-9][0-9]\(module)")).isEmpty == false
  }
}
