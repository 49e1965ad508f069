import DiskImages

/// What a baseline changes of what it has inherited: its own checks, those that it disables, severities, the
/// guests that it is for, and the checks that others require.
struct BaselineChanges {
  let problems: ProblemList

  func apply(to result: inout InheritedBaseline) {
    addOwnChecks(to: &result)
    disable(in: &result)
    changeSeverities(in: &result)
    if let guests = result.source.appliesTo {
      result.mapMembers { $0.guests = guests.isUniversal ? [] : [guests] }
    }
    addRequirements(to: &result)
  }

  private func addOwnChecks(to result: inout InheritedBaseline) {
    var own: [String: SourcePlace] = [:]
    for check in result.source.checks {
      if let other = own.updateValue(check.place, forKey: check.id) {
        problems.add(check.place, "the check '\(check.id)' is defined twice, also at \(other)")
        continue
      }
      let known = result.members[check.id]?.check ?? result.libraryChecks[check.id]
      guard let known else {
        if check.overrides {
          let names = Array(result.members.keys) + Array(result.libraryChecks.keys)
          problems.add(
            check.place,
            "there is no check '\(check.id)' to override" + Suggestion.phrase(for: check.id, among: names))
        } else {
          result.put(.init(check))
        }
        continue
      }
      guard check.overrides else {
        problems.add(
          check.place,
          "the check '\(check.id)' is already defined at \(known.place); 'override: true' redefines it")
        continue
      }
      var member = result.members[check.id] ?? .init(known)
      member.check = known.overridden(by: check)
      member.severity = check.severity ?? member.severity
      member.isChanged = true
      result.put(member)
    }
  }

  private func disable(in result: inout InheritedBaseline) {
    for disabling in result.source.disable {
      let ids = result.order.filter { fnmatch(pattern: disabling.pattern, $0) }
      if ids.isEmpty {
        problems.add(
          disabling.place,
          "the baseline has no check '\(disabling.pattern.prefix(60))' to disable"
            + Suggestion.phrase(for: disabling.pattern, among: result.order))
      }
      result.remove(Set(ids))
      result.disabled += ids.map { .init(check: $0, reason: disabling.reason, by: result.source.id) }
    }
  }

  private func changeSeverities(in result: inout InheritedBaseline) {
    for (id, severity, place) in result.source.severities {
      guard var member = result.members[id] else {
        problems.add(
          place,
          "the baseline has no check '\(id.prefix(60))'" + Suggestion.phrase(for: id, among: result.order))
        continue
      }
      member.severity = severity
      member.isChanged = true
      result.put(member)
    }
  }

  /// A check that another one requires belongs to the baseline too, before the other one, unless the baseline
  /// disables it.
  private func addRequirements(to result: inout InheritedBaseline) {
    var order: [String] = []
    var state: [String: Bool] = [:]
    for id in result.order { visit(id, &order, &state, &result) }
    result.reorder(order)
  }

  /// Depth first; `state` is false while a check's requirements are being followed.
  private func visit(
    _ id: String, _ order: inout [String], _ state: inout [String: Bool], _ result: inout InheritedBaseline
  ) {
    guard state[id] == nil, let member = result.members[id] else { return }
    state[id] = false
    for required in member.check.requires {
      if state[required.text] == false {
        problems.add(required.place, "the check '\(id)' requires itself by way of '\(required.text)'")
        continue
      }
      if result.members[required.text] == nil {
        if result.disabled.contains(where: { $0.check == required.text }) { continue }
        guard let check = result.libraryChecks[required.text] else {
          let names = result.order + Array(result.libraryChecks.keys)
          problems.add(
            required.place,
            "there is no check '\(required.text.prefix(60))'"
              + Suggestion.phrase(for: required.text, among: names))
          continue
        }
        var added = InheritedBaseline.Member(check)
        added.guests = member.guests
        result.put(added)
      }
      visit(required.text, &order, &state, &result)
    }
    state[id] = true
    order.append(id)
  }
}
