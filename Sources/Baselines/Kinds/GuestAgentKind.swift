import Evidence
import Facts

/// Judges agents of hypervisors in the guest: which are started, and what they let the outside do.
public struct GuestAgentKind: CheckKind {
  public static let name = "guest_agent"
  public static let summary =
    "Finds the agents of hypervisors and clouds that a machine would start, reads their configuration and tells what "
    + "they let the outside do: run programs, read and write files, set passwords, add keys."
  public static let parameters: [ParameterSpecification] = [
    .init("agents", .textList, "names of agents; all if not given"),
    .init("deny", .textList, "powers that no agent may give: \(powerNames)"),
    .init("started", .boolean, "false: none of the agents is started"),
  ]

  private static let powerNames = GuestAgent.Power.allCases.map(\.rawValue).joined(separator: ", ")

  private let agents: Set<String>?
  private let denied: [GuestAgent.Power]
  private let mustNotStart: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    agents = parameters.has("agents") ? Set(parameters.list("agents")) : nil
    denied = try parameters.cases("deny")
    mustNotStart = parameters.boolean("started") == false
    if denied.isEmpty, !mustNotStart { throw ParameterError(nil, "one of deny, started: false is missing") }
    if parameters.boolean("started") == true {
      throw ParameterError("started", "an agent can only be asked not to start")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([GuestAgents.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let all: GuestAgents = try facts.model()
    let found = all.agents.filter { agents?.contains($0.name) ?? true }
    if found.isEmpty {
      return [
        Outcome(
          .pass, subject: "guest agents", expected: mustNotStart ? "none" : "no such power",
          actual: "no agent")
      ]
    }
    var outcomes: [Outcome] = []
    for agent in found {
      if mustNotStart {
        outcomes.append(
          Outcome(
            .fail, subject: agent.name, expected: "not started", actual: "started on a machine of its kind",
            evidence: [.init(agent.origin)]))
      }
      outcomes += denied.compactMap { judge($0, agent) }
    }
    if outcomes.isEmpty {
      let names = found.map(\.name).joined(separator: ", ")
      return [
        Outcome(.pass, subject: "guest agents", expected: "no such power", actual: "\(names) without it")
      ]
    }
    return outcomes
  }

  private func judge(_ power: GuestAgent.Power, _ agent: GuestAgent) -> Outcome? {
    guard let state = agent.powers[power] else { return nil }
    return Outcome(
      state.value ? .fail : .pass, subject: "\(agent.name): \(power.rawValue)",
      expected: "does not let the host \(power.words)",
      actual: (state.value ? "allowed" : "denied")
        + (state.origin.kind == .compiledDefault ? " (compiled default)" : ""),
      evidence: state.evidenceLines + [.init(agent.origin)])
  }

  public var fix: Fix? { nil }
}

extension GuestAgent.Power {
  /// What the outside does, after "lets the host".
  fileprivate var words: String {
    switch self {
    case .execute: "run programs"
    case .readFiles: "read files"
    case .writeFiles: "write files"
    case .setPasswords: "set passwords"
    case .addKeys: "add keys that let somebody in"
    case .extensions: "install extensions"
    case .clipboard: "read the clipboard"
    case .sharedFolders: "mount shared folders"
    }
  }
}
