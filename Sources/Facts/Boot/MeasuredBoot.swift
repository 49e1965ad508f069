import DiskImages
import Evidence

/// The pieces by which a boot is recorded in the TPM and by which secrets are bound to it.
public struct MeasuredBoot: FactModel {
  public static let needs: [ContentNeed] = Crypttab.needs + DracutConfiguration.needs
  public static let probes: [any ContentProbe] = [BootChainProbe()]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    Crypttab.furtherNeeds(evidence)
  }

  /// One piece of a measured boot.
  public enum Piece: String, Sendable, Hashable, CaseIterable {
    /// systemd-stub, which measures kernel, initrd and command line into PCR 11 (systemd-stub(7)).
    case stub
    /// The phases of the boot go into PCR 11 too (systemd-pcrphase.service(8)).
    case phases
    /// A signature of the expected values within the unified kernel image (`.pcrsig`, systemd-measure(1)).
    case signedPolicy = "signed-policy"
    /// A volume is opened with the TPM: systemd-cryptenroll(1) by crypttab, or Clevis.
    case unlock
    /// The volume's key goes into PCR 15 (`tpm2-measure-pcr=`, crypttab(5)).
    case volumeKey = "volume-key"
  }

  /// Where the pieces are that the guest has.
  public let pieces: [Piece: [Origin]]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let answer = try evidence.answer(of: BootChainProbe.self)
    var found: [Piece: [Origin]] = [:]
    for (id, program) in answer.records.sorted(by: { $0.key < $1.key })
    where program.sections.contains(".linux") {
      guard let file = evidence.index.entry(id: id) else { continue }
      let sections = program.sections.joined(separator: " ")
      found[.stub, default: []].append(Origin(path: file.path, kind: .explicit, text: sections))
      if program.sections.contains(".pcrsig") {
        found[.signedPolicy, default: []].append(Origin(path: file.path, kind: .explicit, text: ".pcrsig"))
      }
    }
    if found[.stub] != nil { found[.phases] = try Self.phases(evidence) }
    for entry in try facts.model(Crypttab.self).entries {
      if entry.usesTPM { found[.unlock, default: []].append(entry.origin) }
      if let register = entry.option("tpm2-measure-pcr"), !["no", "0", "false", "off"].contains(register) {
        found[.volumeKey, default: []].append(entry.origin)
      }
    }
    found[.unlock, default: []] += try Self.clevis(evidence)
    pieces = found.filter { !$0.value.isEmpty }
  }

  /// The units are started in every boot and do nothing but where the stub has measured
  /// (`ConditionSecurity=measured-uki`).
  private static func phases(_ evidence: Evidence) throws(EvidenceGap) -> [Origin] {
    for folder in ["/usr/lib/systemd/system", "/lib/systemd/system"] {
      let path = "\(folder)/sysinit.target.wants/systemd-pcrphase-sysinit.service"
      guard let entry = try evidence.entry(at: path, followLast: false) else { continue }
      if let mask = try evidence.entry(
        at: "/etc/systemd/system/systemd-pcrphase-sysinit.service", followLast: false),
        mask.linkTarget == "/dev/null"
      {
        return []
      }
      return [Origin(path: entry.path, kind: .vendor, text: "started in every boot")]
    }
    return []
  }

  /// Clevis opens volumes in the initramfs, with pins for TPM2 among others; which pin, the volume's header says. Its
  /// modules for dracut are taken in unless dracut.conf(5) leaves them out.
  private static func clevis(_ evidence: Evidence) throws(EvidenceGap) -> [Origin] {
    guard try evidence.entry(at: "/usr/bin/clevis-decrypt-tpm2") != nil else { return [] }
    for path in ["/usr/share/initramfs-tools/hooks/clevis", "/etc/initramfs-tools/hooks/clevis"] {
      if try evidence.entry(at: path) != nil {
        return [Origin(path: path, kind: .vendor, text: "Clevis in the initramfs")]
      }
    }
    let dracut = try DracutConfiguration(evidence)
    for module in ["clevis-pin-tpm2", "clevis"] {
      let path = "/usr/lib/dracut/modules.d/60\(module)"
      if try evidence.entry(at: path) != nil, dracut.omission(of: module) == nil {
        return [Origin(path: path, kind: .vendor, text: "Clevis in the initramfs")]
      }
    }
    return []
  }
}
