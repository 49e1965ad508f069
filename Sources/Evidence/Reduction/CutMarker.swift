/// The text that stands where a secret was cut out of a captured file: `(cut-by-brinell-password)`.
///
/// It holds no blank, colon, comma, quote or angle bracket, so that it stays one field of `shadow`, one option of
/// `fstab`, one plain scalar of YAML and one attribute of XML. Where a marker stands is what is known of a secret:
/// its kind, the file and the line.
public struct CutMarker: Hashable, Sendable {
  /// What was cut.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A password or passphrase in clear.
    case password
    /// A token, key or other secret that is not a password.
    case secret = "secret"
    /// Salt and hash of a password; scheme and cost stand before it.
    case hash
    /// A traditional DES hash of 13 characters, which has no prefix that names it.
    case desHash = "des-hash"
    /// A DES hash of several blocks.
    case bigcryptHash = "bigcrypt-hash"
    /// A password field that is no form known.
    case unknownHash = "unknown-hash"
    /// The body of a private key that anyone can use.
    case plainPrivateKey = "private-key-plain"
    /// The body of a private key that is encrypted with a passphrase.
    case encryptedPrivateKey = "private-key-encrypted"
    /// The body of a private key in a form that does not tell whether it is encrypted.
    case privateKey = "private-key"
    /// A whole file that is nothing but a secret.
    case file = "secret-file"
  }

  public var kind: Kind
  /// For a private key whose public half lies beside it in clear: the SHA-256 fingerprint of that half as
  /// ssh-keygen(1) prints it, without `SHA256:`.
  public var fingerprint: String?
  /// Counted from 1.
  public var line: Int

  static let opening = "(cut-by-brinell-"

  /// The text of a marker.
  public static func text(_ kind: Kind, fingerprint: String? = nil) -> String {
    opening + kind.rawValue + (fingerprint.map { "/" + $0 } ?? "") + ")"
  }

  /// Every marker in a file, in order.
  public static func all(in file: TextFile) -> [CutMarker] {
    file.lines.flatMap { line in
      line.text.utf8.contains(UInt8(ascii: "(")) ? all(in: line) : []
    }
  }

  private static func all(in line: TextFile.Line) -> [CutMarker] {
    var found: [CutMarker] = []
    var rest = Array(line.text.utf8)[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "(")) {
      let candidate = rest[start...]
      if let (kind, fingerprint, length) = CutMarker.parse(candidate) {
        found.append(CutMarker(kind: kind, fingerprint: fingerprint, line: line.number))
        rest = candidate.dropFirst(length)
      } else {
        rest = candidate.dropFirst()
      }
    }
    return found
  }

  /// Reads a marker at the start of the bytes, with its length.
  static func parse(_ bytes: ArraySlice<UInt8>) -> (kind: Kind, fingerprint: String?, length: Int)? {
    guard bytes.starts(with: opening.utf8) else { return nil }
    // The longest marker there is has a kind of 21 bytes and a fingerprint of 43.
    let head = bytes.dropFirst(opening.utf8.count).prefix(80)
    guard let end = head.firstIndex(of: UInt8(ascii: ")")) else { return nil }
    let parts = head[..<end].split(separator: UInt8(ascii: "/"), maxSplits: 1)
    guard let first = parts.first, let kind = Kind(rawValue: String(decoding: first, as: UTF8.self)) else {
      return nil
    }
    let fingerprint = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil
    return (kind, fingerprint, end + 1 - bytes.startIndex)
  }

  /// The marker that the bytes are, if they are one and nothing else.
  static func exactly(_ bytes: ArraySlice<UInt8>) -> Kind? {
    guard let marker = parse(bytes), marker.length == bytes.count else { return nil }
    return marker.kind
  }
}
