import DiskImages
import Evidence

/// How the kernel that boots was built: /boot/config-VERSION, or the copy beside its modules.
public struct KernelConfiguration: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// The version that boots.
  public let version: String
  public let path: String
  private let values: [String: (value: String, line: Int)]

  static let files: [ContentNeed] = ["/boot/config-*", "/usr/lib/modules/*/config", "/lib/modules/*/config"]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    guard let version = try facts.model(BootEntries.self).bootingKernel else {
      throw EvidenceGap(path: "/boot", reason: "no kernel in the image")
    }
    guard let found = try Self(version, facts.evidence) else {
      throw EvidenceGap(
        path: Self.places(version)[0],
        reason: "the build configuration of kernel \(version) is not in the image")
    }
    self = found
  }

  /// The configuration of any kernel; nil if it is not in the image.
  init?(_ version: String, _ evidence: Evidence) throws(EvidenceGap) {
    for path in Self.places(version) {
      guard let file = try evidence.text(at: path) else { continue }
      self.version = version
      self.path = path
      values = Self.read(file)
      return
    }
    return nil
  }

  private static func places(_ version: String) -> [String] {
    ["/boot/config-\(version)", "/usr/lib/modules/\(version)/config", "/lib/modules/\(version)/config"]
  }

  /// A symbol's value: `y`, `m`, a number or text without its quotes; `n` for one that is not set or unknown to this
  /// kernel (Kconfig language).
  public func value(of symbol: String) -> Effective<String> {
    let name = symbol.hasPrefix("CONFIG_") ? symbol : "CONFIG_" + symbol
    guard let (value, line) = values[name] else {
      return Effective("n", origin: Origin(path: path, kind: .vendor, text: "\(name) does not occur"))
    }
    let text = value == "n" ? "# \(name) is not set" : "\(name)=\(value)"
    return Effective(value, origin: Origin(path: path, line: line, kind: .vendor, text: text))
  }

  private static func read(_ file: TextFile) -> [String: (String, Int)] {
    var values: [String: (String, Int)] = [:]
    for line in file.lines {
      if line.text.hasPrefix("# CONFIG_"), line.text.hasSuffix(" is not set") {
        values[String(line.text.dropFirst(2).dropLast(11))] = ("n", line.number)
      } else if line.text.hasPrefix("CONFIG_"), let equals = line.text.firstIndex(of: "=") {
        var value = line.text[line.text.index(after: equals)...]
        if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") {
          value = value.dropFirst().dropLast()
        }
        values[String(line.text[..<equals])] = (String(value), line.number)
      }
    }
    return values
  }
}

extension KernelConfiguration {
  /// Adds to an entry the command line that its kernel was built with.
  ///
  /// It stands in the place of the boot loader's (`CMDLINE_OVERRIDE` of x86, `CMDLINE_FORCE` elsewhere), before it
  /// (`CMDLINE_BOOL`; Linux, arch/x86/kernel/setup.c), behind it (`CMDLINE_EXTEND`; drivers/of/fdt.c), or counts only
  /// if the boot loader gives none.
  func addCommandLine(to entry: inout BootEntry) {
    let builtIn = value(of: "CMDLINE")
    if values["CONFIG_CMDLINE_BOOL"]?.value == "n" || values["CONFIG_CMDLINE"] == nil { return }
    let own = KernelArguments(Self.unescaped(builtIn.value))
    if isSet("CMDLINE_OVERRIDE") || isSet("CMDLINE_FORCE") {
      entry.arguments = own
      entry.gap = nil
      entry.origin = builtIn.origin
    } else if isSet("CMDLINE_BOOL") {
      entry.arguments = KernelArguments(own, followedBy: entry.arguments)
    } else if isSet("CMDLINE_EXTEND") {
      entry.arguments = KernelArguments(entry.arguments, followedBy: own)
    } else if entry.arguments.arguments.isEmpty {
      entry.arguments = own
      entry.origin = builtIn.origin
    }
  }

  private func isSet(_ symbol: String) -> Bool { values["CONFIG_" + symbol]?.value == "y" }

  private static func unescaped(_ text: String) -> String {
    text.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
  }
}
