import TestSupport
import Testing

@testable import Baselines

struct LoadingSpeedTests {
  /// As many checks and baselines as are shipped; without optimisation it takes about ten times as long as
  /// with.
  @Test func aThousandChecksInThirteenBaselines() throws {
    var files: [String: String] = [:]
    for number in 0..<13 {
      files["b\(number).yaml"] = baseline("b\(number)", number % 4 == 0 ? "" : "extends: [b\(number - 1)]")
    }
    for library in 0..<10 {
      var text = "library: l\(library)\nvalues:\n  v\(library): {type: integer, default: 5}\nchecks:\n"
      for number in 0..<100 {
        text += """
            - id: area\(library).some-thing-\(number)
              title: What check \(number) of library \(library) asks
              severity: medium
              baselines: [b\(number % 13), b\((number + 4) % 13), b\((number + 8) % 13)]
              when: {package: openssh-server}
              pair: {path: /etc/x/\(number), key: k, at_most: "${v\(library)}"}
              references: {cis-debian-12: "5.1.\(number)", anssi-bp28: R33, nist-800-53: [AC-6(2), AC-17(a)]}
              rationale: Whoever gets hold of one machine should not thereby get hold of the next one, which is why.
              remediation: Set the key to ${v\(library)} in the file, or in one beside it, and restart the service.

          """
      }
      files["checks/l\(library).yaml"] = text
    }
    let fixture = try BaselineFixture(files)
    var loaded: [LoadedBaseline] = []
    let elapsed = try ThreadClock.measure {
      loaded = try fixture.loader.load((0..<13).map { "b\($0)" })
    }
    #expect(loaded.count == 13 && loaded.map(\.checks.count).reduce(0, +) > 3000)
    #expect(elapsed < .seconds(5))
    print("loaded in \(elapsed)")
  }
}
