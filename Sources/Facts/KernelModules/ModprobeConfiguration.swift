import DiskImages
import Evidence

/// What modprobe.d says of modules (modprobe.d(5), libkmod/libkmod-config.c).
struct ModprobeConfiguration {
  static let folder = LayeredFolder(
    places: [
      "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
      "/lib/modprobe.d",
    ], suffixes: [".conf", ".alias"], brokenLinksMask: false)

  /// A command that modprobe runs in place of loading a module.
  struct Install {
    var pattern: String
    var command: Effective<String>.Candidate
  }

  private(set) var installs: [Install] = []
  private(set) var blacklist: [String: Origin] = [:]
  private(set) var aliases: [(pattern: String, module: String, origin: Origin)] = []

  /// `modprobe.blacklist=` of the kernel's command line counts as the lines do, but its names are taken as they
  /// are written: `usb-storage` is no module there (`kcmdline_parse_result()`).
  init(_ files: [TextFile], _ commandLine: KernelCommandLine) {
    for file in files { read(file) }
    for (name, origin) in commandLine.names("modprobe.blacklist") where blacklist[name] == nil {
      blacklist[name] = origin
    }
  }

  /// The command that modprobe runs for the module: the first whose pattern matches, later ones are shadowed.
  func install(for module: String) -> Effective<String>? {
    let found = installs.filter { fnmatch(pattern: $0.pattern, module) }.map(\.command)
    guard let first = found.first else { return nil }
    return Effective(first.value, origin: first.origin, shadowed: Array(found.dropFirst()))
  }

  private mutating func read(_ file: TextFile) {
    var start = 0
    var text = ""
    for line in file.lines {
      if text.isEmpty { start = line.number }
      text += line.text
      if text.last == "\\" {
        text.removeLast()
        // A line that only continues is still a beginning.
        if text.isEmpty { text = " " }
        continue
      }
      readLine(text, Origin(path: file.path, line: start, kind: kind(of: file)))
      text = ""
    }
    readLine(text, Origin(path: file.path, line: start, kind: kind(of: file)))
  }

  private mutating func readLine(_ text: String, _ origin: Origin) {
    // Only a # in the first column starts a comment; others make an unknown command.
    guard text.first != "#" else { return }
    let parts = text.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
    guard parts.count >= 2 else { return }
    var origin = origin
    origin.text = String(text.trimmingBlanks())
    let name = ModuleName.normal(parts[1])
    let rest = parts.count > 2 ? String(parts[2].trimmingBlanks()) : ""
    switch parts[0] {
    case "install" where !rest.isEmpty:
      installs.append(Install(pattern: name, command: .init(value: rest, origin: origin)))
    case "blacklist":
      if blacklist[name] == nil { blacklist[name] = origin }
    case "alias" where !rest.isEmpty:
      aliases.append((name, ModuleName.normal(rest), origin))
    default: break
    }
  }

  private func kind(of file: TextFile) -> Origin.Kind { file.path.hasPrefix("/etc/") ? .dropIn : .vendor }
}

extension ModprobeConfiguration {
  /// Whether a shell that runs the command loads nothing for sure: it is `true`, `false`, `:`, `nologin` or
  /// `exit`, and nothing else.
  static func loadsNothing(_ command: String) -> Bool {
    var words = command.split { $0 == " " || $0 == "\t" }
    if let comment = words.firstIndex(where: { $0.hasPrefix("#") }) { words.removeSubrange(comment...) }
    words.removeAll { [">/dev/null", "2>/dev/null", "2>&1", "&>/dev/null"].contains($0) }
    guard let first = words.first, !command.contains(where: { ";|`$(){}\n".contains($0) }) else {
      return false
    }
    let name = String(first.split(separator: "/").last ?? "")
    if first == "exit" {
      return words.count == 1 || (words.count == 2 && words[1].allSatisfy(\.isASCIIDigit))
    }
    // What these are given as arguments they ignore, but an `&` or an `||` starts something else.
    return [":", "true", "false", "nologin"].contains(name) && !words.contains { $0.contains("&") }
  }
}
