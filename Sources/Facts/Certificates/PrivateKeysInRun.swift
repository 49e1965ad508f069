import Evidence

/// The private keys of the images that the same run has judged before, by their public halves.
public struct PrivateKeysInRun: Sendable {
  /// Where a key lies.
  public struct Place: Hashable, Sendable {
    public var image: String
    public var path: String
  }

  /// By SHA-256 of the SubjectPublicKeyInfo, the first place of each key.
  private var places: [String: Place] = [:]
  /// More keys are not remembered.
  private static let limit = 200_000

  /// No image yet.
  public init() {}

  /// Remembers the keys of an image; those that everybody has are left out.
  public mutating func add(_ secrets: Secrets, of image: String) {
    for secret in secrets.secrets where secret.testKey == nil && places.count < Self.limit {
      guard let key = secret.finding.publicKey, places[key] == nil else { continue }
      places[key] = Place(image: image, path: secret.path)
    }
  }

  /// Where an image judged before has the key; nil if none has it.
  public func place(of publicKey: String) -> Place? { places[publicKey] }
}
