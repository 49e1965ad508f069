import Binaries
import DiskImages
import Evidence
import Facts

/// Which programs and libraries a check looks at.
struct ExecutableSelection: Sendable {
  static let parameters: [ParameterSpecification] = [
    .init("setuid", .boolean, "only those with set-id bits or file capabilities; false: without these"),
    .init("daemons", .boolean, "only programs that systemd starts as services; false: others"),
    .init("packaged", .boolean, "only files that a package brought; false: that none did"),
    .init("paths", .textList, "patterns of paths; `/usr/**`"),
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
    .init("role", .choice(["program", "library"]), "programs or libraries alone"),
    .init("languages", .textList, "made by compilers of these languages: go, rust, other"),
  ]

  private let isPrivileged: Bool?
  private let isDaemon: Bool?
  private let isPackaged: Bool?
  private let paths: PathPatterns
  private let exclude: PathPatterns
  private let role: ELFProperties.Role?
  private let languages: Set<String>

  init(_ parameters: Parameters) throws(ParameterError) {
    isPrivileged = parameters.boolean("setuid")
    isDaemon = parameters.boolean("daemons")
    isPackaged = parameters.boolean("packaged")
    paths = PathPatterns(parameters.list("paths"))
    exclude = PathPatterns(parameters.list("exclude"))
    role = parameters.text("role").flatMap(ELFProperties.Role.init)
    languages = Set(parameters.list("languages"))
    for language in languages where !["go", "rust", "other"].contains(language) {
      throw ParameterError("languages", "'\(language)' is none of go, rust, other")
    }
  }

  var models: [any FactModel.Type] { isDaemon == nil ? [] : [ServicePrograms.self, SystemdUnits.self] }

  /// Whether a file is looked at: the file, whether it is privileged, and what is known of it if it is ELF.
  typealias Test = (FileEntry, _ isPrivileged: Bool, ELFProperties?) -> Bool

  /// A test for the guest's files.
  func test(_ facts: GuestFacts, _ all: Executables) throws(EvidenceGap) -> Test {
    if isPackaged != nil, !all.knowsPackages {
      throw EvidenceGap(
        path: "/var/lib/dpkg/info", reason: "no lists of packaged files that Brinell can read")
    }
    let daemons = isDaemon == nil ? nil : try facts.model(ServicePrograms.self).units
    return { file, isPrivileged, elf in
      isChosen(isPrivileged, isDaemon: daemons.map { $0[file.id] != nil }) && hasForm(elf)
        && isPackaged.map { $0 == (all.owner(of: file) != nil) } ?? true && isPlaced(file)
    }
  }

  /// Of `setuid: true` and `daemons: true` one suffices; each `false` excludes.
  private func isChosen(_ privileged: Bool, isDaemon daemon: Bool?) -> Bool {
    if isPrivileged == false, privileged { return false }
    if isDaemon == false, daemon == true { return false }
    guard isPrivileged == true || isDaemon == true else { return true }
    return isPrivileged == true && privileged || isDaemon == true && daemon == true
  }

  private func hasForm(_ elf: ELFProperties?) -> Bool {
    guard let elf else { return true }
    if let role, elf.role != role { return false }
    return languages.isEmpty || languages.contains(elf.language?.rawValue ?? "other")
  }

  private func isPlaced(_ file: FileEntry) -> Bool {
    if paths.isEmpty, exclude.isEmpty { return true }
    let path = file.path
    return (paths.isEmpty || paths.match(path)) && !exclude.matchOrHold(path)
  }
}
