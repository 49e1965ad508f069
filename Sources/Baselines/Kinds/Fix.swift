/// How to meet a check's requirement, as code, where a change of files suffices.
public struct Fix: Sendable, Hashable, Codable {
  /// A fragment for a POSIX shell that runs as root within the guest or its tree; idempotent.
  public var shell: String
  /// The module and its arguments of one Ansible task, as YAML without the task's name.
  public var ansible: String

  /// Pairs the two forms of one change.
  public init(shell: String, ansible: String) {
    self.shell = shell
    self.ansible = ansible
  }
}

extension CheckKind {
  /// Most kinds leave it at the words of the baseline.
  public var fix: Fix? { nil }
}
