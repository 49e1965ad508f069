import Testing

@testable import brinell

@Suite struct ScanForecastTests {
  private static let image = [
    ("launch", 24.0), ("partitions", 4), ("systems", 3), ("index", 19), ("contents", 5), ("boot-chain", 1),
    ("certificates", 2), ("digests", 24), ("executables", 8), ("secrets", 4), ("judge", 2),
  ]

  /// Shares and seconds left, each half second, of stages that take `factor` as long as usual.
  private func course(
    _ stages: [(String, Double)], factor: Double = 1, targets: Int = 1
  ) -> [(now: Double, share: Double, left: Double?)] {
    var forecast = ScanForecast(targets: targets)
    var readings: [(Double, Double, Double?)] = []
    var now = 100.0
    for target in 1...targets {
      forecast.beginTarget(number: target, at: now)
      for (key, seconds) in stages {
        forecast.beginStage(key, at: now)
        let end = now + seconds * factor
        while now < end {
          if let share = forecast.share(at: now) {
            readings.append((now, share, forecast.secondsLeft(at: now)))
          }
          now += min(0.5, end - now)
        }
      }
    }
    return readings
  }

  @Test(arguments: [0.05, 0.3, 1, 2, 10], [1, 3])
  func theBarNeverJumpsBackAndNeverEndsEarly(_ factor: Double, _ targets: Int) {
    let shares = course(Self.image, factor: factor, targets: targets).map(\.share)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(shares.allSatisfy { (0..<1).contains($0) })
    #expect((shares.last ?? 0) > 0.9)
  }

  @Test(arguments: [0.2, 1.0, 3]) func theTimeLeftIsRightOnceAStageIsOver(_ factor: Double) throws {
    let readings = course(Self.image, factor: factor)
    let end = try #require(readings.last).now
    for reading in readings {
      guard let left = reading.left else {
        // Until the appliance runs nothing is known of this machine.
        #expect(reading.now <= 100 + 24 * factor)
        continue
      }
      let real = end - reading.now
      #expect(abs(left - real) <= max(3, 0.35 * real), "\(left) for \(real) at \(reading.now)")
    }
  }

  @Test func stagesThatAreLeftOutOrUnknownOrComeTwiceDoNoHarm() {
    let stages = [
      ("index", 0.5), ("contents", 1), ("contents", 1), ("something-new", 2), ("executables", 1),
      ("index", 0.5),
      ("contents", 1), ("judge", 3),
    ]
    let shares = course(stages).map(\.share)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(course([("something-new", 2), ("judge", 1)]).allSatisfy { $0.share < 1 })
  }

  @Test func nothingIsShownBeforeAnythingIsKnown() {
    var forecast = ScanForecast(targets: 1)
    #expect(forecast.share(at: 5) == nil)
    #expect(forecast.secondsLeft(at: 5) == nil)
  }

  @Test(arguments: [
    (0.0, "[>                   ]   0 %"), (0.5, "[==========>         ]  50 %"),
    (0.999, "[===================>]  99 %"), (1.5, "[===================>]  99 %"),
  ]) func looksLikeABar(_ share: Double, _ bar: String) { #expect(ScanForecast.bar(share) == bar) }

  @Test(arguments: [
    (0.2, "a few seconds left"), (12.0, "about 15 s left"), (59.9, "about 60 s left"),
    (61, "about 2 min left"),
  ]) func isNoFinerThanItIsKnown(_ seconds: Double, _ words: String) {
    #expect(ScanForecast.words(secondsLeft: seconds) == words)
  }
}
