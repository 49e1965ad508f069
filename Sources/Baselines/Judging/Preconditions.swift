import DiskImages
import Evidence
import Facts

/// One of the packages is installed.
struct PackagePrecondition: Precondition {
  let names: [String]

  var plan: CollectionPlan { CollectionPlan([InstalledPackages.self]) }
  var words: String { names.joined(separator: " or ") + (names.count > 1 ? " are" : " is") + " installed" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let packages = try facts.model(InstalledPackages.self)
    if names.contains(where: { packages.installed($0) != nil }) { return nil }
    guard !packages.formats.isEmpty else {
      throw EvidenceGap(path: "/", reason: "there is no package database that can be read")
    }
    return names.count == 1
      ? "\(names[0]) is not installed" : "none of \(names.joined(separator: ", ")) is installed"
  }
}

/// One of the units is started at boot.
struct UnitPrecondition: Precondition {
  let names: [String]

  var plan: CollectionPlan { CollectionPlan([SystemdUnits.self]) }
  var words: String { names.joined(separator: " or ") + " is started at boot" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let units = try facts.model(SystemdUnits.self)
    for name in names where units.startReason(of: name) != nil { return nil }
    return names.count == 1
      ? "\(names[0]) is not started at boot" : "none of \(names.joined(separator: ", ")) is started at boot"
  }
}

/// One of the files exists; a name can be a pattern.
struct FilePrecondition: Precondition {
  let paths: [String]

  var plan: CollectionPlan { CollectionPlan() }
  var words: String { paths.joined(separator: " or ") + " exists" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    for path in paths {
      let isPattern = path.contains { "*?[".contains($0) }
      if isPattern {
        if try !facts.evidence.entries(matching: GlobPattern(path)).isEmpty { return nil }
      } else if try facts.evidence.entry(at: path) != nil {
        return nil
      }
    }
    return paths.count == 1 ? "\(paths[0]) does not exist" : "none of \(paths.joined(separator: ", ")) exists"
  }
}

/// The guest is one of the distributions, by `ID` of os-release(5).
struct DistributionPrecondition: Precondition {
  let names: [String]

  var plan: CollectionPlan { CollectionPlan([OSRelease.self]) }
  var words: String { "the distribution is \(names.joined(separator: " or "))" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let release = try facts.model(OSRelease.self)
    guard let id = release.values["ID"] else {
      throw EvidenceGap(path: "/etc/os-release", reason: "the guest does not say which distribution it is")
    }
    return names.contains(id) ? nil : "the distribution is \(id), not \(names.joined(separator: " or "))"
  }
}

/// The guest was collected with these probes, which run only if the user asks; `dbx`: a list of revoked boot programs
/// was given.
struct AskedPrecondition: Precondition {
  let probes: [String]

  var plan: CollectionPlan { CollectionPlan() }
  var words: String { "the collection was asked for \(probes.joined(separator: " and "))" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let missing = probes.filter { name in
      name == "dbx" ? facts.supplied(RevokedPrograms.self) == nil : facts.evidence.answers.texts[name] == nil
    }
    return missing.isEmpty ? nil : "the collection was not asked for \(missing.joined(separator: " and "))"
  }
}

/// A variable of the baseline has a certain value, which is known before any guest is read.
struct ValuePrecondition: Precondition {
  let name: String
  let actual: String
  let expected: String

  var plan: CollectionPlan { CollectionPlan() }
  var words: String { "the value \(name) is \(expected)" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    actual == expected ? nil : "the value \(name) is \(actual), not \(expected)"
  }
}

/// The contents of packaged files were compared as far as one of the scopes says: what the user chose (`--verify`).
struct VerificationPrecondition: Precondition {
  let scopes: [String]

  var plan: CollectionPlan { CollectionPlan() }
  var words: String { "the scan was made with --verify \(scopes.joined(separator: " or "))" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let scope = (try? facts.evidence.answer(of: DigestProbe.self).scope) ?? DigestProbe.Scope.none.rawValue
    let wanted = scopes.joined(separator: " or ")
    return scopes.contains(scope)
      ? nil : "packaged files were compared with --verify \(scope) (needs \(wanted))"
  }
}

/// The user gave a definition of the machine around the image.
struct MachinePrecondition: Precondition {
  /// The formats that do; empty means any.
  let formats: [String]

  var plan: CollectionPlan { CollectionPlan() }
  var words: String {
    formats.isEmpty
      ? "a VM definition is given"
      : "a VM definition of the format \(formats.joined(separator: " or ")) is given"
  }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    guard let machine = facts.supplied(MachineDefinition.self) else { return "no VM definition was given" }
    if formats.isEmpty || formats.contains(machine.format.rawValue) { return nil }
    return "the VM definition is \(machine.format.words), not \(formats.joined(separator: " or "))"
  }
}

/// A question of any kind is answered with pass.
struct CheckPrecondition: Precondition {
  let kind: any CheckKind
  let question: Question

  var plan: CollectionPlan { kind.plan }
  var words: String { "the check \(question.line) passes" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let outcomes = try kind.evaluate(facts)
    if let unmet = outcomes.first(where: { $0.verdict == .fail }) {
      return "\(unmet.subject): \(unmet.actual) (needs \(unmet.expected))"
    }
    for outcome in outcomes {
      if case .undecided(let reason) = outcome.verdict {
        throw EvidenceGap(path: outcome.subject, reason: reason)
      }
    }
    return nil
  }
}

/// The opposite of a precondition.
struct NotPrecondition: Precondition {
  let inner: any Precondition

  var plan: CollectionPlan { inner.plan }
  var words: String { "not: \(inner.words)" }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    try inner.objection(facts) == nil ? inner.words : nil
  }
}

/// Several preconditions; all of them have to hold.
struct AllPreconditions: Precondition {
  let parts: [any Precondition]

  var plan: CollectionPlan { parts.reduce(into: CollectionPlan()) { $0.formUnion($1.plan) } }
  var words: String { parts.map(\.words).joined(separator: " and ") }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    for part in parts {
      if let objection = try part.objection(facts) { return objection }
    }
    return nil
  }
}

/// Several preconditions; one of them has to hold.
struct AnyPrecondition: Precondition {
  let parts: [any Precondition]

  var plan: CollectionPlan { parts.reduce(into: CollectionPlan()) { $0.formUnion($1.plan) } }
  var words: String { parts.map(\.words).joined(separator: " or ") }

  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    var objections: [String] = []
    var gap: EvidenceGap?
    for part in parts {
      do {
        guard let objection = try part.objection(facts) else { return nil }
        objections.append(objection)
      } catch {
        gap = gap ?? error
      }
    }
    if let gap { throw gap }
    return objections.joined(separator: " and ")
  }
}
