/// Names of what a check or a finding refers to, with addresses where there is a known one.
///
/// An address is made only of text that has the form of an identifier, and only at the publishers below: no
/// text of a guest, a baseline or a saved report becomes one as it is.
enum ReferenceLinks {
  /// By source, in order.
  static func views(_ references: [String: [String]]) -> [HTMLView] {
    references.sorted { $0.key < $1.key }.map { source, values in
      [
        "source": titles[source] ?? source,
        "values": values.map { ["text": $0, "address": address(of: $0)] as HTMLView },
      ]
    }
  }

  /// Identifiers with an address that a text holds, each once, at most four.
  static func views(in text: String) -> [HTMLView] {
    guard text.utf8.contains(UInt8(ascii: "-")) else { return [] }
    var seen: Set<Substring> = []
    return text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) }
      .filter { seen.insert($0).inserted }
      .compactMap { word in
        address(of: String(word)).map { ["text": String(word), "address": $0] as HTMLView }
      }
      .prefix(4).map { $0 }
  }

  /// Where the identifier is explained.
  static func address(of identifier: String) -> String? {
    guard identifier.utf8.count <= 40, let end = identifier.firstIndex(of: "-") else { return nil }
    let rest = identifier[identifier.index(after: end)...]
    switch identifier[..<end] {
    case "CVE" where isNumbers(rest): return "https://www.cve.org/CVERecord?id=" + identifier
    case "CWE" where isNumbers(rest): return "https://cwe.mitre.org/data/definitions/\(rest).html"
    case "DSA" where isNumbers(rest), "DLA" where isNumbers(rest):
      return "https://security-tracker.debian.org/tracker/" + identifier
    case "USN" where isNumbers(rest): return "https://ubuntu.com/security/notices/" + identifier
    case "GHSA" where isLettersAndNumbers(rest): return "https://github.com/advisories/" + identifier
    default: return nil
    }
  }

  /// Digits, joined by `-`.
  private static func isNumbers(_ text: Substring) -> Bool {
    parts(of: text).allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
  }

  private static func isLettersAndNumbers(_ text: Substring) -> Bool {
    parts(of: text).allSatisfy { part in
      part.utf8.count == 4
        && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    }
  }

  private static func parts(of text: Substring) -> [Substring] {
    text.split(separator: "-", omittingEmptySubsequences: false)
  }

  private static let titles = [
    "anssi-bp28": "ANSSI BP-028", "cis-debian-12": "CIS Debian 12", "cis-rhel-9": "CIS RHEL 9",
    "nist-800-125": "NIST SP 800-125", "nist-800-125a": "NIST SP 800-125A",
    "nist-800-125b": "NIST SP 800-125B", "nist-800-53": "NIST SP 800-53", "ssg": "SSG rule",
    "ubuntu-24.04-stig": "STIG Ubuntu 24.04",
  ]
}
