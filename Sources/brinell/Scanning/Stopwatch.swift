import DiskImages
import Foundation
import Synchronization

/// Time as a scan sees it; tests give another.
struct ScanClock: Sendable {
  /// Seconds since 1970-01-01 UTC.
  var now: @Sendable () -> Int64
  /// Seconds since any moment, never backwards.
  var elapsed: @Sendable () -> Double

  static let system = ScanClock(
    now: { Int64(Date().timeIntervalSince1970) },
    elapsed: {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return Double(seconds) + Double(attoseconds) / 1e18
    })

  private static let start = ContinuousClock.now
}

/// Measures the stages of one target.
final class Stopwatch: Sendable {
  private struct State {
    var laps: [(key: String, seconds: Double)] = []
    var current: (key: String, since: Double)?
  }

  private let clock: ScanClock
  private let state = Mutex(State())

  init(_ clock: ScanClock) { self.clock = clock }

  /// A stage begins; the one before is over.
  func begin(_ key: String) {
    let now = clock.elapsed()
    state.withLock { state in
      if let current = state.current { state.laps.append((current.key, now - current.since)) }
      state.current = (key, now)
    }
  }

  /// The last stage is over.
  func end() {
    let now = clock.elapsed()
    state.withLock { state in
      if let current = state.current { state.laps.append((current.key, now - current.since)) }
      state.current = nil
    }
  }

  /// Seconds by stage for each system: a system's part begins with its index, what comes before the first is
  /// the first one's.
  func timings() -> [[String: Double]] {
    var parts: [[String: Double]] = [[:]]
    var hasIndex = false
    for lap in state.withLock({ $0.laps }) {
      if lap.key == Stage.index.key {
        if hasIndex { parts.append([:]) }
        hasIndex = true
      }
      parts[parts.count - 1][lap.key, default: 0] += lap.seconds
    }
    return parts
  }
}
