/// The kinds of checks that baselines can name.
public struct KindRegistry: Sendable {
  private let byName: [String: any CheckKind.Type]
  /// In alphabetical order.
  public let names: [String]

  /// The kinds of `CheckKinds.all`.
  public static let standard = KindRegistry(CheckKinds.all)

  /// The given kinds. Of two with the same name the first counts.
  public init(_ kinds: [any CheckKind.Type]) {
    byName = Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first }
    names = byName.keys.sorted()
  }

  /// The kind with the name.
  public func named(_ name: String) -> (any CheckKind.Type)? { byName[name] }

  /// Every kind, in alphabetical order of the names.
  public var kinds: [any CheckKind.Type] { names.compactMap { byName[$0] } }
}
