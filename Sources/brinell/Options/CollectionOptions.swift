import ArgumentParser
import Evidence
import Facts

extension DigestProbe.Scope: ExpressibleByArgument {}

/// How much is read of a guest; shared by every command that collects evidence.
struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare packaged files with the digests of the package database: none, executables (programs and libraries) "
        + "or all, where a baseline asks for it. (default: executables)", valueName: "scope"))
  var verify: DigestProbe.Scope?

  /// A plan with the scope that is chosen, where it compares files at all.
  static func plan(_ plan: CollectionPlan, verifying scope: DigestProbe.Scope?) -> CollectionPlan {
    guard let scope, plan.asks(DigestProbe.self) else { return plan }
    var plan = plan
    plan.add(DigestProbe(scope: scope))
    return plan
  }
}
