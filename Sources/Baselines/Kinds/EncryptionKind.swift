import DiskImages
import Evidence
import Facts

/// Judges how the guest's data lies on its disks.
public struct EncryptionKind: CheckKind {
  public static let name = "encryption"
  public static let summary = """
    Reads the layers from the disks to the mount points and the headers of encrypted volumes, without keys, and judges \
    one question about them: whether file systems or swap are encrypted and how well, whether the image holds a key of \
    its own volumes, whether other machines have the same volume key, what TPM tokens are bound to, where the machine \
    hibernates to.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("asks", .choice(Question.allCases.map(\.rawValue)), required: true, "the question"),
    .init(
      "mountpoints", .textList, "at_rest, strength: folders; if not given all that is mounted from disks"),
    .init(
      "exempt", .textList,
      "at_rest, strength: mount points that may be in the clear; by default those of the boot"),
    .init(
      "min_key_bits", .integer,
      "strength: bits of the cipher's key, for XTS of one of its two; by default 256"),
    .init("luks1", .boolean, "strength: whether LUKS1 is accepted, by default not"),
    .init("pbkdf2", .boolean, "strength: whether PBKDF2 is accepted for passphrases, by default not"),
    .init("min_iterations", .integer, "strength: of PBKDF2 with SHA-256, by default 600000"),
    .init("min_memory_kib", .integer, "strength: of Argon2, by default 65536"),
    .init("min_time", .integer, "strength: passes of Argon2, by default 3"),
  ]

  /// What can be asked.
  enum Question: String, CaseIterable {
    case atRest = "at_rest"
    case strength, swap, keys
    case sharedKey = "shared_key"
    case ownKey = "own_key"
    case tokens, hibernation
  }

  static let bootFolders = ["/boot", "/boot/efi", "/boot/firmware", "/efi", "/boot/grub2"]

  let question: Question
  let strength: EncryptionStrength
  let folders: [String]
  let exempt: Set<String>

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let question = Question(rawValue: try parameters.required("asks")) else {
      throw ParameterError("asks", "no such question")
    }
    self.question = question
    folders = parameters.list("mountpoints")
    if let folder = folders.first(where: { !$0.hasPrefix("/") }) {
      throw ParameterError("mountpoints", "'\(folder)' is no absolute path")
    }
    exempt = Set(parameters.has("exempt") ? parameters.list("exempt") : Self.bootFolders)
    strength = try Self.strength(parameters)
    try Self.refuse(
      parameters, ["mountpoints", "exempt"], unless: question == .atRest || question == .strength)
    let measures = ["min_key_bits", "luks1", "pbkdf2", "min_iterations", "min_memory_kib", "min_time"]
    try Self.refuse(parameters, measures, unless: question == .strength)
  }

  private static func refuse(_ parameters: Parameters, _ keys: [String], unless: Bool) throws(ParameterError)
  {
    if !unless, let key = keys.first(where: parameters.has) {
      throw ParameterError(key, "'\(key)' does not belong to this question")
    }
  }

  private static func strength(_ parameters: Parameters) throws(ParameterError) -> EncryptionStrength {
    var strength = EncryptionStrength()
    func positive(_ key: String, _ usual: Int) throws(ParameterError) -> Int {
      guard let value = parameters.integer(key) else { return usual }
      guard (1...1 << 32).contains(value) else { throw ParameterError(key, "\(value) is out of range") }
      return value
    }
    strength.minimumKeyBits = try positive("min_key_bits", strength.minimumKeyBits)
    strength.minimumIterations = try positive("min_iterations", strength.minimumIterations)
    strength.minimumMemory = try positive("min_memory_kib", strength.minimumMemory)
    strength.minimumTime = try positive("min_time", strength.minimumTime)
    strength.allowsLUKS1 = parameters.boolean("luks1") ?? false
    strength.allowsPBKDF2 = parameters.boolean("pbkdf2") ?? false
    return strength
  }

  public var plan: CollectionPlan {
    switch question {
    case .atRest, .strength, .tokens, .sharedKey: CollectionPlan([VolumeStack.self])
    case .swap: CollectionPlan([SwapSpaces.self])
    case .keys: CollectionPlan([UnlockingKeys.self])
    case .ownKey: CollectionPlan([VolumeStack.self, FirstBootEncryption.self])
    case .hibernation: CollectionPlan([Hibernation.self])
    }
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    switch question {
    case .atRest: atRest(try facts.model())
    case .strength: strengths(try facts.model())
    case .swap: swap(try facts.model())
    case .keys: keys(try facts.model())
    case .sharedKey: sharedKeys(try facts.model(), facts.supplied(VolumeKeysInRun.self))
    case .ownKey: ownKeys(try facts.model(), try facts.model())
    case .tokens: tokens(try facts.model())
    case .hibernation: hibernation(try facts.model())
    }
  }

  /// Encrypting what is there takes the passphrase and a reboot; no change of files does it.
  public var fix: Fix? { nil }
}
