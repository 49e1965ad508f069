extension EncryptionHeader {
  /// A way to unlock key slots without a passphrase (LUKS2 On-Disk Format Specification, 3.5).
  public struct Token: Hashable, Sendable, Codable {
    public var id: String
    /// `systemd-tpm2`, `systemd-fido2`, `systemd-recovery`, `clevis`, `luks2-keyring` …
    public var type: String
    public var keySlots: [String]
    /// Registers whose values the key is sealed to; empty: none. Of systemd-tpm2.
    public var pcrs: [Int] = []
    /// Registers for which a signed policy counts (systemd-cryptenroll(1), --tpm2-public-key-pcrs=).
    public var signedPcrs: [Int] = []
    public var pcrBank: String?
    /// Whether a policy of systemd-pcrlock(8) binds the key.
    public var usesPcrlock = false
    /// Whether the TPM or the token wants a PIN as well.
    public var requiresPin: Bool?
    /// Of clevis: what unlocks, of which `threshold` suffice.
    public var pins: [ClevisPin] = []
    public var threshold = 1
    /// Whether the token's own content could not be understood.
    public var isUnreadable = false

    /// A token of which nothing else is known.
    public init(id: String, type: String, keySlots: [String]) {
      self.id = id
      self.type = type
      self.keySlots = keySlots
    }

    /// Whether a TPM is all that is needed.
    public var isTPM: Bool { type == "systemd-tpm2" || pins.contains { $0.kind == "tpm2" } }

    /// Whether the TPM of the machine gives the key to whatever was booted: no register binds it, no PIN is asked,
    /// and no other factor is needed. Nil if the token does not tell.
    public var isUnboundTPM: Bool? {
      switch type {
      case "systemd-tpm2":
        if isUnreadable { return nil }
        return pcrs.isEmpty && signedPcrs.isEmpty && !usesPcrlock && requiresPin != true
      case "clevis":
        if isUnreadable { return nil }
        return pins.filter { $0.kind == "tpm2" && $0.pcrs.isEmpty }.count >= threshold
      default: return false
      }
    }

    /// Whether what the slot's passphrase is made of is random, so that the cost of the derivation does not matter.
    public var holdsRandomKey: Bool {
      ["systemd-tpm2", "systemd-fido2", "systemd-pkcs11", "systemd-recovery", "clevis"].contains(type)
    }
  }

  /// One pin of clevis(1).
  public struct ClevisPin: Hashable, Sendable, Codable {
    /// `tpm2`, `tang`, `sss`, `null`.
    public var kind: String
    public var pcrs: [Int] = []
    public var pcrBank: String?
  }
}
