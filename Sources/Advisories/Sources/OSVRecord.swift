import Facts

/// One record as OSV writes it, brought to an `Advisory`.
struct OSVRecord {
  private(set) var advisory = Advisory(id: "")
  private(set) var modified: String?
  private(set) var isWithdrawn = false
  private var related: [String] = []
  private var upstream: [String] = []

  /// Links that are kept of each record.
  private static let referencesKept = 2

  init(_ json: inout JSONReader) throws(JSONError) {
    guard try json.kind() == .object else {
      try json.skip()
      return
    }
    var references: [(isAdvisory: Bool, url: String)] = []
    var record = Self.empty
    try json.members { key, json throws(JSONError) in
      switch key {
      case "id": record.advisory.id = try json.string() ?? ""
      case "modified": record.modified = try json.string()
      case "published": record.advisory.published = try json.string().map { String($0.prefix(10)) }
      case "withdrawn": record.isWithdrawn = try json.string() != nil
      case "aliases": record.advisory.aliases += try json.strings()
      case "upstream": record.upstream = try json.strings()
      case "related": record.related = try json.strings()
      case "summary": record.advisory.summary = Self.line(try json.string() ?? "")
      case "severity": try record.readSeverity(&json)
      case "database_specific", "ecosystem_specific":
        if let word = try Self.statedSeverity(&json) { record.advisory.statedSeverity = word }
      case "references":
        try json.elements { json throws(JSONError) in
          if let reference = try Self.reference(&json) { references.append(reference) }
        }
      case "affected":
        try json.elements { json throws(JSONError) in try record.readAffected(&json) }
      default: try json.skip()
      }
    }
    record.advisory.references =
      (references.filter(\.isAdvisory) + references.filter { !$0.isAdvisory })
      .prefix(Self.referencesKept).map(\.url)
    record.addAliases()
    self = record
  }

  private init() {}
  private static var empty: OSVRecord { OSVRecord() }

  /// Why the record is left out; nil if it is taken.
  var objection: String? {
    if advisory.id.isEmpty { return "no id" }
    if isWithdrawn { return "withdrawn" }
    if advisory.affected.isEmpty { return "no package that a version tells" }
    return nil
  }

  /// `upstream` names what a distribution's advisory is about. `related` did so in older records of advisories of
  /// distributions, while in others it names other vulnerabilities.
  private mutating func addAliases() {
    var names = advisory.aliases + upstream
    let isOfVulnerability = ["CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-", "MAL-", "OSV-"].contains {
      advisory.id.hasPrefix($0)
    }
    if !isOfVulnerability, !names.contains(where: { $0.hasPrefix("CVE-") }) { names += related }
    // Debian's and Ubuntu's own names of a CVE hold it.
    for prefix in ["DEBIAN-CVE-", "UBUNTU-CVE-", "ALPINE-CVE-"] where advisory.id.hasPrefix(prefix) {
      names.append(String(advisory.id.dropFirst(prefix.count - 4)))
    }
    var seen: Set<String> = [advisory.id]
    advisory.aliases = names.filter { seen.insert($0).inserted }
  }

  private static func line(_ text: String) -> String {
    String(text.prefix { !$0.isNewline }.prefix(300))
  }

  private mutating func readSeverity(_ json: inout JSONReader) throws(JSONError) {
    var (vectors, word): ([String], String?) = ([], nil)
    try json.elements { json throws(JSONError) in
      var (type, score): (String?, String?)
      try json.members { key, json throws(JSONError) in
        switch key {
        case "type": type = try json.string()
        case "score": score = try json.string()
        default: try json.skip()
        }
      }
      guard let score else { return }
      if score.hasPrefix("CVSS:") {
        vectors.append(score)
      } else if type?.hasPrefix("CVSS") != true {
        word = score
      }
    }
    advisory.cvss += vectors.filter { !advisory.cvss.contains($0) }
    if let word { advisory.statedSeverity = word }
  }

  /// `severity` of GitHub, `urgency` of Debian, in objects of the database's own.
  private static func statedSeverity(_ json: inout JSONReader) throws(JSONError) -> String? {
    var result: String?
    try json.members { key, json throws(JSONError) in
      switch key {
      case "severity", "urgency", "ubuntu_priority", "priority": result = try json.string() ?? result
      default: try json.skip()
      }
    }
    return result
  }

  private static func reference(
    _ json: inout JSONReader
  ) throws(JSONError) -> (isAdvisory: Bool, url: String)? {
    var (type, url): (String?, String?)
    try json.members { key, json throws(JSONError) in
      switch key {
      case "type": type = try json.string()
      case "url": url = try json.string()
      default: try json.skip()
      }
    }
    return url.map { (type == "ADVISORY", $0) }
  }

  // MARK: Affected packages

  private mutating func readAffected(_ json: inout JSONReader) throws(JSONError) {
    var package = AffectedPackage(ecosystem: "", name: "")
    var purl: String?
    var groups: [[OSVEvent]] = []
    try json.members { key, json throws(JSONError) in
      switch key {
      case "package":
        try json.members { key, json throws(JSONError) in
          switch key {
          case "ecosystem": package.ecosystem = try json.string() ?? ""
          case "name": package.name = try json.string() ?? ""
          case "purl": purl = try json.string()
          default: try json.skip()
          }
        }
      case "ranges":
        try json.elements { json throws(JSONError) in
          if let events = try OSVEvent.range(&json) { groups.append(events) }
        }
      case "versions": package.versions = try json.strings()
      case "severity": try readSeverity(&json)
      case "database_specific", "ecosystem_specific":
        if let word = try Self.statedSeverity(&json) { package.statedSeverity = word }
      default: try json.skip()
      }
    }
    guard !package.name.isEmpty, !package.ecosystem.isEmpty else { return }
    let order = Ecosystem(package.ecosystem).scheme
    package.ranges = groups.flatMap { OSVEvent.pairs($0, order) }
    // What a distribution lists is what lies in the ranges; the lists of all its versions are long.
    if !package.ranges.isEmpty, Ecosystem(package.ecosystem).isDistribution { package.versions = [] }
    package.module = purl.flatMap(Self.module)
    if !package.ranges.isEmpty || !package.versions.isEmpty { advisory.affected.append(package) }
  }

  /// `rpmmod=NAME:STREAM…` of a package URL.
  private static func module(_ purl: String) -> String? {
    guard let start = purl.range(of: "rpmmod=")?.upperBound else { return nil }
    let text = purl[start...].prefix { $0 != "&" && $0 != "#" }
    let parts = text.replacing("%3A", with: ":").replacing("%3a", with: ":").split(separator: ":")
    return parts.count >= 2 ? "\(parts[0]):\(parts[1])" : nil
  }
}

/// A point at which versions become affected or cease to be.
struct OSVEvent: Hashable {
  enum Kind: Int { case fixed, introduced, lastAffected }

  var kind: Kind
  var version: String

  /// The events of one range; nil for ranges of git commits.
  static func range(_ json: inout JSONReader) throws(JSONError) -> [OSVEvent]? {
    var type: String?
    var events: [OSVEvent] = []
    try json.members { key, json throws(JSONError) in
      switch key {
      case "type": type = try json.string()
      case "events":
        try json.elements { json throws(JSONError) in
          try json.members { key, json throws(JSONError) in
            guard let kind = Self.kinds[key] else { return try json.skip() }
            if let version = try json.string() { events.append(OSVEvent(kind: kind, version: version)) }
          }
        }
      default: try json.skip()
      }
    }
    return type == "GIT" ? nil : events
  }

  private static let kinds: [String: Kind] = [
    "introduced": .introduced, "fixed": .fixed, "last_affected": .lastAffected,
  ]

  /// Half-open ranges of events in any order, as the schema evaluates them: sorted by version, `0` being before all.
  /// Where the order of the ecosystem is not known, they are taken as they stand.
  static func pairs(_ events: [OSVEvent], _ scheme: VersionScheme?) -> [AffectedPackage.Range] {
    var result: [AffectedPackage.Range] = []
    var open: AffectedPackage.Range?
    for event in sorted(events, scheme) {
      switch event.kind {
      case .introduced:
        if open == nil { open = .init(introduced: event.version == "0" ? nil : event.version) }
      case .fixed:
        // A fix alone stands for everything before it.
        var range = open ?? .init()
        if open == nil && !result.isEmpty { continue }
        range.fixed = event.version
        result.append(range)
        open = nil
      case .lastAffected:
        var range = open ?? .init()
        if open == nil && !result.isEmpty { continue }
        range.lastAffected = event.version
        result.append(range)
        open = nil
      }
    }
    if let open { result.append(open) }
    return result
  }

  private static func sorted(_ events: [OSVEvent], _ scheme: VersionScheme?) -> [OSVEvent] {
    // Most ranges are an introduction and a fix, in this order.
    if events.count < 2 || events.count == 2 && events[0].kind == .introduced && events[0].version == "0" {
      return events
    }
    guard let scheme, events.count <= 10_000 else { return events }
    return events.sorted { left, right in
      let isFirst = (
        left.kind == .introduced && left.version == "0", right.kind == .introduced && right.version == "0"
      )
      if isFirst.0 || isFirst.1 { return isFirst.0 && !isFirst.1 }
      let order = scheme.order(left.version, right.version)
      return order != 0 ? order < 0 : left.kind.rawValue < right.kind.rawValue
    }
  }
}
