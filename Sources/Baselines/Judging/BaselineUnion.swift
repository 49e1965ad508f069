import Evidence
import Facts

/// Baselines that are judged together: each question once, in the order of the baselines.
///
/// The same check in two baselines is one check if both ask the same with the same parameters, severity and
/// guests. If not, the check of the later baseline is judged too, under the id `ID@BASELINE`.
public struct BaselineUnion: Sendable {
  public let baselines: [LoadedBaseline]
  public let checks: [Check]

  /// Unites baselines.
  public init(_ baselines: [LoadedBaseline]) {
    var unique: [LoadedBaseline] = []
    for baseline in baselines where !unique.contains(where: { $0.identity.id == baseline.identity.id }) {
      unique.append(baseline)
    }
    self.baselines = unique
    checks = Self.unite(unique)
  }

  private static func unite(_ baselines: [LoadedBaseline]) -> [Check] {
    var checks: [Check] = []
    var position: [String: Int] = [:]
    for baseline in baselines {
      var renamed: [String: String] = [:]
      for check in baseline.checks {
        guard let known = position[check.id].map({ checks[$0] }) else { continue }
        if !known.asksTheSame(as: check) { renamed[check.id] = "\(check.id)@\(baseline.identity.id)" }
      }
      for var check in baseline.checks {
        if position[check.id] != nil, renamed[check.id] == nil { continue }
        check.id = renamed[check.id] ?? check.id
        check.requires = check.requires.map { renamed[$0] ?? $0 }
        position[check.id] = checks.count
        checks.append(check)
      }
    }
    return checks
  }

  /// Everything that the checks read.
  public var plan: CollectionPlan {
    checks.reduce(into: CollectionPlan()) { $0.formUnion($1.plan) }
  }

  /// Judges one guest.
  public func judge(
    _ facts: GuestFacts, waivers: [Waiver] = [], image: JudgedImage = JudgedImage()
  ) -> Judgement {
    var results = Judging(checks: checks, facts: facts).results()
    var application = WaiverApplication(waivers: waivers, image: image, asOf: facts.asOf)
    let uses = application.apply(to: &results)
    return Judgement(baselines: baselines.map(\.identity), results: results, waivers: uses)
  }
}

extension Check {
  fileprivate func asksTheSame(as other: Check) -> Bool {
    question == other.question && when?.words == other.when?.words && requires == other.requires
      && appliesTo == other.appliesTo && severity == other.severity
  }
}
