import DiskImages
import Evidence

/// The servers of the older NTP daemons: ntpsec and its ancestor ntp (ntp.conf(5)), openntpd (ntpd.conf(5)).
enum NtpConfiguration {
  enum Kind: String, CaseIterable {
    case ntpsec, openntpd

    var units: [String] {
      switch self {
      case .ntpsec: ["ntpsec.service", "ntp.service", "ntpd.service"]
      case .openntpd: ["openntpd.service"]
      }
    }

    var paths: [String] {
      switch self {
      case .ntpsec: ["/etc/ntpsec/ntp.conf", "/etc/ntp.conf"]
      case .openntpd: ["/etc/openntpd/ntpd.conf", "/etc/ntpd.conf"]
      }
    }

    /// As whom Debian's units run it.
    var user: String {
      switch self {
      case .ntpsec: "ntpsec"
      case .openntpd: "openntpd"
      }
    }
  }

  static let needs: [ContentNeed] =
    Kind.allCases.flatMap { $0.paths.map { ContentNeed($0) } } + ["/etc/ntpsec/ntp.d/*.conf"]

  static func sources(_ kind: Kind, _ evidence: Evidence) throws(EvidenceGap) -> [TimeService.Source] {
    var files: [TextFile] = []
    for path in kind.paths where files.isEmpty {
      if let file = try evidence.text(at: path) { files.append(file) }
    }
    if kind == .ntpsec {
      for entry in try evidence.entries(matching: "/etc/ntpsec/ntp.d/*.conf") {
        files.append(try evidence.text(of: entry))
      }
    }
    return files.flatMap { file in
      file.lines.compactMap { line -> TimeService.Source? in
        let words = line.text.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
        guard words.count >= 2, ["server", "servers", "pool", "peer"].contains(words[0]) else { return nil }
        return .init(
          kind: String(words[0]), address: String(words[1]),
          origin: Origin(path: file.path, line: line.number, kind: .explicit, text: line.text))
      }
    }
  }
}
