import DiskImages
import Evidence
import Facts

/// Judges one setting of layered configuration files in a common format.
public struct ConfigKind: CheckKind {
  public static let name = "config"
  public static let summary =
    "Reads one setting from configuration files in a common format, main files and drop-ins layered "
    + "as the program layers them, and compares the value that counts."
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "format", .choice(ConfigFormat.allCases.map(\.rawValue)), required: true, "how the files look"),
      .init("file", .text, "with format systemd: the name below /etc/systemd, e.g. journald.conf"),
      .init("path", .textList, "files and patterns in the order in which the program reads them"),
      .init("paths", .textList, "the same as path"),
      .init(
        "main", .choice(["all", "first"]),
        "whether all of the paths are read or the first that exists; all unless given"),
      .init(
        "drop_ins", .textList,
        "directories of drop-ins, the strongest first; a name masks the same name in weaker ones"),
      .init("suffix", .text, "the ending of drop-ins; .conf unless given"),
      .init("section", .text, "the section, possibly a pattern; any unless given"),
      .init(
        "key", .text, required: true, "the key, section/key, or for trees a.b.c with * for any key or element"
      ),
      .init("ignore_key_case", .boolean, "letters of either case are equal in sections and keys"),
      .init(
        "merge", .choice(["last", "first", "all"]), "which of several assignments counts; last unless given"),
      .init("valid", .textList, "values that the program accepts; it ignores an assignment of another"),
      .init("as", .choice(ValueForm.allCases.map(\.rawValue)), "how the value is read before it is compared"),
      .init("split", .text, "characters that separate the elements of a list in one value"),
      .init("ignore_case", .boolean, "letters of either case are equal in values"),
      .init("exists", .boolean, "the setting is made somewhere, or it is not"),
      .init("default", .text, "the value compiled into the program, which counts where no file sets one"),
      .init("default_source", .text, "where that default is documented"),
      .init(
        "if_absent", .choice(["pass", "fail", "undecided"]),
        "the answer without value and default; fail unless given"),
    ] + Comparison.parameters

  private let format: ConfigFormat
  private let layers: ConfigLayers
  private let query: ConfigQuery
  private let setting: SettingRequirement
  private let merge: String
  private let valid: [String]
  private let form: ValueForm
  private let exists: Bool?

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let format = ConfigFormat(rawValue: try parameters.required("format")) else {
      throw ParameterError("format", "unknown format")
    }
    self.format = format
    layers = try Self.layers(parameters, format)
    query = ConfigQuery(
      try parameters.required("key"), section: parameters.text("section"), isTree: format.isTree,
      ignoresCase: parameters.boolean("ignore_key_case") ?? false)
    merge = parameters.text("merge") ?? "last"
    valid = parameters.list("valid")
    form = parameters.text("as").flatMap(ValueForm.init) ?? .text
    exists = parameters.boolean("exists")
    setting = try SettingRequirement(parameters, form: form, exists: exists)
  }

  private static func layers(_ parameters: Parameters, _ format: ConfigFormat) throws(ParameterError)
    -> ConfigLayers
  {
    let paths = parameters.list("path") + parameters.list("paths")
    for path in paths + parameters.list("drop_ins") where !path.hasPrefix("/") {
      throw ParameterError(nil, "'\(path)' is not an absolute path")
    }
    if let file = parameters.text("file") {
      guard format == .systemd, paths.isEmpty else {
        throw ParameterError("file", "'file' belongs to format systemd, without paths")
      }
      guard !file.contains("/") else {
        throw ParameterError("file", "a name below /etc/systemd, without slash")
      }
      return .systemd(file)
    }
    guard !paths.isEmpty else { throw ParameterError(nil, "'path' is missing") }
    return ConfigLayers(
      paths: paths, firstOnly: parameters.text("main") == "first", dropIns: parameters.list("drop_ins"),
      suffix: parameters.text("suffix") ?? ".conf")
  }

  public var plan: CollectionPlan { CollectionPlan(needs: Set(layers.needs)) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let files = try layers.files(facts.evidence)
    let settings = try LayeredConfig(files, format, query)
    if settings.candidates.isEmpty {
      return [setting.judge(nil, subject: subject(query.name), fallback: fallback(files))]
    }
    return settings.candidates.map { name, all in
      let value = chosen(all)
      return setting.judge(value, subject: subject(name), fallback: value == nil ? fallback(files) : nil)
    }
  }

  /// The value that counts, of those that the program accepts.
  private func chosen(_ all: [LayeredConfig.Candidate]) -> Effective<[String]>? {
    var accepted: [LayeredConfig.Candidate] = []
    for candidate in all {
      // To systemd's daemons an empty assignment means the default (systemd.syntax(7)).
      if format == .systemd, candidate.value == [""] {
        accepted = []
      } else if valid.isEmpty || candidate.value.allSatisfy({ valid.contains($0) }),
        form.accepts(candidate.value)
      {
        accepted.append(candidate)
      }
    }
    switch merge {
    case "first":
      guard let first = accepted.first else { return nil }
      return Effective(first.value, origin: first.origin, shadowed: Array(accepted.dropFirst()))
    case "all":
      guard let last = accepted.last else { return nil }
      return Effective(
        accepted.flatMap(\.value), origin: last.origin, shadowed: accepted.dropLast().reversed())
    default:
      guard let last = accepted.last else { return nil }
      return Effective(last.value, origin: last.origin, shadowed: accepted.dropLast().reversed())
    }
  }

  /// A default that the distribution's own file shows, for systemd's daemons.
  private func fallback(_ files: [ConfigLayers.Layer]) -> Effective<[String]>? {
    guard format == .systemd, let main = files.first else { return nil }
    guard
      let shown = ConfigFormat.commentedDefaults(in: main.file).last(where: { assignment in
        assignment.key == query.keys.last && (query.section == nil || assignment.section == query.section)
      }), !shown.value.isEmpty
    else { return nil }
    return Effective(
      [shown.value],
      origin: Origin(
        path: main.file.path, line: shown.line, kind: .compiledDefault, text: "#\(shown.key)=\(shown.value)"))
  }

  private func subject(_ name: String) -> String { "\(layers.paths[0]): \(name)" }

  public var fix: Fix? {
    guard exists != false, let value = setting.wanted, layers.paths.count == 1 || format == .systemd,
      !query.name.isGlob, !layers.paths[0].isGlob
    else { return nil }
    return ConfigFix(format: format, layers: layers, query: query, value: value).fix
  }
}
