import DiskImages
import Evidence

/// One record of apt's preferences for one name: how much versions that match are wanted.
public struct AptPin: Sendable, Hashable {
  /// Which packages it is about.
  public enum Scope: Sendable, Hashable {
    /// `Package: *`: index files as a whole.
    case everything
    case packages(name: String, architecture: String?)
    /// `src:name`: packages that are built from the source.
    case source(name: String, architecture: String?)
  }

  /// What its `Pin:` field compares.
  public enum Kind: String, Sendable, Hashable {
    case version, release, origin
  }

  public var scope: Scope
  public var kind: Kind
  /// The rest of the field: `a=stable-backports`, `"deb.debian.org"`, `1.2*`.
  public var data: String
  /// -32768...32767, never 0; nil stands for `never`.
  public var priority: Int?
  public var origin: Origin

  public init(scope: Scope, kind: Kind, data: String, priority: Int?, origin: Origin) {
    self.scope = scope
    self.kind = kind
    self.data = data
    self.priority = priority
    self.origin = origin
  }
}

/// apt's preferences: /etc/apt/preferences and then the files beside it (apt_preferences(5); apt 2.6, policy.cc:
/// ReadPinFile, cachefile.cc: BuildPolicy).
public struct AptPreferences: FactModel {
  public static let needs: [ContentNeed] = ["/etc/apt/preferences", "/etc/apt/preferences.d/*"]
  private static let limit = 10_000

  /// In the order in which apt takes them.
  public let pins: [AptPin]
  /// Records with which apt gives up the rest of their file, and that it does not understand.
  public let problems: [Origin]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var reader = Reader()
    if let main = try facts.evidence.text(at: "/etc/apt/preferences") { reader.read(main, kind: .explicit) }
    for entry in try facts.evidence.entries(matching: "/etc/apt/preferences.d/*")
    where AptConfiguration.isNameOfPart(entry.name) && !facts.evidence.isNull(entry) {
      guard !entry.name.contains(".") || entry.name.hasSuffix(".pref"),
        case .found(let file) = facts.evidence.index.target(of: entry), file.type == .regular
      else { continue }
      reader.read(try facts.evidence.text(of: entry), kind: .dropIn)
    }
    pins = reader.pins
    problems = reader.problems
  }

  private struct Reader {
    var pins: [AptPin] = []
    var problems: [Origin] = []

    mutating func read(_ file: TextFile, kind: Origin.Kind) {
      var plain = file
      plain.lines = file.lines.filter { !$0.text.hasPrefix("#") }
      for stanza in ControlFile(plain).stanzas where !stanza.isEmpty && pins.count < AptPreferences.limit {
        let origin = Origin(path: file.path, line: stanza.line, kind: kind, text: stanza.summary)
        guard take(stanza, origin) else {
          problems.append(origin)
          return
        }
      }
    }

    /// False where apt reads no further.
    private mutating func take(_ stanza: ControlFile.Stanza, _ origin: Origin) -> Bool {
      guard let names = stanza["Package"], !names.isEmpty else { return false }
      guard let pin = stanza["Pin"] else { return true }
      let words = pin.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
      guard let kind = words.first.flatMap({ AptPin.Kind(rawValue: $0.lowercased()) }),
        kind != .version || names != "*"
      else {
        problems.append(origin)
        return true
      }
      let data = words.count > 1 ? words[1] : ""
      let text = stanza["Pin-Priority"] ?? ""
      let priority = Int(text)
      if text == "never" {
        guard names == "*" else { return false }
      } else {
        guard let priority, priority != 0, (-32_768...32_767).contains(priority) else { return false }
      }
      for scope in Self.scopes(names) {
        pins.append(
          AptPin(
            scope: scope, kind: kind, data: data, priority: priority.map { max($0, -32_767) }, origin: origin)
        )
      }
      return true
    }

    private static func scopes(_ field: String) -> [AptPin.Scope] {
      if field == "*" { return [.everything] }
      return field.split(whereSeparator: \.isWhitespace).map { word in
        var name = String(word)
        let isSource = name.hasPrefix("src:")
        if isSource { name = String(name.dropFirst(4)) }
        var architecture: String?
        if let colon = name.lastIndex(of: ":") {
          architecture = String(name[name.index(after: colon)...])
          name = String(name[..<colon])
        }
        return isSource
          ? .source(name: name, architecture: architecture)
          : .packages(name: name, architecture: architecture)
      }
    }
  }
}
