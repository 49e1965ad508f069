import Baselines

/// Names as XCCDF 1.2 wants them (NISTIR 7275 revision 4, section 6.2.3).
enum XCCDFNames {
  /// `xccdf_brinell_rule_ssh.root-login`.
  static func identifier(_ kind: String, _ text: String) -> String {
    "xccdf_brinell_\(kind)_" + encoded(text)
  }

  static func rule(_ check: String) -> String { identifier("rule", check) }

  /// `urn:brinell:reference:cis-debian-12`.
  static func system(ofReference key: String) -> String { "urn:brinell:reference:" + encoded(key) }

  static func fact(_ name: String) -> String { "urn:brinell:fact:" + name }

  /// XCCDF knows nothing graver than high.
  static func severity(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "high"
    case .medium: "medium"
    case .low: "low"
    case .info: "info"
    }
  }

  /// Letters, digits, dots and hyphens; any other byte as `_` and two digits. Different texts stay different.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        result += "_" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
