import Crypto
import Foundation

/// A digest that package databases record of files.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable, Codable {
  case md5, sha1, sha256, sha384, sha512
}

/// The digest of one regular file, or why there is none.
public enum FileDigest: Hashable, Sendable {
  /// Lower-case hexadecimal.
  case hex(String)
  case unreadable(reason: String)
}

/// Digests a message part by part.
public struct RunningDigest {
  private var hash: any HashFunction

  /// Nothing digested so far.
  public init(_ algorithm: DigestAlgorithm) {
    hash =
      switch algorithm {
      case .md5: Insecure.MD5()
      case .sha1: Insecure.SHA1()
      case .sha256: SHA256()
      case .sha384: SHA384()
      case .sha512: SHA512()
      }
  }

  /// Digests a further part of the message.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// The digest of everything so far.
  public func finalize() -> [UInt8] { Array(hash.finalize()) }
}

/// Bytes in lower-case hexadecimal.
public func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
  return String(decoding: text, as: UTF8.self)
}
