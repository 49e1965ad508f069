import DiskImages
import Evidence
import Facts

/// Judges AIDE: whether it has a database, runs from time to time, tells somebody, and compares what it should.
public struct AideKind: CheckKind {
  public static let name = "aide"
  public static let summary = """
    Reads AIDE's configuration with its includes and macros, its database and the timers and cron jobs that run it. \
    Executable includes are not executed; where their output could decide, the answer is undecided.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("database", .boolean, "the database that AIDE compares with exists"),
    .init("scheduled", .choice(["any", "timer", "cron"]), "it runs at least once a week, by this"),
    .init("notifies", .boolean, "a job that runs it mails its report to somebody"),
    .init("attributes", .textList, "what is compared, by the names of aide.conf(5): acl, xattrs, sha512 …"),
    .init("paths", .textList, "files whose attributes are asked; every rule unless given"),
    .init("only_existing", .boolean, "leaves out paths that the guest does not have"),
  ]

  private let database: Bool
  private let way: String?
  private let notifies: Bool
  private let attributes: [String]
  private let paths: [String]
  private let onlyExisting: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    for key in ["database", "notifies"] where parameters.boolean(key) == false {
      throw ParameterError(key, "'\(key)' can only be true")
    }
    database = parameters.boolean("database") ?? false
    way = parameters.text("scheduled")
    notifies = parameters.boolean("notifies") ?? false
    attributes = parameters.list("attributes")
    paths = parameters.list("paths")
    onlyExisting = parameters.boolean("only_existing") ?? false
    if !database, way == nil, !notifies, attributes.isEmpty {
      throw ParameterError(nil, "one of database, scheduled, notifies, attributes is missing")
    }
    if attributes.isEmpty, !paths.isEmpty { throw ParameterError("paths", "'paths' needs 'attributes'") }
    for path in paths where !path.hasPrefix("/") {
      throw ParameterError("paths", "'\(path)' is not an absolute path")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([AideConfiguration.self, AideJobs.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    var outcomes: [Outcome] = []
    if database { outcomes.append(try judgeDatabase(facts)) }
    if let way { outcomes.append(judgeSchedule(try facts.model(AideJobs.self), way)) }
    if notifies { outcomes.append(judgeNotification(try facts.model(AideJobs.self))) }
    if !attributes.isEmpty {
      let configuration = try facts.model(AideConfiguration.self)
      if configuration.path == nil {
        outcomes.append(
          Outcome(
            .fail, subject: "aide.conf", expected: "AIDE configured", actual: "there is no aide.conf"))
      } else if paths.isEmpty {
        outcomes += judgeRules(configuration)
      } else {
        outcomes += try judgePaths(configuration, facts.evidence)
      }
    }
    return outcomes
  }

  private func judgeDatabase(_ facts: GuestFacts) throws(EvidenceGap) -> Outcome {
    let configuration = try facts.model(AideConfiguration.self)
    let expected = "a database to compare with"
    func outcome(_ verdict: Outcome.Verdict, _ actual: String) -> Outcome {
      Outcome(
        verdict, subject: "database", expected: expected, actual: actual,
        evidence: configuration.databaseURL?.evidenceLines ?? [])
    }
    guard configuration.path != nil else { return outcome(.fail, "there is no aide.conf") }
    guard let url = configuration.databaseURL else { return outcome(.fail, "aide.conf names no database") }
    guard let path = configuration.databasePath else {
      return outcome(.undecided(reason: "the database is not a file here: \(url.value)"), url.value)
    }
    guard let file = try facts.evidence.entry(at: path), file.type == .regular else {
      return outcome(.fail, "\(path) does not exist")
    }
    return file.metadata.size > 0 ? outcome(.pass, path) : outcome(.fail, "\(path) is empty")
  }

  private func judgeSchedule(_ jobs: AideJobs, _ way: String) -> Outcome {
    let candidates = jobs.jobs.filter { way == "any" || $0.way.rawValue == way }
    let expected = way == "any" ? "a job that runs it every week" : "a \(way) job that runs it every week"
    return ScheduleJudge.outcome(candidates, expected: expected)
  }

  private func judgeNotification(_ jobs: AideJobs) -> Outcome {
    let running = jobs.jobs.filter { $0.obstacle == nil }
    let expected = "a job that mails its report"
    if let job = running.first(where: { $0.recipient != nil }) {
      return Outcome(
        .pass, subject: "notification", expected: expected, actual: "mailed to \(job.recipient ?? "")",
        evidence: [EvidenceLine(job.origin)])
    }
    return Outcome(
      .fail, subject: "notification", expected: expected,
      actual: running.isEmpty ? "no job runs it" : "no job mails its report",
      evidence: (running.isEmpty ? jobs.jobs : running).prefix(4).map { EvidenceLine($0.origin) })
  }

  /// Every rule that selects files, negative ones aside.
  private func judgeRules(_ configuration: AideConfiguration) -> [Outcome] {
    let selecting = configuration.rules.filter { $0.kind != .negative }
    let expected = attributes.joined(separator: "+") + " in every rule"
    let lacking = selecting.filter { !$0.attributes.isSuperset(of: attributes) }
    guard let first = lacking.first else {
      let actual = selecting.isEmpty ? "no rule selects any file" : "\(selecting.count) rules"
      return [
        Outcome(selecting.isEmpty ? .fail : .pass, subject: "rules", expected: expected, actual: actual)
      ]
    }
    return [
      Outcome(
        .fail, subject: "rules", expected: expected,
        actual: "\(lacking.count) of \(selecting.count) rules lack it: \(first.expression)",
        evidence: lacking.prefix(8).map { EvidenceLine($0.origin) })
    ]
  }

  private func judgePaths(_ configuration: AideConfiguration, _ evidence: Evidence) throws(EvidenceGap)
    -> [Outcome]
  {
    var outcomes: [Outcome] = []
    for path in paths {
      let entry = try evidence.entry(at: path)
      if entry == nil, onlyExisting { continue }
      outcomes.append(try judge(path, entry, configuration))
    }
    return outcomes
  }

  /// AIDE walks the real folders, so that a file below a link is met under its real path.
  private func judge(_ path: String, _ entry: FileEntry?, _ configuration: AideConfiguration)
    throws(EvidenceGap) -> Outcome
  {
    let place = entry?.path ?? path
    let expected = "compares \(attributes.joined(separator: "+"))"
    let scripts = try configuration.scripts(mentioning: place)
    if let script = scripts.first {
      let reason = "the output of \(script.path), which is executed, may decide on it"
      return Outcome(.undecided(reason: reason), subject: path, expected: expected, actual: reason)
    }
    switch try configuration.selection(of: place, type: entry?.type ?? .regular) {
    case .ignored(let rule):
      return Outcome(
        .fail, subject: path, expected: expected, actual: rule == nil ? "no rule selects it" : "left out",
        evidence: rule.map { [EvidenceLine($0.origin)] } ?? [])
    case .watched(let rule):
      let missing = attributes.filter { !rule.attributes.contains($0) }
      return Outcome(
        missing.isEmpty ? .pass : .fail, subject: path, expected: expected,
        actual: missing.isEmpty ? "compared" : "without \(missing.joined(separator: ", "))",
        evidence: [EvidenceLine(rule.origin)])
    }
  }
}
