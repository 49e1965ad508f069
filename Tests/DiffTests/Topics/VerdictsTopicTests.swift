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
    "blocked fails": "new", "fails blocked": "changed", "fails waived": "waived", "waived fails": "new",
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

  @Test func aFindingThatFailsNowTripsTheGateWhateverItWas() throws {
    for (state, trips) in [(State.waived, true), (.undecided, true), (.blocked, true), (.failsWorse, false)] {
      let changes = try VerdictsTopic.compare(try guest(state), try guest(.fails)).changes
      #expect(changes.contains { $0.kind == .new } == trips, "\(state)")
    }
  }

  @Test func aCheckOfOneSideIsNotCompared() throws {
    var old = try guest(.fails)
    old.report.verdicts = []
    old.report.findings = []
    let result = try VerdictsTopic.compare(old, try guest(.fails))
    #expect(result.changes.isEmpty && result.notCompared == "1 check was asked of one side only")
  }
}
