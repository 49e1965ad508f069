import Foundation
import Reports
import Synchronization

/// Shows on standard error what is being done: one line that is rewritten on a terminal, one line a stage in a
/// log.
final class ProgressDisplay: Sendable {
  enum Style: Sendable { case silent, lines, rewriting }

  private struct State {
    var stage: String?
    var started = ContinuousClock.now
    var isStopped = false
    var hasTicker = false
  }

  private let style: Style
  private let state = Mutex(State())

  init(style: Style) { self.style = style }

  /// A stage begins; the one before is over.
  func begin(_ stage: String) {
    state.withLock {
      $0.stage = stage
      $0.started = .now
    }
    switch style {
    case .silent: break
    case .lines: writeError("brinell: \(stage)\n")
    case .rewriting:
      show()
      startTicking()
    }
  }

  /// Prints a line for people between the stages; what a terminal would obey in it is escaped.
  func notice(_ line: String) {
    if style == .rewriting { writeError("\r\u{1b}[K") }
    writeError("brinell: \(printable(line))\n")
  }

  /// Removes the line that is rewritten.
  func end() {
    state.withLock {
      $0.stage = nil
      $0.isStopped = true
    }
    if style == .rewriting { writeError("\r\u{1b}[K") }
  }

  private func show() {
    let line = state.withLock { state -> String? in
      guard let stage = state.stage, !state.isStopped else { return nil }
      let seconds = (ContinuousClock.now - state.started).components.seconds
      return "\r\u{1b}[K" + stage + " …" + (seconds > 1 ? " \(seconds) s" : "")
    }
    if let line { writeError(line) }
  }

  private func startTicking() {
    let isFirst = state.withLock { state in
      defer { state.hasTicker = true }
      return !state.hasTicker
    }
    guard isFirst else { return }
    Thread { [self] in
      while !state.withLock({ $0.isStopped }) {
        Thread.sleep(forTimeInterval: 0.5)
        show()
      }
    }.start()
  }
}

/// Writes to standard error, past any buffer.
func writeError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
