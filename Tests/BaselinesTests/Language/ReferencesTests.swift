import Foundation
import TestSupport
import Testing

@testable import Baselines

/// What the shipped checks say that they decide, against the tables of the public profiles.
struct ReferencesTests {
  /// A rule of the table and the profiles that ask it.
  private struct Rule {
    var id: String
    var profiles: Set<String>
  }

  private static let profiles = [
    "L1": "cis-debian-12-l1", "L2": "cis-debian-12-l2", "A1": "anssi-bp28-minimal",
    "A2": "anssi-bp28-intermediary", "A3": "anssi-bp28-enhanced", "A4": "anssi-bp28-high",
  ]

  /// Checks that a profile's baseline asks although none of their rules is of that profile.
  private static let exceptions = [
    "auth.faillock-enabled": "without the module the numbers that the profile sets for it mean nothing",
    "fs.tmp-separate": "the profile sets options of /tmp, which needs a file system of its own for them",
    "auth.pwquality-enabled": "without the module the numbers that the profile sets for it mean nothing",
    "suid.allow-list": "R56 asks it, for which the table has no rule",
    "svc.no-inetutils-telnet": "in Debian 12 this is the package behind telnet, which the profile forbids",
  ]

  /// The first three columns hold neither commas nor quotes; nil where the table is absent.
  private static let rules: [Rule]? = {
    guard let folder = referenceFolder,
      let data = FileManager.default.contents(atPath: "\(folder)/debian-12-rules.csv")
    else { return nil }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
      return Rule(
        id: String(fields[0]),
        profiles: Set(fields.dropFirst(2).first?.split(separator: " ").map(String.init) ?? []))
    }
  }()

  private static var libraryChecks: [CheckSource] {
    SourceCache(kinds: .standard, problems: ProblemList())
      .libraries("\(ShippedBaselinesTests.folder)/checks", from: nil).flatMap(\.checks)
  }

  private func load(_ baseline: String) throws -> LoadedBaseline {
    try #require(try BaselineLoader(folders: ShippedBaselinesTests.folders).load([baseline]).first)
  }

  @Test func everyRuleThatIsNamedExists() {
    guard let rules = Self.rules else { return }
    #expect(rules.count > 700)
    let known = Set(rules.map(\.id))
    for check in Self.libraryChecks {
      for rule in check.references["ssg", default: []] where !known.contains(rule) {
        Issue.record("\(check.place): \(check.id) names the rule \(rule), which does not exist")
      }
    }
  }

  @Test(arguments: profiles.sorted { $0.key < $1.key })
  func aProfileAsksItsRules(_ profile: String, _ name: String) throws {
    guard let rules = Self.rules else { return }
    let decidable = Set(Self.libraryChecks.flatMap { $0.references["ssg", default: []] })
    let asked = Set(try load(name).checks.flatMap { $0.references["ssg", default: []] })
    for rule in rules where rule.profiles.contains(profile) && decidable.contains(rule.id) {
      #expect(asked.contains(rule.id), "\(name) does not ask \(rule.id), which a check decides")
    }
  }

  @Test(arguments: profiles.sorted { $0.key < $1.key })
  func aProfileAsksNothingElse(_ profile: String, _ name: String) throws {
    guard let rules = Self.rules else { return }
    let own = Set(rules.filter { $0.profiles.contains(profile) }.map(\.id))
    for check in try load(name).checks where Self.exceptions[check.id] == nil {
      let decides = check.references["ssg", default: []]
      #expect(!own.isDisjoint(with: decides), "\(name) asks \(check.id), which decides none of its rules")
    }
  }

  @Test func everyExceptionIsOne() throws {
    guard let rules = Self.rules else { return }
    var outside: Set<String> = []
    for (profile, name) in Self.profiles {
      let own = Set(rules.filter { $0.profiles.contains(profile) }.map(\.id))
      outside.formUnion(
        try load(name).checks.filter { own.isDisjoint(with: $0.references["ssg", default: []]) }.map(\.id))
    }
    #expect(outside == Set(Self.exceptions.keys))
  }

  /// Sections look like sections and controls like controls; a benchmark has one name.
  @Test func formOfReferences() throws {
    let section = "[1-7](\\.[0-9]+){1,4}"
    let forms = [
      "cis-debian-12": section, "cis-ubuntu-24.04": section, "cis-rhel-9": section,
      "anssi-bp28": "R[0-9]{1,2}",
      "nist-800-53": "[A-Z]{2}-[0-9]{1,2}(\\([0-9a-z]+\\))*", "ssg": "[A-Za-z0-9_.-]+",
      "nist-800-125": "[2-5](\\.[1-9])*", "nist-800-125a": "HY-BF[1-5]", "nist-800-125b": "[2-5](\\.[1-9])*",
      "ubuntu-24.04-stig": "UBTU-24-[0-9]{6}",
    ]
    let expressions = try forms.mapValues { try Regex<AnyRegexOutput>($0) }
    let own = try BaselineLoader(folders: ShippedBaselinesTests.folders)
      .load(ShippedBaselinesTests.folders.files.map(\.name)).flatMap(\.checks)
    for check in own {
      for (benchmark, sections) in check.references {
        guard let expression = expressions[benchmark] else {
          Issue.record("\(check.id): nobody knows the benchmark \(benchmark)")
          continue
        }
        for section in sections where section.wholeMatch(of: expression) == nil {
          Issue.record("\(check.id): \(section) is not of the form of \(benchmark)")
        }
      }
    }
  }
}
