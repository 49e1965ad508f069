import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The processes that libguestfs starts for an appliance: qemu, and supermin when it builds one.
///
/// Ending them is how a blocked request is given up: libguestfs has no other way to interrupt one, and with
/// its process gone the request fails at once and everything is closed in order.
public enum HelperProcesses {
  private static let interruptedBy = Atomic<Int32>(0)

  /// The signal that asked for an end, or 0.
  public static var interruption: Int32 { interruptedBy.load(ordering: .acquiring) }

  /// Notes that `signal` asked for an end and ends the appliance; whoever waits for it gets an error.
  public static func interrupt(_ signal: Int32) {
    interruptedBy.store(signal, ordering: .releasing)
    killAll()
  }

  /// Kills all descendants of this process.
  public static func killAll() {
    for process in descendants(of: getpid()) { kill(process, SIGKILL) }
  }

  /// CPU seconds that this process has used itself, the appliance not counted.
  public static var ownCPUSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
    return Double(seconds) + Double(micros) / 1_000_000
  }

  /// The most memory in bytes that this process has used itself, the appliance not counted.
  public static var ownPeakMemory: Int64 {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int64(usage.ru_maxrss) * 1024
  }

  private static func descendants(of ancestor: pid_t) -> [pid_t] {
    var parents: [pid_t: pid_t] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let process = pid_t(name),
        let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        let end = stat.lastIndex(of: ")")
      else { continue }
      // proc_pid_stat(5): after the parenthesised name come the state and the parent.
      let fields = stat[stat.index(after: end)...].split(separator: " ")
      if fields.count > 1, let parent = pid_t(fields[1]) { parents[process] = parent }
    }
    var found: [pid_t] = []
    var frontier: Set<pid_t> = [ancestor]
    while !frontier.isEmpty {
      let children = parents.filter { frontier.contains($0.value) }.map(\.key)
      found += children
      frontier = Set(children)
    }
    return found
  }
}

/// Gives up a request that the appliance does not answer in time, by ending the appliance.
final class Watchdog: Sendable {
  private struct State {
    var deadline: ContinuousClock.Instant?
    var hasFired = false
    var isStopped = false
  }

  private let state = Mutex(State())

  init() {
    let thread = Thread { [self] in
      while !state.withLock({ $0.isStopped }) {
        Thread.sleep(forTimeInterval: 0.25)
        let isLate = state.withLock { state in
          guard let deadline = state.deadline, deadline < .now else { return false }
          state.deadline = nil
          state.hasFired = true
          return true
        }
        if isLate { HelperProcesses.killAll() }
      }
    }
    thread.start()
  }

  /// Whether time has run out since the last `arm`.
  var hasFired: Bool { state.withLock { $0.hasFired } }

  /// Starts the time for the next request.
  func arm(_ limit: Duration) {
    state.withLock {
      $0.deadline = .now + limit
      $0.hasFired = false
    }
  }

  /// The request was answered.
  func disarm() { state.withLock { $0.deadline = nil } }

  /// Ends the watching thread.
  func stop() { state.withLock { $0.isStopped = true } }
}
