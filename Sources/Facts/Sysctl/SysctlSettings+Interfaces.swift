extension SysctlSettings {
  /// A parameter that a key stands for.
  public struct Reading: Sendable, Hashable {
    public var name: String
    public var setting: Setting
    /// How the kernel comes to the value, where it combines several parameters.
    public var note: String?
  }

  /// The parameters that a key stands for. With a pattern in place of an interface these are the interfaces that
  /// a file names, and `*` for any other, each with what the kernel makes of its own value, of that of `all` and
  /// of forwarding.
  public func readings(of key: String) -> [Reading] {
    let pattern = SysctlKey.path(key)
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, parts[0] == "net", parts[2] == "conf", SysctlKey.isPattern(parts[3]),
      let combination = InterfaceCombination(family: parts[1], key: parts[4])
    else { return names(matching: key).map { Reading(name: $0, setting: setting(of: $0)) } }
    return names(matching: key).compactMap { name in
      let interface = SysctlKey.path(name).split(separator: "/")[3]
      if interface == "all" || interface == "default" { return nil }
      return reading(name, String(interface), family: parts[1], key: parts[4], combination)
    }
  }

  private func reading(
    _ name: String, _ interface: String, family: String, key: String, _ combination: InterfaceCombination
  ) -> Reading {
    let own = setting(of: name)
    guard combination != .own, case .value(let ownValue) = own, let ownNumber = Int(ownValue.value) else {
      return Reading(name: name, setting: own)
    }
    let all = setting(of: SysctlKey.name("net/\(family)/conf/all/\(key)"))
    guard case .value(let allValue) = all, let allNumber = Int(allValue.value) else {
      return Reading(name: name, setting: all)
    }
    var forwarding: Effective<String>?
    if combination.needsForwarding {
      switch setting(of: SysctlKey.name("net/\(family)/conf/\(interface)/forwarding")) {
      case .value(let value): forwarding = value
      case let other: return Reading(name: name, setting: other)
      }
    }
    let forwards = forwarding.map { $0.value != "0" } ?? false
    let value = combination.value(all: allNumber, own: ownNumber, forwards: forwards)
    guard let words = combination.words(forwards: forwards) else { return Reading(name: name, setting: own) }
    let isOwnOnly = combination == .hostRedirects || combination == .advertisements
    let sources = isOwnOnly ? [ownValue] + (forwarding.map { [$0] } ?? []) : [ownValue, allValue]
    let numbers =
      isOwnOnly ? "the interface has \(ownNumber)" : "all has \(allNumber), the interface \(ownNumber)"
    return Reading(
      name: name, setting: .value(combined(value, sources)), note: "\(numbers); \(words)")
  }

  /// The value with the origin of the parameter that decides it: among equals one that a file sets.
  private func combined(_ value: Int, _ sources: [Effective<String>]) -> Effective<String> {
    let deciding = sources.indices.filter { index in
      guard let number = Int(sources[index].value) else { return false }
      return number == value || (value == 1 && number != 0)
    }
    let index =
      deciding.first { sources[$0].origin.kind != .compiledDefault } ?? deciding.first ?? sources.count - 1
    var shadowed = sources[index].shadowed
    for (other, source) in sources.enumerated() where other != index {
      shadowed.append(.init(value: source.value, origin: source.origin))
    }
    return Effective(String(value), origin: sources[index].origin, shadowed: shadowed)
  }
}
