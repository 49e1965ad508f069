import DiskImages
import Facts

extension EncryptionKind {
  // MARK: File systems

  func atRest(_ stack: VolumeStack) -> [Outcome] {
    let places = places(stack)
    let clear = stack.places.filter { exempt.contains($0.target) && isPlain($0.protection) }.map(\.target)
    return places.map { place in
      let (verdict, words) = judged(place.protection)
      let note =
        clear.isEmpty ? "" : "; \(clear.joined(separator: ", ")) in the clear, which can be changed unseen"
      return Outcome(
        verdict, subject: place.target, expected: "encrypted", actual: words + (verdict == .pass ? note : ""),
        evidence: lines(place, stack))
    }
  }

  func strengths(_ stack: VolumeStack) -> [Outcome] {
    let expected = "a cipher, a key and a passphrase that withstand attack"
    var volumes: [EncryptedVolume] = []
    for place in places(stack) {
      guard case .encrypted(let found) = place.protection else { continue }
      volumes += found.filter { !volumes.contains($0) }
    }
    if folders.isEmpty {
      volumes += stack.volumes.filter { volume in !volumes.contains { $0.device == volume.device } }
    }
    if volumes.isEmpty { return [pass("volumes", expected, "no encrypted volume")] }
    return volumes.map { volume in
      let evidence = lines(volume)
      if let problem = volume.header?.problems.first, volume.header?.segments.isEmpty ?? true {
        return Outcome(
          .undecided(reason: problem), subject: subject(volume), expected: expected, actual: volume.words,
          evidence: evidence)
      }
      guard let weaknesses = strength.weaknesses(of: volume) else {
        return Outcome(
          .undecided(reason: "its header is not in the image"), subject: subject(volume), expected: expected,
          actual: volume.words, evidence: evidence)
      }
      let words =
        weaknesses.isEmpty ? volume.words : weaknesses.joined(separator: "; ") + " (\(volume.words))"
      return Outcome(
        weaknesses.isEmpty ? .pass : .fail, subject: subject(volume), expected: expected, actual: words,
        evidence: evidence)
    }
  }

  private func places(_ stack: VolumeStack) -> [EncryptedPlace] {
    if folders.isEmpty { return stack.places.filter { !exempt.contains($0.target) } }
    var targets: Set<String> = []
    return folders.compactMap { stack.place(holding: $0) }.filter { targets.insert($0.target).inserted }
  }

  // MARK: Swap

  func swap(_ swap: SwapSpaces) -> [Outcome] {
    let expected = "encrypted, or in memory alone"
    if swap.spaces.isEmpty { return [pass("swap", expected, "no swap")] }
    return swap.spaces.map { space in
      let (verdict, words) = judged(space.state)
      return Outcome(
        verdict, subject: space.source, expected: expected, actual: words,
        evidence: [EvidenceLine(space.origin)])
    }
  }

  func hibernation(_ hibernation: Hibernation) -> [Outcome] {
    let expected = "memory is written to encrypted swap, or not at all"
    switch hibernation.state {
    case .none: return [pass("hibernation", expected, "no device to resume from")]
    case .refused(let origin):
      return [
        Outcome(
          .pass, subject: "hibernation", expected: expected, actual: "the kernel refuses",
          evidence: [EvidenceLine(origin)])
      ]
    case .device(let source, let state, let origin):
      var (verdict, words) = judged(state)
      if case .randomKey = state { words += ", so that it cannot resume" }
      return [
        Outcome(
          verdict, subject: "hibernation", expected: expected, actual: "to \(source), \(words)",
          evidence: [EvidenceLine(origin)])
      ]
    }
  }

  // MARK: Words

  func judged(_ protection: AtRestProtection) -> (Outcome.Verdict, String) {
    switch protection {
    case .encrypted(let volumes):
      (.pass, volumes.map { "\($0.device): \($0.words)" }.prefix(4).joined(separator: "; "))
    case .plain(let words): (.fail, "not encrypted, \(words)")
    case .unknown(let reason): (.undecided(reason: reason), "unknown")
    }
  }

  private func judged(_ state: SwapSpaces.State) -> (Outcome.Verdict, String) {
    switch state {
    case .memory: (.pass, "compressed in memory")
    case .randomKey: (.pass, "encrypted with a key that is new at every boot")
    case .other(let protection): judged(protection)
    }
  }

  private func isPlain(_ protection: AtRestProtection) -> Bool {
    if case .plain = protection { true } else { false }
  }

  func pass(_ subject: String, _ expected: String, _ actual: String) -> Outcome {
    Outcome(.pass, subject: subject, expected: expected, actual: actual)
  }

  /// The name in crypttab stays the same when devices are numbered anew.
  func subject(_ volume: EncryptedVolume) -> String { volume.entry?.name ?? volume.device }

  private func lines(_ place: EncryptedPlace, _ stack: VolumeStack) -> [EvidenceLine] {
    var lines = place.origins.map { EvidenceLine($0) }
    if case .encrypted(let volumes) = place.protection { lines += volumes.prefix(4).flatMap(self.lines) }
    return lines
  }

  func lines(_ volume: EncryptedVolume) -> [EvidenceLine] {
    var lines = volume.entry.map { [EvidenceLine($0.origin)] } ?? []
    if let header = volume.header {
      lines.append(EvidenceLine(text: header.words, origin: "header on \(volume.device)"))
      lines += header.problems.prefix(4).map { EvidenceLine(text: $0, origin: "header on \(volume.device)") }
    }
    return lines
  }
}
