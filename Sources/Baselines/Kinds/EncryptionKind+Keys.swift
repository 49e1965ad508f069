import DiskImages
import Facts

extension EncryptionKind {
  /// Keys of the image's own volumes that lie in it.
  func keys(_ keys: UnlockingKeys) -> [Outcome] {
    let expected = "no key of its own volumes lies in the clear or is readable by others"
    var outcomes: [Outcome] = keys.keys.prefix(100).map { key in
      let opens = "opens \(key.opens ?? "a volume")"
      let isOpen = key.mode & 0o077 != 0
      switch key.protection {
      case .plain(let words):
        return Outcome(
          .fail, subject: key.path, expected: expected, actual: "\(opens) and is not encrypted, \(words)",
          evidence: [EvidenceLine(key.origin)])
      case .encrypted:
        return Outcome(
          isOpen ? .fail : .pass, subject: key.path, expected: expected,
          actual: "\(opens), mode \(octal(key.mode)), on an encrypted volume",
          evidence: [EvidenceLine(key.origin)])
      case .unknown(let reason):
        return Outcome(
          isOpen ? .fail : .undecided(reason: reason), subject: key.path, expected: expected,
          actual: "\(opens), mode \(octal(key.mode))", evidence: [EvidenceLine(key.origin)])
      }
    }
    outcomes += keys.unknown.prefix(20).map { subject, reason, origin in
      Outcome(
        .undecided(reason: reason), subject: subject, expected: expected, actual: "could not be looked into",
        evidence: [EvidenceLine(origin)])
    }
    return outcomes.isEmpty ? [pass("keys", expected, "no key in the image")] : outcomes
  }

  /// Volumes whose header is a copy of one in another image of the run, or in the same image.
  func sharedKeys(_ stack: VolumeStack, _ run: VolumeKeysInRun?) -> [Outcome] {
    let expected = "a volume key that no other volume has"
    var own: [String: String] = [:]
    var outcomes: [Outcome] = []
    for volume in stack.volumes {
      guard let header = volume.header, !header.digests.isEmpty else { continue }
      var others = run?.others(with: header) ?? []
      for digest in header.digests {
        if let twin = own[digest.fingerprint] {
          others.append(twin)
        } else {
          own[digest.fingerprint] = volume.device
        }
      }
      outcomes.append(
        Outcome(
          others.isEmpty ? .pass : .fail, subject: subject(volume), expected: expected,
          actual: others.isEmpty
            ? "its own among the images of this run"
            : "the same as \(others.prefix(8).joined(separator: ", "))",
          evidence: lines(volume)))
    }
    return outcomes.isEmpty ? [pass("volumes", expected, "no encrypted volume with a header")] : outcomes
  }

  /// Volumes of a template, whose clones all have the same key unless something changes it.
  func ownKeys(_ stack: VolumeStack, _ firstBoot: FirstBootEncryption) -> [Outcome] {
    let expected = "a volume key of its own for every clone"
    let volumes = stack.volumes.filter { $0.entry?.hasRandomKey != true }
    if volumes.isEmpty { return [pass("volumes", expected, "no encrypted volume")] }
    return volumes.map { volume in
      guard let origin = firstBoot.origin else {
        return Outcome(
          .fail, subject: subject(volume), expected: expected,
          actual: "every clone has the key of this image; nothing re-encrypts at the first boot",
          evidence: lines(volume))
      }
      return Outcome(
        .pass, subject: subject(volume), expected: expected, actual: "the first boot makes a new key",
        evidence: [EvidenceLine(origin)])
    }
  }

  /// What the machine's TPM asks before it gives a key away.
  func tokens(_ stack: VolumeStack) -> [Outcome] {
    let expected = "the TPM gives the key to the expected boot alone, or asks for a PIN"
    var outcomes: [Outcome] = []
    for volume in stack.volumes {
      for token in volume.header?.tokens ?? []
      where token.isTPM || (token.isUnreadable && token.type == "clevis") {
        let subject = "\(subject(volume)) token \(token.id)"
        guard let isUnbound = token.isUnboundTPM else {
          outcomes.append(
            Outcome(
              .undecided(reason: "the token could not be understood"), subject: subject, expected: expected,
              actual: token.type, evidence: lines(volume)))
          continue
        }
        outcomes.append(
          Outcome(
            isUnbound ? .fail : .pass, subject: subject, expected: expected, actual: words(token),
            evidence: lines(volume)))
      }
    }
    return outcomes.isEmpty ? [pass("tokens", expected, "no TPM opens a volume")] : outcomes
  }

  private func words(_ token: EncryptionHeader.Token) -> String {
    var parts = [token.type]
    let registers = token.pcrs + token.pins.flatMap(\.pcrs)
    parts.append(registers.isEmpty ? "bound to no PCR" : "bound to PCR \(list(registers))")
    if !token.signedPcrs.isEmpty { parts.append("signed policy for PCR \(list(token.signedPcrs))") }
    if token.usesPcrlock { parts.append("bound by pcrlock") }
    if token.requiresPin == true { parts.append("with a PIN") }
    if token.pins.count > 1 { parts.append("\(token.threshold) of \(token.pins.count) suffice") }
    return parts.joined(separator: ", ")
  }

  private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "+") }
}
