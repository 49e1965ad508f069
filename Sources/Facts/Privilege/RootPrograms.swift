import DiskImages
import Evidence

/// What root executes without being asked: jobs of cron, programs of units, hooks of the system's tools, start files of
/// root's shells, programs that sudo starts without a password, libraries that every program loads.
///
/// Scripts are not followed into the commands that they run in turn. Names that are looked up in PATH are covered by
/// the directories of root's PATH.
public struct RootPrograms: FactModel {
  public static let needs: [ContentNeed] =
    CronJobs.needs + SystemdUnits.needs + Sudoers.needs + AptConfiguration.needs + IdentityNames.needs
    + InterestingInodes.needs + [
      "/etc/logrotate.conf", "/etc/logrotate.d/*", "/etc/ld.so.preload", "/etc/ld.so.conf",
      "/etc/ld.so.conf.d/*.conf",
      "/etc/udev/rules.d/*.rules", "/usr/lib/udev/rules.d/*.rules", "/usr/local/lib/udev/rules.d/*.rules",
      "/lib/udev/rules.d/*.rules",
    ]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { Sudoers.furtherNeeds(evidence) }

  /// Every file, each path and role once.
  public let programs: [RootProgram]
  /// Sources that could not be read.
  public let gaps: [EvidenceGap]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var list = RootProgramList(evidence: facts.evidence)
    // What names a file says more of it than the folder in which it lies.
    for source in RootProgramList.Source.allCases {
      do {
        try list.add(source, facts)
      } catch {
        list.gaps.append(error)
      }
    }
    list.addFolders()
    list.addHomes(try Self.homesOfRoot(facts.evidence))
    programs = list.programs
    gaps = list.gaps
  }

  /// Homes of all accounts with number 0.
  private static func homesOfRoot(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    guard let file = try evidence.text(at: "/etc/passwd") else { return ["/root"] }
    var homes: [String] = []
    for line in file.lines {
      let fields = line.text.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count > 5, UInt32(fields[2]) == 0, fields[5].hasPrefix("/"), homes.count < 16 else {
        continue
      }
      if !homes.contains(String(fields[5])) { homes.append(String(fields[5])) }
    }
    return homes
  }
}

/// Collects the programs of all sources.
struct RootProgramList {
  /// More are a guest that wants to keep us busy.
  static let limit = 200_000

  let evidence: Evidence
  private(set) var programs: [RootProgram] = []
  var gaps: [EvidenceGap] = []
  private var seen: Set<String> = []

  init(evidence: Evidence) { self.evidence = evidence }

  mutating func add(_ path: String, _ role: String, _ origin: Origin? = nil) {
    guard path.hasPrefix("/"), programs.count < Self.limit, seen.insert(path).inserted else { return }
    programs.append(RootProgram(path, role: role, origin: origin))
  }

  /// Everything that a command line of a shell executes.
  mutating func addCommand(_ text: String, _ role: String, _ origin: Origin?) {
    add(CommandPaths(text), role, origin)
  }

  /// Everything that a program with its arguments executes.
  mutating func addCommand(_ words: [String], _ role: String, _ origin: Origin?) {
    add(CommandPaths(words: words), role, origin)
  }

  private mutating func add(_ command: CommandPaths, _ role: String, _ origin: Origin?) {
    for path in command.paths { add(path, role, origin) }
    for folder in command.folders { addFolder(folder, role, origin) }
  }

  /// A folder and what lies in it.
  mutating func addFolder(_ path: String, _ role: String, _ origin: Origin? = nil) {
    guard case .found(let folder) = evidence.index.resolve(path), folder.type == .directory else { return }
    add(path, role, origin)
    for entry in folder.children where entry.type == .regular || entry.type == .symbolicLink {
      add(path + "/" + entry.name, role, origin)
    }
  }

  /// A folder with all that lies below it.
  mutating func addTree(_ path: String, _ role: String) {
    guard case .found(let folder) = evidence.index.resolve(path), folder.type == .directory else { return }
    for entry in folder.subtree.prefix(20_000) { add(entry.path, role) }
  }

  /// Files that a pattern names.
  mutating func addFiles(_ pattern: String, _ role: String, _ origin: Origin? = nil) {
    for entry in evidence.index.matches(GlobPattern(pattern)) { add(entry.path, role, origin) }
  }
}
