/// Finds secrets of one form in a file. One file in `Detectors` and one line in `SecretDetectors.all`.
///
/// Detectors are written by hand, without regular expressions, so that their time is linear in the file's size whatever
/// it holds. A detector tests structure, checksum or context; a word such as `password` alone is no finding.
protocol SecretDetector: SendableMetatype {
  static func find(in file: SearchedFile, into findings: inout SecretFindings)
}

enum SecretDetectors {
  static let all: [any SecretDetector.Type] = [
    AssignedSecretDetector.self,
    BootPasswordDetector.self,
    CloudInitDetector.self,
    CredentialFileDetector.self,
    KeyFileDetector.self,
    LoginFileDetector.self,
    MountCredentialsDetector.self,
    PEMDetector.self,
    PuTTYKeyDetector.self,
    TokenDetector.self,
    UnattendedDetector.self,
    URLPasswordDetector.self,
    WiFiDetector.self,
  ]

  static func search(_ file: SearchedFile) -> SecretRecord? {
    var findings = SecretFindings()
    for detector in all { detector.find(in: file, into: &findings) }
    return findings.isEmpty ? nil : findings.sorted()
  }
}
