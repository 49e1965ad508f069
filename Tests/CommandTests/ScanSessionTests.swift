import Baselines
import DiskImages
import Evidence
import Synchronization
import Testing

@testable import Reports
@testable import brinell

@Suite struct ScanSessionTests {
  /// A clock on which every look takes a second.
  private final class Ticks: Sendable {
    private let count = Mutex(0)
    func next() -> Double {
      count.withLock {
        $0 += 1
        return Double($0)
      }
    }

    var clock: ScanClock { ScanClock(now: { 1_795_545_861 }, elapsed: { self.next() }) }
  }

  @Test func stagesAreGivenToTheSystemWhoseIndexTheyFollow() {
    let stopwatch = Stopwatch(Ticks().clock)
    for key in ["launch", "systems", "index", "contents", "contents", "index", "contents"] {
      stopwatch.begin(key)
    }
    stopwatch.end()
    #expect(
      stopwatch.timings() == [
        ["launch": 1, "systems": 1, "index": 1, "contents": 2], ["index": 1, "contents": 1],
      ])
  }

  @Test func theSameScanAtTheSameTimeGivesTheSameBytes() throws {
    let workplace = try Workplace()
    func report() throws -> String {
      let loader = BaselineLoader(folders: BaselineFolders([workplace.folder + "/baselines"]))
      var session = ScanSession(union: BaselineUnion(try loader.load(["test"])))
      session.clock = Ticks().clock
      let path = workplace.folder + "/web"
      let targets = [path, path + "-absent"].map { path in
        Result { () throws(CollectionError) in try Target(path: path) }
      }
      let result = session.run(targets, names: ["web", "web-absent"])
      #expect(!result.hasFailure)
      #expect(result.cost.contentBytes > 0)
      #expect(result.report.targets.map(\.status) == [.judged, .failed])
      return try result.report.json()
    }
    let first = try report()
    #expect(try report() == first)
    #expect(first.contains("\"started_at\": \"2026-11-24T18:44:21Z\""))
    #expect(first.contains("\"timings\": {\"contents\": 1, \"index\": 1, \"judge\": 1}"))
  }
}
