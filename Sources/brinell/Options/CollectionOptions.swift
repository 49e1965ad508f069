import ArgumentParser
import Evidence
import Facts
import Foundation

extension DigestProbe.Scope: ExpressibleByArgument {}

/// What is read of a guest beyond what checks need by themselves; shared by every command that collects.
struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare packaged files with the digests of the package database: none, executables (programs and libraries) "
        + "or all, where a baseline asks for it. (default: executables)", valueName: "scope"))
  var verify: DigestProbe.Scope?

  @Flag(
    help:
      "Try a small list of known default passwords against the guest's password hashes (check acct.no-known-default-password)."
  )
  var tryDefaultPasswords = false

  @Option(
    help: ArgumentHelp(
      "Try these passwords too: ACCOUNT:PASSWORD or *:PASSWORD on each line. Implies --try-default-passwords.",
      valueName: "file"))
  var defaultPasswords: String?

  @Option(
    help: ArgumentHelp(
      "Look for these YARA rules in programs and in files of users (check exe.no-signature).",
      valueName: "file"))
  var yara: String?

  @Option(
    help: ArgumentHelp(
      "Look for these ClamAV signatures in programs and in files of users.", valueName: "file|folder"))
  var clamav: String?

  /// What was asked.
  ///
  /// - Throws: a `ValidationError` for a list that is wrong, a `Failure` for one that cannot be read.
  func request() throws -> CollectionRequest {
    CollectionRequest(
      verify: verify, defaultPasswords: try defaultPasswordsProbe(), signatures: try signatureProbe())
  }

  private func signatureProbe() throws -> SignatureProbe? {
    let given: [(SignatureScanner.Engine, String?)] = [(.yara, yara), (.clamav, clamav)]
    do {
      let scanners = try given.compactMap { engine, path in
        if let path { try requireReadable(path, "--\(engine.rawValue)", folders: nil) }
        return try path.map { try SignatureScanner(engine, signatures: $0) }
      }
      return scanners.isEmpty ? nil : SignatureProbe(scanners)
    } catch let failure as SignatureScanner.Failure {
      throw Failure(failure.description)
    }
  }

  private func defaultPasswordsProbe() throws -> DefaultPasswordsProbe? {
    guard let path = defaultPasswords else { return tryDefaultPasswords ? DefaultPasswordsProbe() : nil }
    try requireReadable(path, "--default-passwords")
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
      throw Failure("--default-passwords \(path): larger than 1 MiB, or cannot be read")
    }
    do {
      return DefaultPasswordsProbe(try DefaultPasswords(list: String(decoding: data, as: UTF8.self)))
    } catch {
      throw ValidationError("\(path):\(error.line): \(error.words)")
    }
  }
}

/// What is collected only if the user asks, or otherwise than usual.
struct CollectionRequest: Sendable {
  /// Nil: as the checks want it.
  var verify: DigestProbe.Scope?
  var defaultPasswords: DefaultPasswordsProbe?
  var signatures: SignatureProbe?
  /// What is needed besides judging.
  var further = CollectionPlan()

  /// The plan with what was asked. Files are compared where the plan compares files at all.
  func extending(_ plan: CollectionPlan) -> CollectionPlan {
    var plan = plan
    plan.formUnion(further)
    if let defaultPasswords { plan.add(defaultPasswords) }
    if let signatures { plan.add(signatures) }
    if let verify, plan.asks(DigestProbe.self) { plan.add(DigestProbe(scope: verify)) }
    return plan
  }
}
