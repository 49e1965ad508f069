import Baselines
import Evidence
import Facts
import TestSupport

/// What a kind with these parameters answers for a small guest.
func answers<Kind: CheckKind>(
  _ kind: Kind.Type, _ parameters: [String: ParameterValue], _ guest: GuestFixture
) throws -> [Outcome] {
  try Kind(Parameters(parameters)).evaluate(try guest.facts())
}
