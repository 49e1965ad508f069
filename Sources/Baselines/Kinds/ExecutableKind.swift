import Binaries
import DiskImages
import Evidence
import Facts

/// What protects programs and libraries against misuse: addresses, stack, relocations, library paths.
public struct ExecutableKind: CheckKind {
  public static let name = "executable"
  public static let summary =
    "Looks at the headers of every program and library; each that lacks what is asked is a finding."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "require", .textList,
      "of ELF files: \(ExecutableRequirement.allCases.map(\.rawValue).joined(separator: ", "))"),
    .init(
      "require_pe", .textList,
      "of PE files: \(PERequirement.allCases.map(\.rawValue).joined(separator: ", "))"),
    .init(
      "rpath", .choice(["safe", "none"]), "library paths lead where root alone can write; or there are none"),
    .init("interpreter", .choice(["usual"]), "the dynamic linker lies where distributions keep it"),
    .init("interpreters", .textList, "patterns of further dynamic linkers that are usual"),
    .init("where", .mapping(ExecutableSelection.parameters), "which files are looked at"),
    .init(
      "allow", .textList,
      "paths or patterns that are no finding; `PATH PACKAGE|PACKAGE` only from these packages"),
    .init("summarise", .boolean, "one finding with a count and examples instead of one for each file"),
  ]

  private let requirements: [ExecutableRequirement]
  private let peRequirements: [PERequirement]
  private let rpath: String?
  private let asksInterpreter: Bool
  private let interpreters: PathPatterns
  private let selection: ExecutableSelection
  private let allowances: Allowances
  private let summarise: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    requirements = try parameters.cases("require")
    peRequirements = try parameters.cases("require_pe")
    rpath = parameters.text("rpath")
    asksInterpreter = parameters.has("interpreter")
    interpreters = PathPatterns(parameters.list("interpreters"))
    selection = try ExecutableSelection(parameters.mapping("where") ?? Parameters([:]))
    allowances = Allowances(parameters.list("allow"))
    summarise = parameters.boolean("summarise") ?? false
    if requirements.isEmpty, peRequirements.isEmpty, rpath == nil, !asksInterpreter {
      throw ParameterError(nil, "one of require, require_pe, rpath, interpreter is missing")
    }
  }

  public var plan: CollectionPlan {
    CollectionPlan([Executables.self, PackagedFiles.self] + selection.models)
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let all: Executables = try facts.model()
    let isChosen = try selection.test(facts, all)
    let packages = allowances.namesPackages ? try facts.model(PackagedFiles.self) : nil
    let paths = try LibraryPath(facts)
    var faults = ExecutableFaults(expected: expected)
    for item in all.items where asks(item) && isChosen(item.file, item.isPrivileged, item.elf) {
      faults.judged += 1
      do throws(EvidenceGap) {
        let objections = try objections(to: item, paths)
        if objections.isEmpty || allowances.verdict(on: item.file, item.file.path, packages) == .allowed {
          continue
        }
        faults.add(item, objections, package: all.owner(of: item.file), knowsPackages: all.knowsPackages)
      } catch {
        faults.addUnknown(item.file, error.description)
      }
    }
    for unread in all.unread where isChosen(unread.file, unread.isPrivileged, nil) {
      faults.addUnknown(unread.file, unread.reason)
    }
    return faults.outcomes(summarise: summarise)
  }

  /// Whether something is asked of files of this form.
  private func asks(_ item: Executables.Item) -> Bool {
    if item.elf == nil { return !peRequirements.isEmpty }
    return !requirements.isEmpty || rpath != nil || asksInterpreter
  }

  private func objections(
    to item: Executables.Item, _ paths: LibraryPath
  ) throws(EvidenceGap) -> [String] {
    switch item.properties {
    case .pe(let pe): return peRequirements.compactMap { $0.objection(to: pe) }
    case .elf(let elf):
      var objections = requirements.compactMap { $0.objection(to: elf) }
      for entry in rpath == nil ? [] : LibraryPath.entries(of: elf) {
        if rpath == "none" {
          objections.append("'\(entry)'")
        } else if let risk = try paths.risk(entry, of: item) {
          objections.append(risk)
        }
      }
      if asksInterpreter, let interpreter = elf.interpreter, !interpreters.match(interpreter),
        let oddity = paths.oddity(ofInterpreter: interpreter, item)
      {
        objections.append(oddity)
      }
      return objections
    }
  }

  private var expected: String {
    var words = requirements.map(\.words)
    if !peRequirements.isEmpty {
      words.append(peRequirements.map(\.rawValue).joined(separator: ", ") + " in PE files")
    }
    if rpath == "safe" { words.append("library paths where root alone can write") }
    if rpath == "none" { words.append("no library path") }
    if asksInterpreter { words.append("the distribution's dynamic linker") }
    return words.joined(separator: ", ")
  }
}

/// Collects what is wrong with many programs, as single findings or as one. A summary names first what no package
/// brought: there people can do something.
struct ExecutableFaults {
  private let expected: String
  /// How many files were looked at.
  var judged = 0
  private var findings = CappedOutcomes()
  private var foreign = CappedOutcomes()
  private var count = 0
  private var undecided = CappedOutcomes()
  private var unknown = 0
  private var unpackaged = 0
  private static let subject = "programs and libraries"

  init(expected: String) { self.expected = expected }

  mutating func add(_ item: Executables.Item, _ objections: [String], package: String?, knowsPackages: Bool) {
    count += 1
    if package == nil { unpackaged += 1 }
    let origin = package.map { "package \($0)" } ?? (knowsPackages ? "no package" : "package unknown")
    func finding() -> Outcome {
      let path = item.file.path
      return Outcome(
        .fail, subject: path, expected: expected,
        actual: "\(objections.prefix(8).joined(separator: ", ")) (\(origin))",
        evidence: [EvidenceLine(path: path, text: item.words, origin: origin)])
    }
    findings.add(finding())
    if package == nil, knowsPackages { foreign.add(finding()) }
  }

  /// A file of which it is not known.
  mutating func addUnknown(_ file: FileEntry, _ reason: String) {
    unknown += 1
    let path = file.path
    undecided.add(
      Outcome(
        .undecided(reason: "\(path): \(reason)"), subject: path, expected: expected, actual: reason))
  }

  func outcomes(summarise: Bool) -> [Outcome] {
    if count == 0, unknown == 0 {
      return [
        Outcome(.pass, subject: Self.subject, expected: expected, actual: "holds for all \(judged)")
      ]
    }
    if summarise { return (count > 0 ? [summary] : []) + further(undecided.outcomes, shown: 0) }
    let shown = undecided.outcomes
    return findings.all(subject: Self.subject) + shown + further(shown, shown: shown.count)
  }

  /// One answer for all files of which it is not known and that are not listed one by one.
  private func further(_ listed: [Outcome], shown: Int) -> [Outcome] {
    guard unknown > shown, let first = listed.first, case .undecided(let reason) = first.verdict else {
      return []
    }
    let words = "\(unknown - shown) files could not be read, such as \(reason)"
    return [
      Outcome(
        .undecided(reason: words), subject: "unreadable programs", expected: expected, actual: words)
    ]
  }

  private var origin: String {
    unpackaged == 0 ? "all of them from packages" : "\(unpackaged) of them from no package"
  }

  private var summary: Outcome {
    let foreignPaths = Set(foreign.outcomes.map(\.subject))
    let named = foreign.outcomes + findings.outcomes.filter { !foreignPaths.contains($0.subject) }
    let examples = named.prefix(5).map { "\($0.subject): \($0.actual)" }
    let more = count > examples.count ? "; …" : ""
    return Outcome(
      .fail, subject: Self.subject, expected: expected,
      actual: "not so for \(count) of \(judged), \(origin): "
        + examples.joined(separator: "; ") + more,
      evidence: named.prefix(20).flatMap(\.evidence))
  }
}

extension Executables.Item {
  /// What the file is, in one line.
  var words: String {
    switch properties {
    case .pe(let pe):
      return "PE \(pe.machine.name)\(pe.isFirmwareProgram ? ", UEFI" : "")"
    case .elf(let elf):
      var words = ["ELF \(elf.is64Bit ? 64 : 32)-bit \(elf.machine.name) \(elf.role.rawValue)"]
      if elf.isStatic { words.append("static") }
      if let language = elf.language { words.append(language == .go ? "Go" : "Rust") }
      words.append("RELRO \(elf.relro.rawValue)")
      return words.joined(separator: ", ")
    }
  }
}
