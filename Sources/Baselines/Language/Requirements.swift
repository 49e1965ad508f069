/// A check that another one requires belongs to the baseline too, before the other one, unless the baseline
/// disables it.
struct Requirements {
  let problems: ProblemList

  func add(to result: inout InheritedBaseline) {
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
      } else if isMember(required, of: member, &result) {
        visit(required.text, &order, &state, &result)
      }
    }
    state[id] = true
    order.append(id)
  }

  /// Adds the check if it is not there yet.
  private func isMember(
    _ required: (text: String, place: SourcePlace), of member: InheritedBaseline.Member,
    _ result: inout InheritedBaseline
  ) -> Bool {
    if result.members[required.text] != nil { return true }
    if result.disabled[required.text] != nil { return false }
    guard let check = result.libraryChecks[required.text] else {
      let names = result.order + Array(result.libraryChecks.keys)
      problems.add(
        required.place,
        "there is no check '\(required.text.prefix(60))'"
          + problems.suggestion(for: required.text, among: names))
      return false
    }
    var added = InheritedBaseline.Member(check, askedBy: member.askedBy)
    added.guests = member.guests
    result.put(added)
    return true
  }
}
