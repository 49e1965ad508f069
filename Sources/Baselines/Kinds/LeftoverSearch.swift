import DiskImages
import Evidence
import Facts

/// What a leftover check looks for, and how what it finds is put together.
struct LeftoverSearch: Sendable {
  /// What one finding stands for.
  enum Grouping: String, Sendable, CaseIterable {
    /// What matched, or for a pattern that ends in a wildcard the directory that holds it.
    case place
    /// The directory that holds what matched.
    case directory
    /// The directory below the root, one or two levels down: /usr/lib.
    case top
  }

  /// What counts.
  enum Counting: String, Sendable, CaseIterable {
    /// Regular files that are not empty.
    case content
    /// Everything but directories.
    case everything
  }

  /// Conditions besides the name.
  enum Condition: String, Sendable, CaseIterable {
    /// No package brought it, and no tool makes it of what packages brought.
    case unpackaged
    /// A symbolic link that leads nowhere.
    case dangling
    /// Named after no account, and the home of none.
    case nobodys
  }

  var paths: [GlobPattern]
  var names: NamePatterns
  var roots: [String]
  var exclude: PathPatterns
  var allow: PathPatterns
  var conditions: Set<Condition>
  var grouping: Grouping
  var counting: Counting

  /// Finds what matches, by the subject that it is reported under.
  func run(_ facts: GuestFacts) throws(EvidenceGap) -> [String: SpaceTally] {
    var finder = try Finder(self, facts)
    for path in paths {
      let isWild = path.description.split(separator: "/").last.map { String($0).isGlob } ?? false
      for entry in try facts.evidence.entries(matching: path) { finder.take(entry, isWild: isWild) }
    }
    if !names.isEmpty || paths.isEmpty { try walk(&finder, facts.evidence) }
    return finder.found
  }

  private func walk(_ finder: inout Finder, _ evidence: Evidence) throws(EvidenceGap) {
    for root in roots {
      guard let top = try evidence.entry(at: root) else { continue }
      var skipped: Set<UInt32> = []
      for entry in top.subtree where entry.id != top.id {
        let isDirectory = entry.type == .directory
        if skipped.contains(entry.parent.id) {
          if isDirectory { skipped.insert(entry.id) }
          continue
        }
        if isDirectory, isLeftOut(entry) {
          skipped.insert(entry.id)
          continue
        }
        let isMatch = names.isEmpty ? !isDirectory : names.match(entry.nameBytes)
        guard isMatch else { continue }
        // What lies below belongs to what matched.
        if isDirectory { skipped.insert(entry.id) }
        finder.take(entry, isWild: false)
      }
    }
  }

  private func isLeftOut(_ directory: FileEntry) -> Bool {
    if directory.parent.id == 0, FileScanKind.isPseudo(directory.path) { return true }
    return !exclude.isEmpty && exclude.match(directory.path)
  }

  /// Counts what is found.
  private struct Finder {
    private let search: LeftoverSearch
    private let index: FileIndex
    private let packages: PackagedFiles?
    private let accounts: Set<String>
    private let homes: Set<String>
    private var seen: Set<UInt32> = []
    private(set) var found: [String: SpaceTally] = [:]

    init(_ search: LeftoverSearch, _ facts: GuestFacts) throws(EvidenceGap) {
      self.search = search
      index = facts.evidence.index
      packages = search.conditions.contains(.unpackaged) ? try facts.model(PackagedFiles.self) : nil
      if let packages, !packages.isKnown {
        throw EvidenceGap(
          path: "/var/lib/dpkg/info", reason: "no lists of packaged files that Brinell can read")
      }
      if search.conditions.contains(.nobodys) {
        let accounts: Accounts = try facts.model()
        if let source = accounts.foreignAccountSources.first {
          throw EvidenceGap(path: "/etc/nsswitch.conf", reason: "accounts also come from \(source)")
        }
        self.accounts = Set(accounts.accounts.map(\.name))
        homes = Set(accounts.accounts.map(\.home))
      } else {
        (accounts, homes) = ([], [])
      }
    }

    mutating func take(_ match: FileEntry, isWild: Bool) {
      // What was seen has been counted with all that lies below.
      if seen.contains(match.id) { return }
      if search.conditions.contains(.nobodys), accounts.contains(match.name) || homes.contains(match.path) {
        return
      }
      var subject: String?
      for entry in match.subtree {
        guard counts(entry), seen.insert(entry.id).inserted, !isAllowed(entry) else {
          seen.insert(entry.id)
          continue
        }
        let group = subject ?? self.subject(of: match, isWild)
        subject = group
        found[group, default: SpaceTally()].add(entry)
      }
    }

    private func isAllowed(_ entry: FileEntry) -> Bool {
      if search.allow.isEmpty, search.exclude.isEmpty { return false }
      let path = entry.path
      return search.allow.matchOrHold(path) || search.exclude.matchOrHold(path)
    }

    private func counts(_ entry: FileEntry) -> Bool {
      if search.conditions.contains(.dangling) { return isDangling(entry) }
      switch search.counting {
      case .content: if entry.type != .regular || entry.metadata.size == 0 { return false }
      case .everything: if entry.type == .directory { return false }
      }
      guard let packages else { return true }
      return packages.owner(of: entry) == nil
        && !GeneratedFiles.holds(entry, entry.path, packages, index)
    }

    private func isDangling(_ entry: FileEntry) -> Bool {
      guard entry.type == .symbolicLink else { return false }
      // What a boot makes is not there yet.
      switch index.target(of: entry) {
      case .absent(let path): return !FileScanKind.isPseudo(path)
      case .loop: return true
      case .found, .unknown: return false
      }
    }

    private func subject(of match: FileEntry, _ isWild: Bool) -> String {
      switch search.grouping {
      case .place: return isWild ? match.parent.path : match.path
      case .directory: return match.parent.path
      case .top:
        let parts = match.path.split(separator: "/").dropLast().prefix(2)
        return "/" + parts.joined(separator: "/")
      }
    }
  }
}
