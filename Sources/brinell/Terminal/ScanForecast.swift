import Foundation

/// How far a scan is and how long it will still take, from how long its stages usually take and how fast this machine
/// is with those that are over.
///
/// The share never falls and never reaches 1 before `end`: a stage that takes longer than usual slows the bar down. All
/// moments are seconds on one clock.
struct ScanForecast {
  /// Stages in their order with the seconds that they took.
  private typealias Course = [(key: String, seconds: Double)]

  /// A Debian 12 image of 2 GiB without KVM, by baseline server.
  private static let image: Course = [
    ("unpack", 10), ("launch", 24), ("partitions", 4), ("systems", 3), ("index", 19), ("contents", 5),
    ("boot-chain", 1), ("certificates", 2), ("digests", 24), ("embedded-packages", 2),
    ("executables", 8), ("secrets", 4), ("judge", 2),
  ]
  /// A directory with the same system.
  private static let tree: Course = [
    ("index", 0.5), ("contents", 0.4), ("boot-chain", 0.2), ("certificates", 0.3), ("digests", 2.5),
    ("embedded-packages", 0.4), ("executables", 0.8), ("secrets", 0.2), ("judge", 2.2),
  ]
  /// Seconds for which the usual pace is believed before this machine's own.
  private static let trust = 0.5

  private let targets: Int
  private var finishedTargets = 0
  private var course: Course?
  /// Where in the course the current stage is; a stage that it does not name belongs to the one before.
  private var position = 0
  private var stageBegan = 0.0
  /// Seconds that the finished stages usually take, and took.
  private var usual = 0.0
  private var taken = 0.0
  private var shown = 0.0

  /// Nothing has begun of so many targets.
  init(targets: Int) { self.targets = max(1, targets) }

  /// A target begins; those before it are over.
  mutating func beginTarget(number: Int, at now: Double) {
    finishStage(at: now)
    finishedTargets = number - 1
    (course, position, stageBegan) = (nil, 0, now)
  }

  /// A stage begins; the one before is over.
  mutating func beginStage(_ key: String, at now: Double) {
    let isFirst = course == nil
    let course = course ?? (["unpack", "launch"].contains(key) ? Self.image : Self.tree)
    self.course = course
    // A further round of the same stage belongs to it.
    guard let next = course.firstIndex(where: { $0.key == key }), isFirst || next != position else { return }
    if !isFirst { finishStage(at: now) }
    (position, stageBegan) = (next, now)
  }

  private mutating func finishStage(at now: Double) {
    guard let course else { return }
    usual += course[position].seconds
    taken += max(0, now - stageBegan)
  }

  /// The share that is done, from 0 to below 1; nil before anything has begun.
  mutating func share(at now: Double) -> Double? {
    guard let course else { return shown > 0 ? shown : nil }
    let total = course.map(\.seconds).reduce(0, +)
    let done =
      course[..<position].map(\.seconds).reduce(0, +) + course[position].seconds * stageShare(at: now)
    shown = max(shown, (Double(finishedTargets) + done / total) / Double(targets))
    return shown
  }

  /// Seconds until the end; nil as long as no stage is over.
  func secondsLeft(at now: Double) -> Double? {
    guard let course, usual > 0 else { return nil }
    let total = course.map(\.seconds).reduce(0, +)
    let later = course[(position + 1)...].map(\.seconds).reduce(0, +)
    let open = course[position].seconds * (1 - stageShare(at: now))
    return pace * (open + later + total * Double(max(0, targets - finishedTargets - 1)))
  }

  /// How much slower than usual this machine is.
  private var pace: Double { (taken + Self.trust) / (usual + Self.trust) }

  /// In proportion up to nine tenths, then ever slower.
  private func stageShare(at now: Double) -> Double {
    guard let course else { return 0 }
    let ratio = max(0, now - stageBegan) / max(0.01, course[position].seconds * pace)
    return ratio < 0.9 ? ratio : 1 - 0.1 * exp(10 * (0.9 - ratio))
  }
}

extension ScanForecast {
  /// `[=======>      ]  52 %`, of 20 columns within the brackets.
  static func bar(_ share: Double) -> String {
    let width = 20
    let percent = min(99, max(0, Int(share * 100)))
    let filled = percent * width / 100
    let bar = String(repeating: "=", count: filled) + ">"
    let number = String(percent)
    return "[" + bar + String(repeating: " ", count: width - filled - 1) + "] "
      + String(repeating: " ", count: 3 - number.count) + number + " %"
  }

  /// `about 25 s left`, no finer than it is known.
  static func words(secondsLeft seconds: Double) -> String {
    switch seconds {
    case ..<5: "a few seconds left"
    case ..<60: "about \(Int((seconds / 5).rounded(.up)) * 5) s left"
    default: "about \(Int((seconds / 60).rounded(.up))) min left"
    }
  }
}
