/// A baseline in the order of inheritance, with what stands above it.
struct BaselineLayer {
  let source: BaselineSource
  /// The real path of its file, which identifies it.
  let key: String
  let parents: [String]
  /// What it extends, by whatever way, and itself.
  let ancestors: Set<String>
}

/// A baseline with what it inherits, before variables are replaced.
///
/// Layers are applied one after the other, each once: what a baseline extends before itself, in the order in
/// which it extends. So of two that set the same value, the later one counts.
struct InheritedBaseline {
  /// A check that the baseline asks.
  struct Member {
    var check: CheckSource
    var severity: Severity
    /// Layers that ask it. A layer that disables it takes away those that it extends.
    var askedBy: [String]
    /// Guests that it is for, one of them; empty means every guest.
    var guests: [Applicability] = []

    init(_ check: CheckSource, askedBy: [String]) {
      self.check = check
      self.askedBy = askedBy
      severity = check.severity ?? .medium
    }
  }

  struct Setting {
    var content: ValueDeclaration.Content
    var setBy: String
    var place: SourcePlace?
  }

  /// A library and the layers that use it.
  struct UsedLibrary {
    var library: LibrarySource
    var layers: Set<String>
  }

  /// The baseline itself is the last one.
  let layers: [BaselineLayer]
  let source: BaselineSource
  /// In the order of judging.
  private(set) var order: [String] = []
  private(set) var members: [String: Member] = [:]
  var declarations: [String: ValueDeclaration] = [:]
  var settings: [String: Setting] = [:]
  var libraries: [UsedLibrary] = []
  /// The checks of the libraries, whoever asks them.
  var libraryChecks: [String: CheckSource] = [:]
  private(set) var disabled: [String: LoadedBaseline.Disabled] = [:]

  init?(_ layers: [BaselineLayer]) {
    guard let last = layers.last else { return nil }
    self.layers = layers
    source = last.source
  }

  /// Adds a member, or replaces it in its place.
  mutating func put(_ member: Member) {
    if members.updateValue(member, forKey: member.check.id) == nil { order.append(member.check.id) }
    disabled[member.check.id] = nil
  }

  /// Adds a check that a layer asks, or that one more layer asks.
  mutating func ask(_ check: CheckSource, _ layer: BaselineLayer) {
    if members[check.id] != nil {
      members[check.id]?.askedBy.append(layer.key)
    } else {
      put(Member(check, askedBy: [layer.key]))
    }
  }

  /// Takes checks away from a layer and from what it extends; one that would only come in because another one
  /// requires it stays out.
  mutating func disable(_ ids: [String], reason: String, _ layer: BaselineLayer) {
    for id in ids {
      members[id]?.askedBy.removeAll { layer.ancestors.contains($0) }
      guard members[id]?.askedBy.isEmpty ?? true else { continue }
      members[id] = nil
      disabled[id] = .init(check: id, reason: reason, by: layer.source.id)
    }
    order.removeAll { members[$0] == nil }
  }

  mutating func setSeverity(_ id: String, _ severity: Severity) { members[id]?.severity = severity }

  mutating func setGuests(_ id: String, _ guests: [Applicability]) { members[id]?.guests = guests }

  mutating func reorder(_ ids: [String]) { order = ids }

  /// The libraries that a layer can see: its own and those of what it extends.
  func libraries(seenBy layer: BaselineLayer) -> [LibrarySource] {
    libraries.filter { !layer.ancestors.isDisjoint(with: $0.layers) }.map(\.library)
  }

  /// Checks that others require, by whatever way, and that nobody asks.
  func required(by ids: [String]) -> Set<String> {
    var found: Set<String> = []
    var pending = ids
    while let id = pending.popLast() {
      for required in (members[id]?.check ?? libraryChecks[id])?.requires ?? []
      where members[required.text] == nil && libraryChecks[required.text] != nil {
        if found.insert(required.text).inserted { pending.append(required.text) }
      }
    }
    return found
  }

  /// The members that a layer inherits or asks.
  func members(seenBy layer: BaselineLayer) -> [String] {
    order.filter { id in members[id]?.askedBy.contains { layer.ancestors.contains($0) } == true }
  }
}
