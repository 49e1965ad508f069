import Baselines
import TestSupport
import Testing

@testable import Diff
@testable import Reports

struct VerdictsTopicTests {
  /// What one side says of one check and its one subject.
  private enum State: String, CaseIterable {
    case passes, notApplicable, blocked, fails, failsWorse, waived, undecided, error, undecidedAsAWhole
  }

  private func guest(_ state: State) throws -> DiffGuest {
    let side = try VariedGuest().side("x")
    var guest = side.guests[0]
    let verdict: CheckResult.Verdict =
      switch state {
      case .passes: .pass
      case .notApplicable: .notApplicable
      case .blocked: .blocked
      case .fails, .failsWorse: .fail
      case .waived: .waived
      case .undecided, .undecidedAsAWhole: .undecided
      case .error: .error
      }
    guest.report.verdicts = [.init(check: "a.b", verdict: verdict)]
    guest.report.findings = []
    if [.fails, .failsWorse, .waived, .undecided, .error].contains(state) {
      guest.report.findings = [
        .init(
          fingerprint: "f", check: "a.b", verdict: verdict, severity: state == .failsWorse ? .high : .low,
          subject: "s", expected: "e", actual: "x", evidence: [], blocks: [])
      ]
    }
    return guest
  }

  private static let told: [String: String] = [
    "passes fails": "new", "passes waived": "waived", "passes undecided": "undecided",
    "fails passes": "fixed",
    "waived passes": "fixed", "undecided passes": "fixed", "notApplicable fails": "new",
    "fails notApplicable": "fixed",
    "blocked fails": "changed", "blocked waived": "waived", "blocked undecided": "undecided",
    "blocked error": "undecided", "fails blocked": "changed", "fails waived": "waived", "waived fails": "new",
    "fails undecided": "undecided", "undecided fails": "new", "undecided error": "",
    "fails failsWorse": "changed",
    "fails undecidedAsAWhole": "undecided", "undecidedAsAWhole fails": "new",
    "undecided undecidedAsAWhole": "",
    "waived undecided": "undecided", "undecided waived": "waived", "passes blocked": "",
    "passes notApplicable": "",
  ]

  @Test func everyTransitionIsToldAndMirrored() throws {
    for old in State.allCases {
      for new in State.allCases {
        let (before, after) = (try guest(old), try guest(new))
        let there = try VerdictsTopic.compare(before, after).changes
        let back = try VerdictsTopic.compare(after, before).changes
        #expect(there.map(\.mirrored) == back, "\(old) \(new)")
        if let kind = Self.told["\(old) \(new)"] {
          #expect(there.map(\.kind.rawValue) == (kind.isEmpty ? [] : [kind]), "\(old) \(new)")
        }
        if old == new { #expect(there.isEmpty) }
      }
    }
  }

  /// A comparison and `scan --since` answer alike for every transition and every limit.
  @Test(arguments: [Severity.low, .medium, .high, .critical, nil])
  func comparisonsAndRatchetAgreeOnWhatIsNew(limit: Severity?) throws {
    for old in State.allCases {
      for new in State.allCases {
        let (before, after) = (try guest(old), try guest(new))
        let changes = try VerdictsTopic.compare(before, after).changes
        let since = Ratchet.compare(before.report, after.report, Gate(failOn: limit)).since
        let isNew = changes.contains { $0.isNew(for: limit) }
        #expect(since.new == (isNew ? ["f"] : []), "\(old) \(new)")
        // What was blocked was unmet before, so that who repairs what blocked it is not punished.
        let isFailing = new == .fails || new == .failsWorse
        let wasUnmet = [.fails, .failsWorse, .blocked].contains(old)
        let hasRisen = old == .fails && new == .failsWorse && (limit == .medium || limit == .high)
        #expect(isNew == (isFailing && !wasUnmet || hasRisen), "\(old) \(new)")
      }
    }
  }

  @Test func whatTheOtherSideHasNoRoomForIsNoChange() throws {
    var (old, new) = (try guest(.passes), try guest(.fails))
    old.report.verdicts = [.init(check: "a.b", verdict: .fail, omitted: 1)]
    let there = try VerdictsTopic.compare(old, new)
    let back = try VerdictsTopic.compare(new, old)
    #expect(there.changes.isEmpty && back.changes.isEmpty)
    #expect(
      there.notCompared == "1 finding may be among those that the other side has no room to list")
    new.report.verdicts = [.init(check: "a.b", verdict: .fail, omitted: 3)]
    let problems = FindingComparison(old.report, new.report).problems
    #expect(problems == ["a.b has too many findings to tell which are new"])
  }

  @Test func aCheckOfOneSideIsNotCompared() throws {
    var old = try guest(.fails)
    old.report.verdicts = []
    old.report.findings = []
    let result = try VerdictsTopic.compare(old, try guest(.fails))
    #expect(result.changes.isEmpty && result.notCompared == "1 check was asked of one side only")
  }
}
