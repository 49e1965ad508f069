import DiskImages
import Evidence
import Facts

/// Judges what rsyslogd does with messages: where it sends them, what it takes from the network, with which
/// mode it makes its files.
public struct RsyslogKind: CheckKind {
  public static let name = "rsyslog"
  public static let summary =
    "Reads rsyslog.conf with all includes in their order and decides on forwarding, listening and the"
    + " files that its rules write."
  public static let parameters: [ParameterSpecification] =
    [
      .init("question", .choice(Question.allCases.map(\.rawValue)), required: true, "what is asked"),
      .init(
        "hosts", .textList, "with remote: targets of which one has to be among those that messages go to"),
    ] + FileRequirement.parameters

  enum Question: String, CaseIterable, Sendable {
    /// All messages go to another machine.
    case remote
    /// Everything that goes to another machine is encrypted and its receiver authenticated.
    case remoteTLS = "remote_tls"
    /// The certificate authority for that is named and lies in the guest.
    case remoteCA = "remote_ca"
    /// Nothing is taken from the network.
    case noListener = "no_listener"
    /// Files are made with at most `mode_max`.
    case createMode = "file_create_mode"
    /// Files that rules write have mode, owner and group as asked, or would be made so.
    case files
  }

  private let question: Question
  private let hosts: [String]
  private let requirement: FileRequirement

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let question = Question(rawValue: try parameters.required("question")) else {
      throw ParameterError("question", "unknown question")
    }
    self.question = question
    hosts = parameters.list("hosts")
    requirement = try FileRequirement(parameters)
    switch question {
    case .createMode where requirement.modeMax == nil:
      throw ParameterError("mode_max", "'mode_max' is missing")
    case .files where requirement.isEmpty:
      throw ParameterError(nil, "one of mode_max, owner, group is missing")
    default: break
    }
  }

  public var plan: CollectionPlan {
    CollectionPlan([RsyslogConfiguration.self, IdentityNames.self, Tmpfiles.self])
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let rsyslog = try facts.model(RsyslogConfiguration.self)
    switch question {
    case .remote: return [remote(rsyslog)]
    case .remoteTLS: return encrypted(rsyslog)
    case .remoteCA: return try authority(rsyslog, facts.evidence)
    case .noListener: return listeners(rsyslog)
    case .createMode: return createModes(rsyslog)
    case .files: return try files(rsyslog, facts)
    }
  }

  private static func remotes(
    _ rsyslog: RsyslogConfiguration
  ) -> [(action: RsyslogConfiguration.Action, remote: RsyslogConfiguration.Remote)] {
    rsyslog.actions.compactMap { action in
      if case .remote(let remote) = action.target, action.isReached { (action, remote) } else { nil }
    }
  }

  /// Whether every facility passes: no filter, or a selector such as `*.info;mail.none`.
  private static func takesAll(_ filter: String?) -> Bool {
    guard let filter else { return true }
    return !filter.contains(" ")
      && filter.split(separator: ";").contains { $0.hasPrefix("*.") && !$0.hasSuffix(".none") }
  }

  private func remote(_ rsyslog: RsyslogConfiguration) -> Outcome {
    let expected = "all messages forwarded" + (hosts.isEmpty ? "" : " to \(hosts.joined(separator: " or "))")
    let all = Self.remotes(rsyslog)
    let wanted = all.filter { hosts.isEmpty || hosts.contains($0.remote.host) }
    if let (action, remote) = wanted.first(where: { Self.takesAll($0.action.filter) }) {
      return Outcome(
        .pass, subject: "rsyslog", expected: expected, actual: "\(remote.transport) to \(remote.host)",
        evidence: [EvidenceLine(action.origin)])
    }
    let partial = wanted.map { "only \($0.action.filter ?? "all") to \($0.remote.host)" }
    let others =
      all.isEmpty ? "none forwarded" : "forwarded to \(all.map(\.remote.host).joined(separator: ", "))"
    return Outcome(
      .fail, subject: "rsyslog", expected: expected,
      actual: partial.isEmpty ? others : partial.joined(separator: "; "),
      evidence: all.prefix(4).map { EvidenceLine($0.action.origin) })
  }

  private func encrypted(_ rsyslog: RsyslogConfiguration) -> [Outcome] {
    let expected = "forwarded with TLS to an authenticated receiver"
    let all = Self.remotes(rsyslog)
    if all.isEmpty {
      return [Outcome(.fail, subject: "rsyslog", expected: expected, actual: "nothing is forwarded")]
    }
    return all.map { action, remote in
      let authentication = remote.authentication ?? "not authenticated"
      let isAuthenticated = remote.authentication.map { $0.lowercased() != "anon" } ?? false
      let actual =
        remote.isEncrypted
        ? "TLS (\(remote.driver)), receiver \(authentication)" : "\(remote.transport) without TLS"
      return Outcome(
        remote.isEncrypted && isAuthenticated ? .pass : .fail, subject: "forwarding to \(remote.host)",
        expected: expected, actual: actual, evidence: [EvidenceLine(action.origin)])
    }
  }

  private func authority(
    _ rsyslog: RsyslogConfiguration, _ evidence: Evidence
  ) throws(EvidenceGap) -> [Outcome] {
    let expected = "a certificate authority for the receiver"
    let all = Self.remotes(rsyslog)
    if all.isEmpty {
      return [Outcome(.fail, subject: "rsyslog", expected: expected, actual: "nothing is forwarded")]
    }
    var outcomes: [Outcome] = []
    for (action, remote) in all {
      let exists = try remote.certificateAuthority.map { path throws(EvidenceGap) in
        try evidence.entry(at: path) != nil
      }
      let actual =
        remote.certificateAuthority.map { exists == true ? $0 : "\($0), which does not exist" }
        ?? "none named"
      outcomes.append(
        Outcome(
          exists == true ? .pass : .fail, subject: "forwarding to \(remote.host)", expected: expected,
          actual: actual,
          evidence: [EvidenceLine(action.origin)]))
    }
    return outcomes
  }

  private func listeners(_ rsyslog: RsyslogConfiguration) -> [Outcome] {
    let expected = "no messages taken from the network"
    let open = rsyslog.listeners.filter { $0.address.map { !Self.isLoopback($0) } ?? true }
    if open.isEmpty {
      return [Outcome(.pass, subject: "rsyslog", expected: expected, actual: "no listener")]
    }
    return open.map { listener in
      Outcome(
        .fail, subject: "\(listener.module) \(listener.port)", expected: expected,
        actual:
          "\(listener.module) listens on port \(listener.port) of \(listener.address ?? "every address")",
        evidence: [EvidenceLine(listener.origin)])
    }
  }

  private static func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1" || address == "localhost"
  }

  /// Actions that write files, those for other places such as a console apart.
  private static func fileActions(_ rsyslog: RsyslogConfiguration) -> [(RsyslogConfiguration.Action, String)]
  {
    rsyslog.actions.compactMap { action in
      switch action.target {
      case .file(let path) where !path.hasPrefix("/dev/"): (action, path)
      case .dynamicFile(let template): (action, "files of template \(template)")
      default: nil
      }
    }
  }

  private func createModes(_ rsyslog: RsyslogConfiguration) -> [Outcome] {
    let expected = "files made with \(requirement.words)"
    let maximum = requirement.modeMax ?? 0
    let all = Self.fileActions(rsyslog)
    let failing = all.filter { rsyslog.newFileMode($0.0) & ~maximum != 0 }
    if failing.isEmpty {
      let modes = Set(all.map { octal(rsyslog.newFileMode($0.0)) }).sorted()
      let evidence = all.first.map { $0.0.creation.mode.evidenceLines } ?? []
      return [
        Outcome(
          .pass, subject: "rsyslog", expected: expected,
          actual: modes.isEmpty ? "no files are written" : modes.joined(separator: ", "), evidence: evidence)
      ]
    }
    var findings = CappedOutcomes()
    var seen: Set<String> = []
    for (action, path) in failing where seen.insert(path).inserted {
      let mode = action.creation.mode
      let isDefault = mode.origin.kind == .compiledDefault ? " (compiled default)" : ""
      findings.add(
        Outcome(
          .fail, subject: path, expected: expected, actual: octal(rsyslog.newFileMode(action)) + isDefault,
          evidence: [EvidenceLine(action.origin)] + mode.evidenceLines))
    }
    return findings.all(subject: "rsyslog")
  }

  /// Files that exist by their inode, others by how they would be made.
  private func files(_ rsyslog: RsyslogConfiguration, _ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let names = try facts.model(IdentityNames.self)
    let tmpfiles = try facts.model(Tmpfiles.self)
    var outcomes: [Outcome] = []
    var seen: Set<String> = []
    for (action, path) in Self.fileActions(rsyslog) where seen.insert(path).inserted {
      let state: FileState
      if path.hasPrefix("/"), let entry = try facts.evidence.entry(at: path) {
        state = FileState(entry, path: path, names, tmpfiles, nil)
      } else {
        state = newFile(action, rsyslog, names)
      }
      let objections = requirement.objections(to: state, names)
      outcomes.append(
        Outcome(
          objections.isEmpty ? .pass : .fail, subject: path, expected: requirement.words,
          actual: objections.isEmpty ? state.words(names) : objections.joined(separator: ", "),
          evidence: state.evidence + [EvidenceLine(action.origin)]))
    }
    if outcomes.isEmpty {
      return [Outcome(.pass, subject: "rsyslog", expected: requirement.words, actual: "no files are written")]
    }
    return outcomes
  }

  private func newFile(
    _ action: RsyslogConfiguration.Action, _ rsyslog: RsyslogConfiguration, _ names: IdentityNames
  ) -> FileState {
    let process = rsyslog.dropsTo.flatMap(names.uid) ?? 0
    return FileState(
      permissions: rsyslog.newFileMode(action),
      uid: action.creation.owner.flatMap { names.uid($0.value) } ?? process,
      gid: action.creation.group.flatMap { names.gid($0.value) } ?? process,
      evidence: action.creation.mode.evidenceLines)
  }
}
