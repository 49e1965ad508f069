/// A baseline as a file defines it.
struct BaselineSource {
  struct Selection {
    var pattern: String
    var place: SourcePlace
  }

  struct Disabling {
    var pattern: String
    var reason: String
    var place: SourcePlace
  }

  static let keys = [
    "id", "version", "title", "description", "benchmark", "extends", "library", "applies_to", "values", "set",
    "select", "disable", "severities", "checks",
  ]

  let file: String
  let id: String
  let place: SourcePlace
  let version: String
  let title: String
  let description: String?
  let benchmark: LoadedBaseline.Benchmark?
  let extends: [(text: String, place: SourcePlace)]
  /// Paths of folders and files; nil for the folder `checks` beside the file, if there is one.
  let library: [(text: String, place: SourcePlace)]?
  let appliesTo: Applicability?
  let values: [ValueDeclaration]
  let settings: [SourceNode.Entry]
  let select: [Selection]
  let disable: [Disabling]
  let severities: [(id: String, severity: Severity, place: SourcePlace)]
  let checks: [CheckSource]

  /// Reads a file; nil after a problem that leaves nothing to work with.
  init?(_ node: SourceNode, file: String, kinds: KindRegistry, _ problems: ProblemList) {
    guard let reader = MappingReader(node, "a baseline", keys: Self.keys, problems),
      let id = reader.text("id", required: true)
    else { return nil }
    self.file = file
    self.id = id
    place = reader["id"]?.place ?? node.place
    if id.isEmpty || !id.utf8.allSatisfy({ CheckSource.isIDByte($0) || $0 == UInt8(ascii: ".") }) {
      problems.add(place, "'\(id.prefix(60))' is not an id: lower-case letters, digits, - and .")
    }
    version = reader.text("version", required: true) ?? ""
    title = reader.text("title", required: true) ?? ""
    description = reader.text("description")
    benchmark = Self.benchmark(reader, problems)
    extends = reader.texts("extends")
    library = reader["library"] == nil ? nil : reader.texts("library")
    appliesTo = Self.applicability(reader, id, problems)
    values = Self.declarations(reader["values"], problems)
    settings = Self.entries("set", reader, problems)
    select = reader.texts("select").map { Selection(pattern: $0.text, place: $0.place) }
    disable = Self.disabling(reader, problems)
    severities = Self.severities(reader, problems)
    checks = reader.elements("checks").compactMap {
      CheckSource($0, definedIn: id, isInLibrary: false, kinds: kinds, problems)
    }
  }

  private static func benchmark(
    _ reader: MappingReader, _ problems: ProblemList
  ) -> LoadedBaseline.Benchmark? {
    let keys = ["name", "version", "profile", "certified"]
    guard let node = reader["benchmark"],
      let benchmark = MappingReader(node, "'benchmark'", keys: keys, problems),
      let name = benchmark.text("name", required: true),
      let version = benchmark.text("version", required: true)
    else { return nil }
    guard let isCertified = benchmark.boolean("certified") else {
      if benchmark["certified"] == nil { problems.add(node.place, "'benchmark' lacks 'certified'") }
      return nil
    }
    return .init(
      name: name, version: version, profile: benchmark.text("profile"), isCertified: isCertified)
  }

  private static func applicability(
    _ reader: MappingReader, _ id: String, _ problems: ProblemList
  ) -> Applicability? {
    let keys = ["os", "distribution", "version"]
    guard let node = reader["applies_to"],
      let guests = MappingReader(node, "'applies_to'", keys: keys, problems)
    else { return nil }
    if let os = guests.text("os"), os != "linux" {
      problems.add(
        guests["os"]?.place, "'os' is linux, the only one that can be judged, not '\(os.prefix(60))'")
    }
    let versions = guests.texts("version").map(\.text)
    let distributions = guests.texts("distribution").map(\.text)
    if !versions.isEmpty, distributions.isEmpty {
      problems.add(guests["version"]?.place, "'version' means nothing without 'distribution'")
    }
    return Applicability(baseline: id, distributions: distributions, versions: versions)
  }

  /// The entries of `values:`, of a baseline or a library.
  static func declarations(_ node: SourceNode?, _ problems: ProblemList) -> [ValueDeclaration] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      problems.add(node.place, "'values' is a mapping from a name to a declaration, not \(node.words)")
      return []
    }
    return entries.compactMap { ValueDeclaration($0, problems) }
  }

  /// The entries of a mapping with free keys.
  static func entries(_ key: String, _ reader: MappingReader, _ problems: ProblemList) -> [SourceNode.Entry] {
    guard let node = reader[key] else { return [] }
    if let entries = node.entries { return entries }
    problems.add(node.place, "'\(key)' is a mapping, not \(node.words)")
    return []
  }

  private static func disabling(_ reader: MappingReader, _ problems: ProblemList) -> [Disabling] {
    reader.elements("disable").compactMap { node in
      let keys = ["check", "reason"]
      guard let entry = MappingReader(node, "an element of 'disable'", keys: keys, problems),
        let pattern = entry.text("check", required: true),
        let reason = entry.text("reason", required: true)
      else { return nil }
      return Disabling(pattern: pattern, reason: reason, place: entry["check"]?.place ?? node.place)
    }
  }

  private static func severities(
    _ reader: MappingReader, _ problems: ProblemList
  ) -> [(id: String, severity: Severity, place: SourcePlace)] {
    entries("severities", reader, problems).compactMap { entry in
      var wrapper = entry.value
      wrapper.content = .mapping([.init(key: "severity", place: entry.place, value: entry.value)])
      guard let reader = MappingReader(wrapper, "'severities'", keys: ["severity"], problems),
        let severity = reader.choice("severity", Severity.self)
      else { return nil }
      return (entry.key, severity, entry.place)
    }
  }
}
