/// Parameters of Diffie-Hellman over a finite field, as programs read them from a file in PEM (PKCS #3; X9.42).
public struct DHParameters: Sendable, Hashable {
  /// The length of the prime.
  public var bits: Int
  /// The length of the secret exponents, or of the order that bounds them, where the file tells it.
  public var exponentBits: Int?

  /// Describes parameters.
  public init(bits: Int, exponentBits: Int? = nil) {
    self.bits = bits
    self.exponentBits = exponentBits
  }

  /// Reads the first parameters for Diffie-Hellman of a file; nil where OpenSSL reads none
  /// (PEM_read_bio_DHparams(3)): nothing of the kind, a block without its last line, damaged bytes. That the prime is
  /// one is not tested, and OpenSSL does not test it either where it reads the file.
  public init?(pem bytes: [UInt8]) {
    guard let block = ParameterBlock.first(["DH PARAMETERS", "X9.42 DH PARAMETERS"], bytes) else {
      return nil
    }
    var reader = DERReader(block.body[...])
    guard let sequence = reader.next(), sequence.tag == DERElement.sequence else { return nil }
    let fields = sequence.children(limit: 6)
    guard fields.count >= 2, fields[0].tag == DERElement.integer, fields[1].tag == DERElement.integer,
      let bits = fields[0].unsignedBits
    else { return nil }
    self.bits = bits
    let third = fields.count > 2 ? fields[2] : nil
    if block.label.hasPrefix("X9.42") {
      guard let order = third?.unsignedBits else { return nil }
      exponentBits = order
    } else if let third {
      guard fields.count == 3, let length = third.positiveInteger else { return nil }
      exponentBits = length
    }
  }
}

/// What a file in PEM holds of parameters for key exchange; programs read them from files of their own and from that of
/// the certificate.
public struct ParameterFile: Sendable, Hashable {
  /// Whether there is nothing at all in it.
  public let isEmpty: Bool
  public let diffieHellman: DHParameters?
  /// Whether a block of parameters for Diffie-Hellman begins, readable or not.
  public let beginsDiffieHellman: Bool
  /// The object identifier of the curve in the first block `EC PARAMETERS`.
  public let curve: String?
  /// The label of the first block of parameters, of whatever algorithm.
  public let firstLabel: String?

  /// Reads a file of whatever bytes.
  public init(pem bytes: [UInt8]) {
    isEmpty = bytes.isEmpty
    diffieHellman = DHParameters(pem: bytes)
    beginsDiffieHellman = SearchedFile(path: "", bytes: bytes).contains("-----BEGIN DH PARAMETERS-----")
    let block = ParameterBlock.first(["EC PARAMETERS"], bytes)
    var reader = DERReader((block?.body ?? [])[...])
    curve = reader.next()?.dotted
    firstLabel =
      ParameterBlock.first(
        ["DH PARAMETERS", "X9.42 DH PARAMETERS", "EC PARAMETERS", "DSA PARAMETERS"], bytes)?.label
  }
}

private enum ParameterBlock {
  /// The first block of one of the labels that begins a line and is whole.
  static func first(_ labels: Set<String>, _ bytes: [UInt8]) -> PEMScanner.Block? {
    var scanner = PEMScanner(bytes)
    while let block = scanner.next() {
      guard labels.contains(block.label), block.start == 0 || bytes[block.start - 1] == UInt8(ascii: "\n")
      else { continue }
      return block.isClosed && !block.isEncrypted ? block : nil
    }
    return nil
  }
}

extension DERElement {
  /// The length in bits of an INTEGER, whose bytes OpenSSL takes for a number without a sign.
  fileprivate var unsignedBits: Int? {
    guard tag == Self.integer else { return nil }
    let digits = content.drop { $0 == 0 }
    guard let first = digits.first else { return 0 }
    return digits.count * 8 - first.leadingZeroBitCount
  }

  /// An INTEGER of 32 bits that is not negative.
  fileprivate var positiveInteger: Int? {
    guard tag == Self.integer, let bits = unsignedBits, !content.isEmpty, content.count <= 5, bits < 32,
      content.first.map({ $0 < 0x80 }) == true
    else { return nil }
    return content.reduce(0) { $0 << 8 | Int($1) }
  }
}
