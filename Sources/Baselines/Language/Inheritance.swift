/// A baseline with what it inherits, before variables are replaced.
struct InheritedBaseline {
  /// A check that the baseline asks.
  struct Member {
    var check: CheckSource
    var severity: Severity
    /// Guests that it is for, one of them; empty means every guest.
    var guests: [Applicability]
    /// Whether a baseline redefines it or changes its severity.
    var isChanged = false
  }

  struct Setting {
    var content: ValueDeclaration.Content
    var setBy: String
    var place: SourcePlace?
  }

  let source: BaselineSource
  /// In the order of judging.
  private(set) var order: [String] = []
  private(set) var members: [String: Member] = [:]
  var declarations: [String: ValueDeclaration] = [:]
  var settings: [String: Setting] = [:]
  var libraries: [LibrarySource] = []
  /// The checks of the libraries, whoever asks them.
  var libraryChecks: [String: CheckSource] = [:]
  var disabled: [LoadedBaseline.Disabled] = []

  init(_ source: BaselineSource) { self.source = source }

  /// Adds a member, or replaces it in its place.
  mutating func put(_ member: Member) {
    if members.updateValue(member, forKey: member.check.id) == nil { order.append(member.check.id) }
  }

  mutating func remove(_ ids: Set<String>) {
    order.removeAll { ids.contains($0) }
    for id in ids { members[id] = nil }
  }

  mutating func reorder(_ ids: [String]) { order = ids }

  /// Changes every member.
  mutating func mapMembers(_ change: (inout Member) -> Void) {
    for id in order {
      guard var member = members[id] else { continue }
      change(&member)
      members[id] = member
    }
  }

  /// Takes over what a parent has. Of two parents that set or change the same thing the later one counts.
  mutating func inherit(_ parent: InheritedBaseline) {
    for id in parent.order {
      guard var member = parent.members[id] else { continue }
      if let known = members[id] {
        let guests = known.guests.isEmpty || member.guests.isEmpty ? [] : known.guests + member.guests
        if known.isChanged && !member.isChanged { member = known }
        member.guests = guests.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      }
      put(member)
    }
    settings.merge(parent.settings) { _, later in later }
    declarations.merge(parent.declarations) { known, _ in known }
    for library in parent.libraries where !libraries.contains(where: { $0.file == library.file }) {
      libraries.append(library)
    }
    libraryChecks.merge(parent.libraryChecks) { known, _ in known }
    disabled += parent.disabled.filter { !disabled.contains($0) }
    disabled.removeAll { members[$0.check] != nil }
  }
}
