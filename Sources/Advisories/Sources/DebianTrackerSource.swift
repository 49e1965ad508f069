/// Debian's security tracker, <https://security-tracker.debian.org/tracker/data/json>: what Debian knows of each CVE
/// in each release, by source package.
///
/// The shape is that of `_get_json` in the tracker's own `bin/tracker_service.py`, which leaves out what it has no
/// value for. `resolved` with the version `0` means that the release was never affected; `open` that there is no fix
/// yet, or none is planned (`nodsa`); `undetermined` that nobody has looked.
public enum DebianTrackerSource: AdvisorySource {
  public static let name = "debian-tracker"

  /// Numbers of releases, as OSV's ecosystems have them; any other name stays as it is: `sid`, `experimental`.
  private static let numbers = [
    "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12",
    "trixie": "13", "forky": "14", "duke": "15",
  ]

  /// The first key of the first object in the root is the name of a vulnerability.
  public static func recognises(name: String, head: [UInt8]) -> Bool {
    var scanner = JSONScanner(bytes: head, name: name)
    guard (try? scanner.beginObject()) != nil, (try? scanner.nextKey()) != nil,
      (try? scanner.beginObject()) != nil, let key = try? scanner.nextKey()
    else { return false }
    return isVulnerability(key)
  }

  private static func isVulnerability(_ key: String) -> Bool {
    AdvisoryText.isCVE(key) || key.hasPrefix("TEMP-")
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var scanner = try JSONScanner(file)
    try scanner.beginObject()
    while let package = try scanner.nextKey() {
      guard scanner.isAtObject else {
        try scanner.skip()
        receiver.skip(package, reason: "a package without vulnerabilities")
        continue
      }
      try scanner.beginObject()
      while let vulnerability = try scanner.nextKey() {
        guard isVulnerability(vulnerability), scanner.isAtObject else {
          try scanner.skip()
          receiver.skip(vulnerability, reason: "not a vulnerability")
          continue
        }
        let advisory = try advisory(vulnerability, package, &scanner, &receiver)
        if !advisory.affected.isEmpty { try receiver.take(advisory) }
      }
    }
    try scanner.finish()
  }

  private static func advisory(
    _ vulnerability: String, _ package: String, _ scanner: inout JSONScanner,
    _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) -> Advisory {
    var advisory = Advisory(id: vulnerability)
    advisory.references = ["https://security-tracker.debian.org/tracker/" + vulnerability]
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "description":
        advisory.summary = AdvisoryText.firstLine(
          try scanner.text(limit: AdvisoryLimits.summary) ?? "")
      case "releases" where scanner.isAtObject:
        try scanner.beginObject()
        while let release = try scanner.nextKey() {
          switch try affected(package, release, &scanner) {
          case .success(let affected): advisory.affected.append(affected)
          case .failure(let reason):
            receiver.skip("\(vulnerability) \(package) \(release)", reason: reason.description)
          }
        }
      default: try scanner.skip()
      }
    }
    return advisory
  }

  private static func affected(
    _ package: String, _ release: String, _ scanner: inout JSONScanner
  ) throws(AdvisoryError) -> Result<AffectedPackage, AdvisoryError> {
    guard scanner.isAtObject else {
      try scanner.skip()
      return .failure(AdvisoryError("a release without a status"))
    }
    var status = ""
    var fixed: String?
    var urgency: String?
    var noAdvisory: (text: String?, reason: String?) = (nil, nil)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "status": status = try scanner.text() ?? ""
      case "fixed_version": fixed = try scanner.text()
      case "urgency": urgency = try scanner.text()
      case "nodsa": noAdvisory.text = try scanner.text(limit: AdvisoryLimits.summary)
      case "nodsa_reason": noAdvisory.reason = try scanner.text(limit: AdvisoryLimits.summary)
      default: try scanner.skip()
      }
    }
    var affected = AffectedPackage(ecosystem: ecosystem(release), name: package)
    affected.statedSeverity = severity(urgency)
    switch status {
    case "resolved":
      guard let fixed, !fixed.isEmpty else { return .failure(AdvisoryError("resolved without a version")) }
      if fixed == "0" { affected.status = .notAffected } else { affected.ranges = [.init(fixed: fixed)] }
    case "open":
      affected.ranges = [.init()]
      affected.note = note(noAdvisory, urgency)
    case "undetermined": affected.status = .underInvestigation
    default: return .failure(AdvisoryError("an unknown status"))
    }
    return .success(affected)
  }

  /// `Debian:12` of `bookworm`.
  static func ecosystem(_ release: String) -> String { "Debian:" + (numbers[release] ?? release) }

  /// `low` of `low**`, whose stars say that nobody has confirmed it; nil where nobody has assigned any.
  private static func severity(_ urgency: String?) -> String? {
    guard let urgency else { return nil }
    let word = AdvisoryText.trimmed(urgency.prefix { $0 != "*" })
    return ["", "not yet assigned", "end-of-life"].contains(word) ? nil : word
  }

  /// `no-dsa: Minor issue (postponed)`.
  private static func note(_ noAdvisory: (text: String?, reason: String?), _ urgency: String?) -> String? {
    if urgency == "end-of-life" { return "no longer supported in this release" }
    guard let text = noAdvisory.text else { return nil }
    let reason = noAdvisory.reason.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
    return "no-dsa: " + AdvisoryText.firstLine(text) + reason
  }
}
