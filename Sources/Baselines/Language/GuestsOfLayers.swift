/// Which guests a check is for, by the layers that ask it: `applies_to` of a baseline holds for all that it
/// inherits, whatever the baselines above it say.
struct GuestsOfLayers {
  private let layers: [String: BaselineLayer]
  private let last: BaselineLayer?

  init(_ layers: [BaselineLayer]) {
    self.layers = Dictionary(layers.map { ($0.key, $0) }) { first, _ in first }
    last = layers.last
  }

  /// The guests of a check that these layers ask, one of them; empty means every guest.
  func union(_ askedBy: [String]) -> [Applicability] {
    guard let last else { return [] }
    return Self.union(askedBy.map { guests(of: $0, seenFrom: last) })
  }

  private func guests(of layer: String, seenFrom viewer: BaselineLayer) -> [Applicability] {
    if let own = viewer.source.appliesTo { return own.isUniversal ? [] : [own] }
    if viewer.key == layer { return [] }
    let parents = viewer.parents.compactMap { layers[$0] }.filter { $0.ancestors.contains(layer) }
    return Self.union(parents.map { guests(of: layer, seenFrom: $0) })
  }

  /// Every guest, if one of the lists means that.
  private static func union(_ lists: [[Applicability]]) -> [Applicability] {
    if lists.contains(where: \.isEmpty) { return [] }
    return lists.joined().reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
