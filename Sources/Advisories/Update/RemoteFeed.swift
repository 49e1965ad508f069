import Foundation

/// A file of advisories that is fetched from the network.
public struct RemoteFeed: Sendable, Hashable {
  /// What the downloaded file has to be.
  public enum Checksum: Sendable, Hashable {
    /// Lower-case hexadecimal.
    case sha256(String)
    /// Where it stands: a file whose first word is the checksum, as sha256sum(1) writes it.
    case published(URL)
  }

  /// Letters, digits, dots, hyphens and underscores; also the name of the file. Where a list of updates does not say
  /// what distribution it is for, a name such as `fedora-40` says it.
  public var name: String
  public var address: URL
  public var checksum: Checksum?
  /// Bytes, as they are transferred.
  public var sizeLimit: Int64

  public static let usualSizeLimit: Int64 = 1 << 30

  public init(
    name: String, address: URL, checksum: Checksum? = nil, sizeLimit: Int64 = RemoteFeed.usualSizeLimit
  ) {
    self.name = name
    self.address = address
    self.checksum = checksum
    self.sizeLimit = sizeLimit
  }

  /// Whether a name can be one.
  public static func isName(_ text: String) -> Bool {
    let isUsual = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isUsual && (1...100).contains(text.utf8.count) && text.first != "." && text.first != "-"
  }

  private static let endings: Set<Substring> = [
    "json", "xml", "csv", "tar", "zip", "gz", "xz", "zst", "bz2", "tgz",
  ]

  /// The name with the endings of the address: `epss.csv.gz`.
  public var fileName: String {
    let parts = address.lastPathComponent.split(separator: ".").dropFirst()
    let endings = parts.suffix(2).filter { Self.endings.contains($0[...]) }
    return ([name] + endings.map(String.init)).joined(separator: ".")
  }
}

/// Which addresses are fetched from at all.
public struct TransferRules: Sendable, Hashable {
  /// Whether `http` is allowed beyond this machine.
  public var allowsPlain = false
  public var redirects = 5
  /// Seconds without any data.
  public var patience: Double = 60
  /// Seconds for one file in all.
  public var deadline: Double = 3600
  /// Times that a transfer is resumed that was cut off.
  public var resumptions = 3

  public init() {}

  /// Why an address is not fetched from; nil if it is.
  ///
  /// - Parameter previous: the address that leads there.
  func objection(to address: URL, from previous: URL? = nil) -> String? {
    switch address.scheme?.lowercased() {
    case "https": return address.host == nil ? "the address has no host" : nil
    case "http":
      if previous?.scheme?.lowercased() == "https" { return "leads from https to http, which is refused" }
      if allowsPlain || Self.isLoopback(address.host) { return nil }
      return "is not https; '--allow-http' allows that"
    default: return "is not an address of https"
    }
  }

  private static func isLoopback(_ host: String?) -> Bool {
    guard let host = host?.lowercased() else { return false }
    if ["localhost", "::1", "[::1]"].contains(host) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
