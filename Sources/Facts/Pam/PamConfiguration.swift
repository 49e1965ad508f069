import DiskImages
import Evidence

/// The stacks of all services and the options of the modules in them (pam.conf(5)).
public struct PamConfiguration: FactModel {
  public static let needs: [ContentNeed] =
    PamStackLoader.directories.map { ContentNeed("\($0)/*") }
    + [
      "/etc/pam.conf", "/etc/login.defs", "/usr/etc/login.defs", "/etc/security/*.conf",
      "/etc/security/*.conf.d/*", "/usr/etc/security/*.conf", "/usr/lib/security/*.conf",
    ] + InstalledPackages.needs + OSRelease.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var wanted: [ContentNeed] = []
    for directory in PamStackLoader.directories {
      for entry in evidence.index.matches(GlobPattern("\(directory)/*")) {
        guard let file = try? evidence.text(of: entry) else { continue }
        for line in PamLine.assemble(file) ?? [] {
          // Absolute paths that are included, and configuration files that a module is told to read.
          for word in line.words.dropFirst() {
            let path = word.hasPrefix("conf=") ? String(word.dropFirst(5)) : word
            if path.hasPrefix("/"), !path.hasSuffix(".so") { wanted.append(ContentNeed(path)) }
          }
        }
      }
    }
    return Array(wanted.prefix(1000))
  }

  /// What became of a service's file.
  private enum Service: Sendable {
    case rules([PamRule])
    case aborted(EvidenceGap)
    case unreadable(EvidenceGap)
  }

  private let services: [String: Service]
  let options: PamModuleOptions

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let release = try facts.model(OSRelease.self)
    let isDebian = ([release.id] + release.idLike).contains { $0 == "debian" || $0 == "ubuntu" }
    var loader = PamStackLoader(evidence: evidence, isDebian: isDebian)
    var services: [String: Service] = [:]
    for name in try Self.names(evidence) {
      do {
        if let rules = try loader.load(name) { services[name] = .rules(rules) }
      } catch let abort as PamStackLoader.Abort {
        services[name] = .aborted(EvidenceGap(path: abort.path, reason: abort.reason))
      } catch let gap as EvidenceGap {
        services[name] = .unreadable(gap)
      } catch {
        services[name] = .unreadable(EvidenceGap(path: name, reason: "\(error)"))
      }
    }
    self.services = services
    options = try PamModuleOptions(facts)
  }

  private static func names(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    var names: Set<String> = ["other"]
    for directory in PamStackLoader.directories {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/*")) where names.count < 4096 {
        if case .found(let file) = evidence.index.target(of: entry), file.type == .regular {
          names.insert(entry.name)
        }
      }
    }
    if names.count == 1, let file = try evidence.text(at: "/etc/pam.conf") {
      for line in PamLine.assemble(file) ?? [] where names.count < 4096 {
        if let name = line.words.first?.lowercased() { names.insert(name) }
      }
    }
    return names.sorted()
  }

  /// Names of all services that a file configures, and of the files that others include.
  public var serviceNames: [String] { services.keys.sorted() }

  /// Whether a file configures the service by name.
  public func configures(_ service: String) -> Bool { services[service] != nil }

  /// The stack that a service runs in a phase; that of `other` where its own has no rule for the phase.
  ///
  /// - Throws: if a file of it cannot be read, or libpam would refuse it and with it every request.
  public func stack(of service: String, _ phase: PamPhase) throws(EvidenceGap) -> PamStack {
    let own = try rules(of: service).filter { $0.phase == phase }
    let isOther = own.allSatisfy { $0.kind == .substack }
    let rules = isOther ? try rules(of: "other").filter { $0.phase == phase } : own
    return PamStack(service: service, phase: phase, rules: rules, isOther: isOther)
  }

  private func rules(of service: String) throws(EvidenceGap) -> [PamRule] {
    switch services[service] {
    case .rules(let rules): return rules
    case .unreadable(let gap): throw gap
    case .aborted(let gap):
      throw EvidenceGap(path: gap.path, reason: "libpam refuses the service \(service): \(gap.reason)")
    case nil: return []
    }
  }

  /// What an option of a module is, given the arguments of a rule; nil for one that nothing sets and that has
  /// no known default.
  ///
  /// - Throws: if a file that decides it cannot be read.
  public func option(_ name: String, of rule: PamRule) throws(EvidenceGap) -> Effective<String>? {
    try options.value(name, rule)
  }
}

/// The rules that one service runs in one phase.
public struct PamStack: Sendable {
  public var service: String
  public var phase: PamPhase
  public var rules: [PamRule]
  /// Whether the rules are those of `other`.
  public var isOther: Bool
  private let flow: PamFlow

  init(service: String, phase: PamPhase, rules: [PamRule], isOther: Bool) {
    self.service = service
    self.phase = phase
    self.rules = rules
    self.isOther = isOther
    flow = PamFlow(rules)
  }

  /// Positions of the rules that some login can run.
  public var reachable: [Int] { flow.reachable { codes($0) }.sorted() }

  /// Whether the stack cannot succeed unless one of the given rules does.
  ///
  /// - Parameter modules: modules whose success is left out of the question, such as `pam_rootok.so`.
  public func needs(_ positions: Set<Int>, except modules: Set<String> = []) -> Bool {
    guard !positions.isEmpty else { return false }
    return !flow.canSucceed { position in
      let all = codes(position)
      if positions.contains(position) || modules.contains(rules[position].module) {
        return all.filter { $0 != .success && $0 != .newAuthtokRequired && $0 != .ignore }
      }
      return all
    }
  }

  /// Whether every path to a rule of the module `target` runs one of the given rules first.
  public func runs(_ positions: Set<Int>, before target: String) -> Bool {
    let reached = reachable
    let targets = Set(reached.filter { rules[$0].module == target })
    guard !targets.isEmpty, reached.contains(where: positions.contains) else { return false }
    // Without a way past them, what lies behind is reached by nobody who has not run them.
    let without = flow.reachable { positions.contains($0) ? [] : codes($0) }
    return without.isDisjoint(with: targets)
  }

  /// Whether one of the given rules runs after the module `target` has refused.
  public func runs(_ positions: Set<Int>, afterFailureOf target: String) -> Bool {
    reachable.contains { position in
      guard rules[position].module == target else { return false }
      let reached = flow.reachable(after: position, returning: refusals(position)) { refusals($0) }
      return !reached.isDisjoint(with: positions)
    }
  }

  /// The return codes that a module may give in the phase (their manual pages, "RETURN VALUES").
  private func codes(_ position: Int) -> [PamReturn] {
    switch rules[position].module {
    case "pam_deny.so": return [Self.refusal[phase] ?? .authError]
    case "pam_permit.so": return [.success]
    case "pam_faillock.so" where rules[position].has("authfail"): return [.authError, .ignore]
    case "pam_faillock.so" where rules[position].has("authsucc"): return [.success, .authError, .ignore]
    case "pam_wheel.so": return [.success, .ignore, .permissionDenied, .authError, .userUnknown]
    case "pam_rootok.so": return [.success, .authError]
    case "pam_unix.so" where phase == .auth: return [.success] + Self.failures
    case "pam_pwquality.so", "pam_cracklib.so", "pam_passwdqc.so", "pam_pwhistory.so":
      return [.success, .authtokError, .maxTries, .systemError, .serviceError]
    default:
      let aging: [PamReturn] = phase == .account ? [.newAuthtokRequired, .accountExpired] : []
      return [.success, .ignore] + aging + Self.failures
    }
  }

  private func refusals(_ position: Int) -> [PamReturn] {
    rules[position].module == "pam_permit.so" ? [.success] : [Self.refusal[phase] ?? .authError]
  }

  private static let refusal: [PamPhase: PamReturn] = [
    .auth: .authError, .account: .permissionDenied, .password: .authtokError, .session: .sessionError,
  ]
  private static let failures: [PamReturn] = [
    .authError, .permissionDenied, .userUnknown, .authInfoUnavailable, .maxTries, .authtokError,
    .sessionError, .serviceError, .systemError,
  ]
}
