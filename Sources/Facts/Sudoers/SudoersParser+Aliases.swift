extension SudoersParser {
  private static let grantLimit = 200_000
  private static let stepLimit = 1_000_000

  /// Replaces aliases and gives the policy.
  mutating func finish() -> SudoersPolicy {
    var steps = 0
    for specification in specifications {
      let users = expand(specification.users.map(Self.plain), .user, &steps)
      let hosts = names(expand(specification.hosts.map(Self.plain), .host, &steps))
      var commands: [SudoersSpecification.Command] = []
      for command in specification.commands { commands += expandCommand(command, &steps) }
      for user in users where !user.member.isNegated {
        for command in commands {
          steps += 1
          guard policy.grants.count < Self.grantLimit, steps < Self.stepLimit else {
            policy.isIncomplete = true
            return policy
          }
          policy.grants.append(grant(user.member.name, hosts, command, specification.origin, &steps))
        }
      }
      if steps >= Self.stepLimit {
        policy.isIncomplete = true
        return policy
      }
    }
    specifications = []
    return policy
  }

  private func grant(
    _ user: String, _ hosts: [String], _ command: SudoersSpecification.Command, _ origin: Origin,
    _ steps: inout Int
  ) -> SudoersGrant {
    let text = command.arguments.map {
      $0.isEmpty ? "\(command.member.name) \"\"" : "\(command.member.name) \($0)"
    }
    var users: [String]?
    if let written = command.runasUsers {
      users = names(expand(written.map(Self.plain), .runas, &steps))
    }
    return SudoersGrant(
      user: user, hosts: hosts,
      runasUsers: users, runasGroups: names(expand(command.runasGroups.map(Self.plain), .runas, &steps)),
      command: text ?? command.member.name, arguments: command.arguments,
      isNegated: command.member.isNegated, tags: command.tags, origin: origin)
  }

  private func names(_ members: [SudoersSpecification.Command]) -> [String] {
    members.map { ($0.member.isNegated ? "!" : "") + $0.member.name }
  }

  private func expandCommand(
    _ command: SudoersSpecification.Command, _ steps: inout Int
  ) -> [SudoersSpecification.Command] {
    expand([command], .command, &steps).map { member in
      var result = command
      result.member = member.member
      result.arguments = member.arguments
      return result
    }
  }

  /// Replaces aliases by their members. An alias that holds itself is passed over, as sudo does.
  private func expand(
    _ members: [SudoersSpecification.Command], _ kind: Kind, _ steps: inout Int
  ) -> [SudoersSpecification.Command] {
    var result: [SudoersSpecification.Command] = []
    // An alias is replaced once for each list, which ends circles and keeps the cost linear.
    var used: Set<String> = []
    var pending = Array(members.reversed())
    while let command = pending.popLast(), steps < Self.stepLimit {
      steps += 1
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
