import DiskImages
import Evidence
import Facts

/// What would listen after the next boot, and who could reach it.
public struct ListenerKind: CheckKind {
  public static let name = "listener"
  public static let summary =
    "Unites the sockets and services that the next boot starts with the addresses and ports of their configuration."
  public static let parameters: [ParameterSpecification] = [
    .init("only_loopback", .textList, "units or programs that may listen on the loopback interface alone"),
    .init(
      "none_except", .textList,
      "nothing listens on the network but these: `tcp/22`, a unit, a program; patterns"),
    .init("none_on", .textList, "nothing listens on these ports of the network: `tcp/23`, `udp/69`"),
    .init("ignore", .textList, "patterns of services that are taken not to listen, for none_except"),
  ]

  private let onlyLoopback: [String]
  private let noneExcept: [String]?
  private let noneOn: [String]
  private let ignore: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    onlyLoopback = parameters.list("only_loopback")
    noneExcept = parameters.has("none_except") ? parameters.list("none_except") : nil
    noneOn = parameters.list("none_on")
    ignore = parameters.list("ignore")
    if onlyLoopback.isEmpty && noneExcept == nil && noneOn.isEmpty {
      throw ParameterError(nil, "one of only_loopback, none_except, none_on is missing")
    }
    if !ignore.isEmpty && noneExcept == nil {
      throw ParameterError("ignore", "'ignore' goes with 'none_except'")
    }
    for port in noneOn where !Self.isPort(port) {
      throw ParameterError("none_on", "'\(port)' is not of the form tcp/22")
    }
  }

  private static func isPort(_ text: String) -> Bool {
    let parts = text.split(separator: "/")
    return parts.count == 2 && ["tcp", "udp"].contains(parts[0]) && UInt16(parts[1]) != nil
  }

  public var plan: CollectionPlan { CollectionPlan([Listeners.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let all: Listeners = try facts.model()
    var outcomes: [Outcome] = []
    if !onlyLoopback.isEmpty { outcomes += judgeLoopback(all) }
    if !noneOn.isEmpty {
      outcomes += all.listeners.filter { $0.isOnNetwork && noneOn.contains($0.service) }.map {
        outcome(.fail, $0, "nothing listens on \($0.service)")
      }
      outcomes += undecided(all.gaps.filter { !Self.matches($0.key, ignore) })
    }
    if let noneExcept { outcomes += judgeExcept(all, noneExcept) }
    return outcomes
  }

  private func judgeLoopback(_ all: Listeners) -> [Outcome] {
    let judged = all.listeners.filter { named($0) && $0.transport != "unix" }
    let gaps = all.gaps.filter { gap in onlyLoopback.contains { gap.key == $0 || gap.key.hasPrefix($0 + ".") }
    }
    return judged.map {
      outcome($0.isOnNetwork ? .fail : .pass, $0, "listens on the loopback interface alone")
    }
      + undecided(gaps)
  }

  private func named(_ listener: Listener) -> Bool {
    let unit = listener.unit
    let stem = String(unit[..<(unit.lastIndex(of: ".") ?? unit.endIndex)])
    return onlyLoopback.contains { $0 == unit || $0 == stem || $0 == listener.daemon }
  }

  private func judgeExcept(_ all: Listeners, _ allowed: [String]) -> [Outcome] {
    let expected =
      allowed.isEmpty ? "nothing listens on the network" : "only \(allowed.joined(separator: ", "))"
    var outcomes = all.listeners.filter(\.isOnNetwork).map { listener in
      let names = [listener.service, listener.unit, listener.daemon, listener.transport + "/*"]
      let holds = names.contains { Self.matches($0, allowed) }
      return outcome(holds ? .pass : .fail, listener, expected)
    }
    outcomes += undecided(all.gaps.filter { !Self.matches($0.key, ignore) })
    for unit in all.unknown where !Self.matches(unit.description, ignore + allowed) {
      outcomes.append(
        Outcome(
          .undecided(reason: "whether \(unit) listens is not known"), subject: unit.description,
          expected: expected,
          actual: "started at boot"))
    }
    return outcomes
  }

  private func outcome(_ verdict: Outcome.Verdict, _ listener: Listener, _ expected: String) -> Outcome {
    Outcome(
      verdict, subject: "\(listener.daemon) \(listener.service)", expected: expected,
      actual: "\(listener.words) (\(listener.unit))", evidence: [.init(listener.origin)])
  }

  private func undecided(_ gaps: [String: EvidenceGap]) -> [Outcome] {
    gaps.sorted { $0.key < $1.key }.map { unit, gap in
      Outcome(
        .undecided(reason: gap.description), subject: unit, expected: "its configuration can be read",
        actual: gap.reason)
    }
  }

  private static func matches(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { fnmatch(pattern: $0, name) }
  }
}
