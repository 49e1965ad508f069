/// What an application asks PAM to do.
public enum PamPhase: String, Sendable, Hashable, CaseIterable {
  case auth, account, password, session
}

/// One step of a stack after everything that it includes has been put in place.
public struct PamRule: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case module
    /// Fails whenever it is reached: a line that makes no sense, an include that is not there.
    case failure
    /// Marks where a substack begins; does nothing itself.
    case substack
  }

  var kind: Kind
  public var phase: PamPhase
  public var control: PamControl
  /// The file's name without its folder, e.g. `pam_unix.so`.
  public var module: String
  public var arguments: [String]
  /// How many substacks it lies in.
  var level: Int
  public var origin: Origin

  /// The value of the last argument `name=value`, empty for a bare `name`; nil if there is none.
  public func argument(_ name: String) -> String? {
    for argument in arguments.reversed() {
      if argument == name { return "" }
      if argument.hasPrefix(name + "=") { return String(argument.dropFirst(name.count + 1)) }
    }
    return nil
  }

  /// Whether an argument is given: `name` stands for itself and for `name=…`, `name=value` for itself alone.
  public func has(_ text: String) -> Bool {
    arguments.contains(text) || (!text.contains("=") && argument(text) != nil)
  }
}
