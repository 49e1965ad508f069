import DiskImages
import Evidence

/// How the kernel that boots was built: /boot/config-VERSION, or the copy beside its modules.
public struct KernelConfiguration: FactModel {
  public static let needs: [ContentNeed] =
    BootEntries.needs + ["/boot/config-*", "/usr/lib/modules/*/config", "/lib/modules/*/config"]

  /// The version that boots.
  public let version: String
  public let path: String
  private let values: [String: (value: String, line: Int)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    guard let version = try facts.model(BootEntries.self).bootingKernel else {
      throw EvidenceGap(path: "/boot", reason: "no kernel in the image")
    }
    let places = [
      "/boot/config-\(version)", "/usr/lib/modules/\(version)/config", "/lib/modules/\(version)/config",
    ]
    for path in places {
      guard let file = try facts.evidence.text(at: path) else { continue }
      self.version = version
      self.path = path
      values = Self.read(file)
      return
    }
    throw EvidenceGap(
      path: places[0], reason: "the build configuration of kernel \(version) is not in the image")
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
