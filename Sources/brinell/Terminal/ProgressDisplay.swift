import DiskImages
import Foundation
import Reports
import Synchronization

/// Shows on standard error what is being done: one line that is rewritten on a terminal, with a bar and the time left in a
/// scan; one line a stage in a log.
final class ProgressDisplay: Sendable {
  enum Style: Sendable { case silent, lines, rewriting }

  private struct State {
    var stage: String?
    var started = ScanClock.system.elapsed()
    var isStopped = false
    var hasTicker = false
    var forecast: ScanForecast?
    /// `2 of 5: ` where there are several targets.
    var prefix = ""
  }

  private let style: Style
  private let state = Mutex(State())

  init(style: Style) { self.style = style }

  /// A target of a scan begins: stages that follow move the bar.
  func beginTarget(_ number: Int, of count: Int) {
    state.withLock {
      if $0.forecast == nil { $0.forecast = ScanForecast(targets: count) }
      $0.forecast?.beginTarget(number: number, at: ScanClock.system.elapsed())
      if count > 1 { $0.prefix = "\(number) of \(count): " }
    }
  }

  /// A stage of a scan begins; the one before is over.
  func begin(_ stage: Stage) {
    state.withLock { $0.forecast?.beginStage(stage.key, at: ScanClock.system.elapsed()) }
    begin(stage.words)
  }

  /// Something begins that is no stage of a scan; what was before is over.
  func begin(_ words: String) {
    let line = state.withLock {
      $0.stage = $0.prefix + words
      $0.started = ScanClock.system.elapsed()
      return $0.prefix + words
    }
    switch style {
    case .silent: break
    case .lines: writeError("brinell: \(line)\n")
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
    guard let line = line(at: ScanClock.system.elapsed()) else { return }
    writeError("\r\u{1b}[K" + line)
  }

  /// What stands on the terminal, short enough not to be broken there.
  private func line(at now: Double) -> String? {
    state.withLock { state in
      guard let stage = state.stage, !state.isStopped else { return nil }
      let share = state.forecast?.share(at: now).map { ScanForecast.bar($0) + "  " } ?? ""
      let seconds = Int(now - state.started)
      let soFar = seconds > 1 ? " \(seconds) s" : ""
      let left = state.forecast?.secondsLeft(at: now).map { ", " + ScanForecast.words(secondsLeft: $0) } ?? ""
      let width = Terminal.errorWidth - 1
      // What is left says more than what is over.
      let lines = [soFar + left, left, ""].map { share + stage + " …" + $0 }
      return lines.first { $0.count <= width } ?? printable(lines[2], limit: width)
    }
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

/// Writes to standard error, past any buffer. Where nobody reads it any more, as in `brinell scan … 2>&1 | head`, it is
/// lost.
func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
