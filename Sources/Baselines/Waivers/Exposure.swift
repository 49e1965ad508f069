/// What somebody who has looked at a vulnerability says of it, in the words of OpenVEX 0.2.0
/// (github.com/openvex/spec, "Status Labels" and "Status Justifications").
public struct Exposure: Sendable, Hashable {
  /// Whether the vulnerability can do harm here.
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// It can, and that is accepted.
    case affected
    /// Nobody knows yet.
    case underInvestigation = "under_investigation"
    case notAffected = "not_affected"
  }

  /// Why it cannot.
  public enum Justification: String, Sendable, Hashable, Codable, CaseIterable {
    case componentNotPresent = "component_not_present"
    case codeNotPresent = "vulnerable_code_not_present"
    case codeNotInExecutePath = "vulnerable_code_not_in_execute_path"
    case codeNotControlledByAdversary = "vulnerable_code_cannot_be_controlled_by_adversary"
    case inlineMitigations = "inline_mitigations_already_exist"
  }

  public var status: Status
  /// Only beside `notAffected`.
  public var justification: Justification?

  /// States the exposure.
  public init(_ status: Status, justification: Justification? = nil) {
    self.status = status
    self.justification = justification
  }
}
