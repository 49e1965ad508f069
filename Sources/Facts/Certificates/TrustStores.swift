import DiskImages
import Evidence

/// Where the systems keep the roots that all programs trust, united: a guest has the folders of its own system alone.
///
/// - Debian, Ubuntu, Alpine, Gentoo: update-ca-certificates(8). Packages put roots below /usr/share/ca-certificates,
///   administrators put `*.crt` below /usr/local/share/ca-certificates; the programs read what the tool writes to
///   /etc/ssl/certs.
/// - Fedora, Red Hat and theirs: update-ca-trust(8). SUSE: update-ca-certificates(8) of its own. Arch: p11-kit's trust.
enum TrustStores {
  /// Folders in which packages put roots.
  static let shipped = [
    "/usr/share/ca-certificates", "/usr/share/pki/ca-trust-source", "/usr/share/pki/trust",
  ]
  /// Folders in which administrators put roots.
  static let local = [
    "/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source", "/etc/ca-certificates/trust-source",
    "/etc/pki/trust",
  ]
  /// Names of folders of either kind whose certificates are never trusted.
  static let blocked: Set<String> = ["blocklist", "blacklist"]
  /// Files that programs read, made by the tools.
  static let effective = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem", "/etc/ssl/certs/java/cacerts",
    "/etc/pki/ca-trust/extracted/java/cacerts", "/etc/ca-certificates/extracted/java-cacerts.jks",
  ]
  /// Packages whose roots are the distribution's choice; the roots of any other package are somebody else's.
  static let packages: Set<String> = ["ca-certificates", "ca-certificates-bundle", "ca-certificates-mozilla"]

  static func isBelow(_ path: String, _ folders: [String]) -> Bool {
    folders.contains { path.hasPrefix($0 + "/") }
  }

  static func isBlocked(_ path: String) -> Bool {
    isBelow(path, shipped + local) && path.split(separator: "/").contains { blocked.contains(String($0)) }
  }

  /// The files that OpenSSL finds by the hash of a name: `/etc/ssl/certs/0a775a30.0` (X509_LOOKUP_hash_dir(3)). Whether
  /// the hash is the right one is not looked at.
  static func hashed(_ evidence: Evidence) -> Set<UInt32> {
    guard case .found(let folder) = evidence.index.resolve("/etc/ssl/certs"), folder.type == .directory else {
      return []
    }
    var files: Set<UInt32> = []
    for link in folder.children where isHashName(link.nameBytes) {
      if case .found(let file) = evidence.index.target(of: link), file.type == .regular {
        files.insert(file.id)
      }
    }
    return files
  }

  private static func isHashName(_ name: ArraySlice<UInt8>) -> Bool {
    let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 8, (1...4).contains(parts[1].count) else { return false }
    let isHex = parts[0].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return isHex && parts[1].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Organisations whose roots Mozilla's store has dropped for what they did: the dates are those of Mozilla's
  /// decisions (wiki.mozilla.org/CA, security and dev-security-policy announcements).
  static let distrusted: [(organisation: String, since: String)] = [
    ("DigiNotar", "2011"), ("CNNIC", "2015"), ("China Internet Network Information Center", "2015"),
    ("WoSign", "2016"), ("StartCom", "2016"), ("TrustCor", "2022"),
  ]
}
