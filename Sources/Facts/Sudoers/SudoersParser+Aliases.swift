extension SudoersParser {
  private static let grantLimit = 200_000

  /// Replaces aliases and gives the policy.
  mutating func finish() -> SudoersPolicy {
    for specification in specifications {
      for user in expand(specification.users.map(Self.plain), .user) where !user.member.isNegated {
        let hosts = names(expand(specification.hosts.map(Self.plain), .host))
        for command in specification.commands {
          for expanded in expandCommand(command) {
            guard policy.grants.count < Self.grantLimit else {
              note(Origin(path: specification.origin.path, kind: .explicit, text: "too many grants"))
              return policy
            }
            policy.grants.append(grant(user.member.name, hosts, expanded, specification.origin))
          }
        }
      }
    }
    specifications = []
    return policy
  }

  private func grant(
    _ user: String, _ hosts: [String], _ command: SudoersSpecification.Command, _ origin: Origin
  ) -> SudoersGrant {
    let text = command.arguments.map {
      $0.isEmpty ? "\(command.member.name) \"\"" : "\(command.member.name) \($0)"
    }
    return SudoersGrant(
      user: user, hosts: hosts,
      runasUsers: command.runasUsers.map { names(expand($0.map(Self.plain), .runas)) },
      runasGroups: names(expand(command.runasGroups.map(Self.plain), .runas)),
      command: text ?? command.member.name, arguments: command.arguments,
      isNegated: command.member.isNegated, tags: command.tags, origin: origin)
  }

  private func names(_ members: [SudoersSpecification.Command]) -> [String] {
    members.map { ($0.member.isNegated ? "!" : "") + $0.member.name }
  }

  private func expandCommand(_ command: SudoersSpecification.Command) -> [SudoersSpecification.Command] {
    expand([command], .command).map { member in
      var result = command
      result.member = member.member
      result.arguments = member.arguments
      return result
    }
  }

  /// Replaces aliases by their members. An alias that holds itself is passed over, as sudo does.
  private func expand(
    _ members: [SudoersSpecification.Command], _ kind: Kind
  ) -> [SudoersSpecification.Command] {
    var result: [SudoersSpecification.Command] = []
    // An alias is replaced once for each list, which ends circles and keeps the cost linear.
    var used: Set<String> = []
    var pending = Array(members.reversed())
    while let command = pending.popLast() {
      let name = command.member.name
      guard command.arguments == nil, let inner = aliases[kind]?[name] else {
        result.append(command)
        continue
      }
      guard used.insert(name).inserted else { continue }
      for member in inner.reversed() {
        var member = member
        member.member.isNegated = member.member.isNegated != command.member.isNegated
        pending.append(member)
      }
    }
    return result
  }
}
