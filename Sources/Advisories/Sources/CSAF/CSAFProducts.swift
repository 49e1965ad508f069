import Facts

/// Gathers what a document says of each package in each distribution.
struct CSAFProducts {
  /// A package in a distribution.
  private struct Key: Hashable, Comparable {
    var ecosystem: String
    var name: String
    var module: String?

    static func < (left: Self, right: Self) -> Bool {
      (left.ecosystem, left.name, left.module ?? "") < (right.ecosystem, right.name, right.module ?? "")
    }
  }

  private struct Entry {
    var fixed: Set<String> = []
    var isAffected = false
    var isNotAffected = false
    var isInvestigated = false
    var architectures: Set<String> = []
    var severity: String?
    var note: String?
  }

  private let document: CSAFDocument
  private var entries: [Key: Entry] = [:]
  /// Why products were left out, a reason for each.
  private(set) var skipped: [String] = []

  init(_ document: CSAFDocument) { self.document = document }

  mutating func add(_ vulnerability: CSAFDocument.Vulnerability) {
    for id in vulnerability.fixed {
      change(id, vulnerability) { entry, version in
        if let version { entry.fixed.insert(version) }
      }
    }
    for id in vulnerability.affected { change(id, vulnerability) { entry, _ in entry.isAffected = true } }
    for id in vulnerability.notAffected {
      change(id, vulnerability) { entry, _ in entry.isNotAffected = true }
    }
    for id in vulnerability.investigated {
      change(id, vulnerability) { entry, _ in entry.isInvestigated = true }
    }
  }

  private mutating func change(
    _ id: String, _ vulnerability: CSAFDocument.Vulnerability, _ change: (inout Entry, String?) -> Void
  ) {
    switch CSAFPackage.of(id, in: document) {
    case .failure(let problem): skipped.append(problem.description)
    case .success(let package):
      if RpmNames.isForDebugging(package.name) { return }
      let key = Key(ecosystem: package.ecosystem, name: package.name, module: package.module)
      change(&entries[key, default: Entry()], package.version)
      entries[key]?.architectures.insert(package.architecture)
      if let severity = vulnerability.severities[id] { entries[key]?.severity = severity }
      if let note = vulnerability.unfixed[id] { entries[key]?.note = note }
    }
  }

  /// In the order of ecosystems and names. A fix outweighs "affected", which SUSE says beside it, and that outweighs
  /// the rest.
  var affected: [AffectedPackage] {
    entries.sorted { $0.key < $1.key }.compactMap { key, entry in
      var package = AffectedPackage(ecosystem: key.ecosystem, name: key.name)
      package.module = key.module
      package.statedSeverity = entry.severity
      package.architectures = Self.architectures(entry.architectures)
      if !entry.fixed.isEmpty {
        package.ranges = Self.ranges(entry.fixed)
      } else if entry.isAffected {
        package.ranges = [.init()]
        package.note = entry.note
      } else if entry.isNotAffected {
        package.status = .notAffected
      } else if entry.isInvestigated {
        package.status = .underInvestigation
      } else {
        return nil
      }
      return package
    }
  }

  /// None where it holds for all; `src` only where nothing else is known.
  private static func architectures(_ all: Set<String>) -> [String] {
    if all.contains("noarch") || all.contains("") { return [] }
    let binary = all.subtracting(["src"])
    return (binary.isEmpty ? all : binary).sorted()
  }

  /// What is affected where several minor releases have a fix of their own.
  ///
  /// Red Hat counts 9.2 (`23.el9_2.4`) and 9.3 (`26.el9_3.2`) as one product, `enterprise_linux:9`. Older than the first fix
  /// is affected. So is what is older than the next, but for later builds of the branch that has the first: those have
  /// the same version and the same first number of the release, or, where the next branch has that number too, the
  /// same mark `el9_2`.
  static func ranges(_ fixed: Set<String>) -> [AffectedPackage.Range] {
    let ordered = fixed.sorted { VersionScheme.rpm.order($0, $1) < 0 }
    var ranges: [AffectedPackage.Range] = []
    for (position, version) in ordered.enumerated() {
      if position == 0 {
        ranges.append(.init(fixed: version))
      } else if let start = endOfBranch(ordered[position - 1], before: version),
        VersionScheme.rpm.order(start, version) < 0
      {
        ranges.append(.init(introduced: start, fixed: version))
      }
    }
    return ranges
  }

  /// The first version that is no later build of the branch `version` is in; `version` itself where no branch is told.
  private static func endOfBranch(_ version: String, before next: String) -> String? {
    guard let (base, release) = halves(version), let (nextBase, nextRelease) = halves(next),
      let number = Int(release.prefix { $0.isASCII && $0.isNumber }), number < Int.max
    else { return version }
    let mark = minorMark(release)
    guard mark != nil, mark != minorMark(nextRelease) else { return version }
    let nextNumber = Int(nextRelease.prefix { $0.isASCII && $0.isNumber })
    if base == nextBase, number == nextNumber, let mark, let nextMark = minorMark(nextRelease) {
      return base + "-"
        + release.replacing(mark, with: nextMark, maxReplacements: 1).prefix(through: nextMark)
    }
    return "\(base)-\(number + 1)"
  }

  private static func halves(_ version: String) -> (base: String, release: String)? {
    guard let dash = version.lastIndex(of: "-") else { return nil }
    return (String(version[..<dash]), String(version[version.index(after: dash)...]))
  }

  /// `el9_2` of `23.el9_2.4`, `el8.10` of `473.module+el8.10.0+21354+3ad137bb`.
  private static func minorMark(_ release: String) -> String? {
    guard let start = release.firstRange(of: "el")?.lowerBound else { return nil }
    let mark = release[start...].dropFirst(2)
    let major = mark.prefix { $0.isASCII && $0.isNumber }
    let rest = mark.dropFirst(major.count)
    guard let sign = rest.first, sign == "_" || sign == "." && release.contains("module+") else {
      return nil
    }
    let minor = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
    return minor.isEmpty || major.isEmpty ? nil : "el\(major)\(sign)\(minor)"
  }
}

extension String {
  /// Up to and with the first occurrence of a part; all where there is none.
  fileprivate func prefix(through part: String) -> Substring {
    firstRange(of: part).map { self[..<$0.upperBound] } ?? self[...]
  }
}
