import Facts

/// How much apt wants which version (apt 2.6, policy.cc: pkgPolicy; apt_preferences(5)).
struct AptPolicy {
  /// One index and what apt knows of it.
  struct File {
    var origin: AptOrigin
    var isNotAutomatic = false
    var isButAutomaticUpgrades = false
  }

  /// A version and the files that offer it, by their numbers.
  struct Version {
    var text: String
    var source: String
    var files: [Int]
    var isInstalled = false
  }

  /// `Pin-Priority: never`.
  static let never = -32_768
  private static let numberOfInstalled = 100

  let files: [File]
  private let priorities: [Int]
  private let specific: [(pin: AptPin, match: AptPinMatch, name: AptPattern?)]

  /// - Parameters:
  ///   - native: the guest's own architecture.
  ///   - defaultRelease: `APT::Default-Release`.
  /// - Throws: the record whose pattern is not understood here.
  init(
    files: [File], pins: [AptPin], defaultRelease: String?
  ) throws(AptPolicyError) {
    self.files = files
    var defaults: [(match: AptPinMatch, priority: Int)] = []
    if let defaultRelease, !defaultRelease.isEmpty {
      guard let match = AptPinMatch(.release, defaultRelease) else {
        throw AptPolicyError(origin: Origin(kind: .explicit, text: "APT::Default-Release \(defaultRelease)"))
      }
      defaults.append((match, 990))
    }
    var specific: [(pin: AptPin, match: AptPinMatch, name: AptPattern?)] = []
    for pin in pins {
      guard let match = AptPinMatch(pin.kind, pin.data) else { throw AptPolicyError(origin: pin.origin) }
      switch pin.scope {
      case .everything: defaults.append((match, pin.priority ?? Self.never))
      case .packages(let name, _), .source(let name, _):
        var pattern: AptPattern?
        if AptPattern.isPattern(name) {
          pattern = AptPattern(name)
          if pattern == nil { throw AptPolicyError(origin: pin.origin) }
        }
        specific.append((pin, match, pattern))
      }
    }
    self.specific = specific
    priorities = files.map { Self.priority(of: $0, defaults) }
  }

  /// InitDefaults: the first record that matches holds, except that `never` always does.
  private static func priority(of file: File, _ defaults: [(match: AptPinMatch, priority: Int)]) -> Int {
    var priority = 500
    if file.origin.isInstalled || file.isButAutomaticUpgrades {
      priority = numberOfInstalled
    } else if file.isNotAutomatic {
      priority = 1
    }
    var isFixed = false
    for (match, wanted) in defaults where !isFixed || wanted == never {
      guard priority != never, match.matches(file.origin) else { continue }
      priority = wanted
      isFixed = true
    }
    return priority
  }

  /// The version that apt would install: GetCandidateVer.
  ///
  /// - Parameter versions: of one package of one architecture, in any order.
  func candidate(
    of name: String, architecture: String, native: String, among versions: [Version]
  ) -> Version? {
    let pins = specific.filter { concerns($0.pin.scope, $0.name, name, architecture, native) }
    let ordered = versions.map { (version: $0, key: DpkgVersion($0.text)) }.sorted { $0.key > $1.key }
    let current = versions.first(where: \.isInstalled).map { DpkgVersion($0.text) }
    var best: (version: Version, priority: Int)?
    for (version, key) in ordered {
      let priority = priority(of: version, pins, name, architecture, native)
      guard priority != 0, priority > best?.priority ?? -1 else { continue }
      if let current, priority < 1000, key < current { continue }
      best = (version, priority)
    }
    return best?.version
  }

  /// GetPriority of a version.
  private func priority(
    of version: Version, _ pins: [(pin: AptPin, match: AptPinMatch, name: AptPattern?)], _ name: String,
    _ architecture: String, _ native: String
  ) -> Int {
    let origins = version.files.map { files[$0].origin }
    let pinned = pins.first { pin in
      if case .source(let source, _) = pin.pin.scope,
        !(pin.name?.matches(version.source) ?? (source == version.source))
      {
        return false
      }
      return pin.match.matches(version: version.text, in: origins)
    }
    if let wanted = pinned?.pin.priority, version.files.contains(where: { priorities[$0] != Self.never }) {
      return wanted
    }
    let offered = version.files.map { number in
      files[number].origin.isInstalled && !version.isInstalled ? -1 : priorities[number]
    }
    return offered.max() ?? 0
  }

  /// Whether a record is about packages of the name; without an architecture it is about those of the native one.
  private func concerns(
    _ scope: AptPin.Scope, _ pattern: AptPattern?, _ name: String, _ architecture: String, _ native: String
  ) -> Bool {
    func holds(_ wanted: String?) -> Bool {
      guard let wanted else { return architecture == native }
      return wanted == architecture || wanted == "any" || wanted == "native" && architecture == native
    }
    switch scope {
    case .everything: return false
    case .packages(let own, let wanted): return holds(wanted) && (pattern?.matches(name) ?? (own == name))
    case .source(_, let wanted): return holds(wanted)
    }
  }
}

/// A record of the preferences that is not understood here.
struct AptPolicyError: Error {
  var origin: Origin
}
