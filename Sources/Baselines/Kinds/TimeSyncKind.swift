import DiskImages
import Evidence
import Facts

/// Which program keeps the clock right, from where it takes the time, and as whom it runs.
public struct TimeSyncKind: CheckKind {
  public static let name = "time_sync"
  public static let summary =
    "Reads chrony, systemd-timesyncd, ntpsec and openntpd: which of them the boot starts, their servers and user."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "service", .textList,
      "the services that count: chrony, systemd-timesyncd, ntpsec, openntpd; all if left out"),
    .init("exactly_one", .boolean, "the next boot starts one of them and no other"),
    .init(
      "servers_at_least", .integer, "each that is started has so many servers or pools that a file names"),
    .init(
      "allowed_servers", .textList,
      "each that is started takes the time only from servers that these patterns match"),
    .init("run_as", .textList, "each that is started runs as one of these users"),
  ]

  private static let known = ["chrony", "ntpsec", "openntpd", "systemd-timesyncd"]
  private let services: [String]
  private let isNamed: Bool
  private let exactlyOne: Bool
  private let serversAtLeast: Int
  private let allowedServers: [String]
  private let runAs: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    let given = parameters.list("service")
    if let wrong = given.first(where: { !Self.known.contains($0) }) {
      throw ParameterError("service", "'\(wrong)' is none of \(Self.known.joined(separator: ", "))")
    }
    isNamed = !given.isEmpty
    services = given.isEmpty ? Self.known : given
    exactlyOne = parameters.boolean("exactly_one") ?? false
    serversAtLeast = parameters.integer("servers_at_least") ?? 0
    allowedServers = parameters.list("allowed_servers")
    runAs = parameters.list("run_as")
    if !exactlyOne && serversAtLeast < 1 && allowedServers.isEmpty && runAs.isEmpty {
      throw ParameterError(nil, "one of exactly_one, servers_at_least, allowed_servers, run_as is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([TimeServices.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let all: TimeServices = try facts.model()
    var outcomes: [Outcome] = []
    if exactlyOne { outcomes.append(judgeNumber(all.services)) }
    guard serversAtLeast > 0 || !allowedServers.isEmpty || !runAs.isEmpty else { return outcomes }
    // A service that the check names is judged as it would run, whether the boot starts it or not.
    let judged = all.services.filter { isNamed ? services.contains($0.name) : $0.start != nil }
    if judged.isEmpty {
      let actual = isNamed ? "not installed" : "no time service is started"
      outcomes.append(
        Outcome(
          .fail, subject: isNamed ? services[0] : "time synchronisation",
          expected: "\(services.joined(separator: " or ")) set up", actual: actual))
    }
    for service in judged {
      if serversAtLeast > 0 || !allowedServers.isEmpty { outcomes.append(judgeServers(service)) }
      if !runAs.isEmpty {
        outcomes.append(
          Outcome(
            runAs.contains(service.user.value) ? .pass : .fail, subject: "\(service.name) user",
            expected: runAs.joined(separator: " or "), actual: service.user.value,
            evidence: service.user.evidenceLines))
      }
    }
    return outcomes
  }

  private func judgeNumber(_ all: [TimeService]) -> Outcome {
    let started = all.filter { $0.start != nil }
    let names = started.map(\.name)
    let holds = started.count == 1 && services.contains(names[0])
    let firstBoot =
      started.contains { $0.start?.isFirstBootOnly == true } ? ", by the presets of the first boot" : ""
    return Outcome(
      holds ? .pass : .fail, subject: "time synchronisation",
      expected: services.count == 1
        ? "\(services[0]) and no other" : "one of \(services.joined(separator: ", "))",
      actual: names.isEmpty ? "none is started" : "started: \(names.joined(separator: ", "))\(firstBoot)",
      evidence: started.compactMap { $0.start.map { .init($0.origin) } })
  }

  private func judgeServers(_ service: TimeService) -> Outcome {
    let named = service.sources.filter { $0.origin.kind != .compiledDefault }
    let foreign = named.filter { source in
      !allowedServers.isEmpty && !allowedServers.contains { fnmatch(pattern: $0, source.address) }
    }
    var expected: [String] = []
    if serversAtLeast > 0 { expected.append("\(serversAtLeast) or more servers") }
    if !allowedServers.isEmpty { expected.append("only \(allowedServers.joined(separator: ", "))") }
    let shown = foreign.isEmpty ? service.sources : foreign
    return Outcome(
      named.count >= serversAtLeast && foreign.isEmpty ? .pass : .fail, subject: "\(service.name) servers",
      expected: expected.joined(separator: ", "),
      actual: shown.isEmpty
        ? "none"
        : shown.prefix(6).map { "\($0.kind) \($0.address)" }.joined(separator: ", ")
          + (named.isEmpty ? " (compiled default)" : ""),
      evidence: shown.prefix(6).map { .init($0.origin) })
  }
}
