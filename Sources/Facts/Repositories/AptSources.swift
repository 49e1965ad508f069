import DiskImages
import Evidence

/// One archive that apt would use: a URI with a suite.
public struct AptSource: Sendable, Hashable {
  /// `deb` or `deb-src`.
  public var type: String
  public var uri: String
  public var suite: String
  public var components: [String]
  /// Options by their name in deb822 form, lower case: `signed-by`, `trusted`, `architectures`. What is added to and
  /// taken from the default is under `architectures-add` and `architectures-remove`.
  public var options: [String: String]
  public var isEnabled: Bool
  public var origin: Origin

  /// A yes-or-no option; nil where the source does not say.
  public func flag(_ name: String) -> Bool? { options[name].flatMap(AptConfiguration.boolean) }
}

/// apt's list of sources: /etc/apt/sources.list and the files beside it, in both forms (sources.list(5)).
public struct AptSources: FactModel {
  public static let needs: [ContentNeed] = [
    "/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources",
  ]

  /// In the order in which apt reads them.
  public let entries: [AptSource]
  /// Lines that apt would refuse.
  public let problems: [Origin]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var reader = Reader()
    if let main = try facts.evidence.text(at: "/etc/apt/sources.list") { reader.readLines(main) }
    for entry in try facts.evidence.entries(matching: "/etc/apt/sources.list.d/*")
    where AptConfiguration.isNameOfPart(entry.name) && !facts.evidence.isNull(entry) {
      if entry.name.hasSuffix(".list") {
        reader.readLines(try facts.evidence.text(of: entry))
      } else if entry.name.hasSuffix(".sources") {
        reader.readStanzas(try facts.evidence.text(of: entry))
      }
    }
    entries = reader.entries
    problems = reader.problems
  }

  private struct Reader {
    var entries: [AptSource] = []
    var problems: [Origin] = []
    static let limit = 10_000

    /// `deb [option=value …] uri suite component…`
    mutating func readLines(_ file: TextFile) {
      for line in file.lines {
        let text = line.text.prefix { $0 != "#" }
        var words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard let type = words.first, entries.count < Self.limit else { continue }
        let kind: Origin.Kind = file.path == "/etc/apt/sources.list" ? .explicit : .dropIn
        let origin = Origin(path: file.path, line: line.number, kind: kind, text: line.text)
        words.removeFirst()
        guard type == "deb" || type == "deb-src", let options = Self.takeOptions(&words), words.count >= 2
        else {
          problems.append(origin)
          continue
        }
        entries.append(
          AptSource(
            type: type, uri: words[0], suite: words[1], components: Array(words.dropFirst(2)),
            options: options,
            isEnabled: true, origin: origin))
      }
    }

    /// Takes `[ a=b c=d ]` off the front; nil if the bracket is not closed.
    private static func takeOptions(_ words: inout [String]) -> [String: String]? {
      guard let first = words.first, first.hasPrefix("[") else { return [:] }
      words[0] = String(first.dropFirst())
      var options: [String: String] = [:]
      while !words.isEmpty {
        var word = words.removeFirst()
        let isLast = word.hasSuffix("]")
        if isLast { word.removeLast() }
        if let equals = word.firstIndex(of: "=") {
          options[Self.fieldName(word[..<equals].lowercased())] = String(word[word.index(after: equals)...])
        }
        if isLast { return options }
      }
      return nil
    }

    /// The name in deb822 form of an option in brackets (sources.list(5), "Sources Options").
    private static func fieldName(_ option: String) -> String {
      switch option {
      case "arch": "architectures"
      case "arch+": "architectures-add"
      case "arch-": "architectures-remove"
      default: option.filter { $0 != "+" }
      }
    }

    mutating func readStanzas(_ file: TextFile) {
      var plain = file
      plain.lines = file.lines.filter { !$0.text.hasPrefix("#") }
      for stanza in ControlFile(plain).stanzas where !stanza.isEmpty {
        let origin = Origin(path: file.path, line: stanza.line, kind: .dropIn, text: stanza.summary)
        let types = Self.words(stanza["Types"])
        let uris = Self.words(stanza["URIs"])
        let suites = Self.words(stanza["Suites"])
        if types.isEmpty || uris.isEmpty || suites.isEmpty { problems.append(origin) }
        var options: [String: String] = [:]
        for name in [
          "Signed-By", "Trusted", "Allow-Insecure", "Allow-Weak", "Allow-Downgrade-To-Insecure",
          "Check-Valid-Until", "Architectures", "Architectures-Add", "Architectures-Remove",
        ] {
          if let value = stanza[name] { options[name.lowercased()] = value }
        }
        let isEnabled = stanza["Enabled"].flatMap(AptConfiguration.boolean) ?? true
        for type in types {
          for uri in uris {
            for suite in suites where entries.count < Self.limit {
              entries.append(
                AptSource(
                  type: type, uri: uri, suite: suite, components: Self.words(stanza["Components"]),
                  options: options,
                  isEnabled: isEnabled, origin: origin))
            }
          }
        }
      }
    }

    private static func words(_ field: String?) -> [String] {
      (field ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }
  }
}
