import Binaries
import Evidence
import Facts

/// Judges signatures of the programs that the firmware of UEFI starts and of the kernels.
public struct BootSignatureKind: CheckKind {
  public static let name = "boot_signature"
  public static let summary = """
    Reads the Authenticode signatures of boot loaders and kernels on the EFI system partition and in /boot, and digests \
    the files. It says who signed, never whether a machine trusts the signer: the list of trusted keys is the firmware's.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "is", .choice(["signed", "intact", "sbat", "not_revoked"]), required: true,
      """
      signed: every program of the usual boot carries a signature; intact: no signed file differs from what was \
      signed; sbat: shim revokes no generation of them; not_revoked: none is in the list that --dbx names
      """)
  ]

  private enum Question: String {
    case signed, intact, sbat
    case notRevoked = "not_revoked"
  }

  private let question: Question

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let question = Question(rawValue: try parameters.required("is")) else {
      throw ParameterError("is", "'is' is none of the known questions")
    }
    self.question = question
  }

  public var plan: CollectionPlan { CollectionPlan([BootChain.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let chain = try facts.model(BootChain.self)
    switch question {
    case .signed:
      if let gap = chain.gap { throw gap }
      return judge(chain.steps.filter(\.isPartOfBoot)) { signed($0) }
    case .intact: return try whereverTheyLie(chain) { intact($0) }
    case .sbat:
      if let gap = chain.gap { throw gap }
      let level = try SbatLevel.shipped.get()
      return judge(chain.steps.filter(\.isPartOfBoot)) { generations($0, level) }
    case .notRevoked:
      guard let revoked = facts.supplied(RevokedPrograms.self) else {
        throw EvidenceGap(path: "dbx", reason: "no list of revoked programs was given; use --dbx")
      }
      return try whereverTheyLie(chain) { revocation($0, revoked) }
    }
  }

  /// Kernels are judged without an EFI system partition too; of one that could not be read nothing is known.
  private func whereverTheyLie(
    _ chain: BootChain, _ answer: (BootProgram) -> Answer?
  ) throws(EvidenceGap) -> [Outcome] {
    if let gap = chain.gap, chain.steps.isEmpty { throw gap }
    var outcomes = judge(chain.steps, answer)
    if case .unread(let gap) = chain.systemPartition {
      outcomes.append(
        Outcome(.undecided(reason: gap.reason), subject: gap.path, expected: expected, actual: "not read"))
    }
    return outcomes
  }

  private var expected: String {
    switch question {
    case .signed: "signed, and not altered since"
    case .intact: "not altered since it was signed"
    case .sbat: "generations that shim does not revoke"
    case .notRevoked: "not in the list of revoked programs"
    }
  }

  private typealias Answer = (verdict: Outcome.Verdict, actual: String)

  /// - Parameter answer: nil for a program that the question is not about.
  private func judge(_ steps: [BootChain.Step], _ answer: (BootProgram) -> Answer?) -> [Outcome] {
    var outcomes: [Outcome] = []
    for step in steps {
      let path = step.file.path
      let place = "\(step.role.rawValue), started by \(step.startedBy)"
      switch step.content {
      case .failure(let gap):
        outcomes.append(
          Outcome(.undecided(reason: gap.reason), subject: path, expected: expected, actual: gap.reason))
      case .success(let program):
        guard let (verdict, actual) = answer(program) else { continue }
        outcomes.append(
          Outcome(
            verdict, subject: path, expected: expected, actual: actual,
            evidence: [EvidenceLine(path: path, text: Self.words(program), origin: place)]))
      }
    }
    return outcomes
  }

  /// Which signer stands in the table, in one line.
  private static func words(_ program: BootProgram) -> String {
    let signers = program.signatures.map { signature in
      let name = signature.signer?.subject ?? "a certificate of \(signature.issuer)"
      return "\(name) (issuer: \(signature.issuer), \(signature.algorithm))"
    }
    let sbat = (program.sbat ?? []).map { "\($0.name),\($0.generation)" }.joined(separator: " ")
    return (signers.isEmpty ? "not signed" : "signed by " + signers.joined(separator: " and by "))
      + (sbat.isEmpty ? "" : "; SBAT \(sbat)")
  }

  private func signed(_ program: BootProgram) -> Answer? {
    switch program.form {
    case .compressed: return (.undecided(reason: "compressed as a whole"), "compressed as a whole")
    case .other: return (.fail, "no program of UEFI, so that nothing can verify it")
    case .program: break
    }
    guard !program.signatures.isEmpty else { return (.fail, "not signed") }
    return intact(program)
  }

  /// One signature that holds is enough, as firmware needs one that it accepts; an altered file has none.
  private func intact(_ program: BootProgram) -> Answer? {
    guard let first = program.signatures.first else { return nil }
    let names = program.signatures.filter { $0.state == .intact }.map { $0.signer?.subject ?? $0.issuer }
    if !names.isEmpty { return (.pass, "signed by \(names.joined(separator: " and "))") }
    for signature in program.signatures {
      if case .unknown(let reason) = signature.state { return (.undecided(reason: reason), reason) }
    }
    guard case .altered(let words) = first.state else { return nil }
    return (.fail, "signed by \(first.signer?.subject ?? first.issuer), but altered: \(words)")
  }

  /// A program without `.sbat` has no generation that could be revoked.
  private func generations(_ program: BootProgram, _ level: SbatLevel) -> Answer? {
    guard let components = program.sbat else { return nil }
    let objections = level.objections(to: components)
    if let first = objections.first { return (.fail, "\(first) (level \(level.date))") }
    return (.pass, components.map { "\($0.name),\($0.generation)" }.joined(separator: " "))
  }

  private func revocation(_ program: BootProgram, _ revoked: RevokedPrograms) -> Answer? {
    guard program.form == .program else { return nil }
    switch revoked.verdict(on: program) {
    case .notRevoked: return (.pass, "not in \(revoked.source)")
    case .revoked(let words): return (.fail, words)
    case .issuerOfTheName(let name):
      let words = "a certificate named \(name) is revoked, and one of that name issued the signer's"
      return (.undecided(reason: words), words)
    }
  }
}
