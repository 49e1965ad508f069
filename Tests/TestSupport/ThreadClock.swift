import Foundation

/// The time that the calling thread has spent on a processor, for tests of how long something takes: unlike the time of
/// day it does not grow while other programs have the processor.
///
/// What is measured stays on its thread: no `await`, no child processes.
public enum ThreadClock {
  /// Since the thread began.
  public static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// How long the body takes.
  public static func measure(_ body: () throws -> Void) rethrows -> Duration {
    let start = now
    try body()
    return now - start
  }
}
