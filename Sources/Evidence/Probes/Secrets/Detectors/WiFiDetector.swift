/// Passwords of Wi-Fi and of tunnels in the files of netplan, NetworkManager, wpa_supplicant, iwd, ifupdown, connman and
/// hostapd.
enum WiFiDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, knows(file) else { return }
    NamedValues(file, isWanted: names.contains).forEach { assignment in
      guard assignment.value.count >= 4, !isPlaceholder(assignment.value)
      else { return }
      findings.add(
        SecretFinding(
          .wifi, line: file.line(at: assignment.position), words: "network password '\(assignment.name)'"))
    }
    if file.path.hasPrefix("/etc/network/interfaces") { findDirectives(in: file, &findings) }
  }

  static func knows(_ file: SearchedFile) -> Bool {
    let path = file.path
    return path.hasPrefix("/etc/netplan/") || path.hasPrefix("/run/netplan/")
      || path.hasPrefix("/usr/lib/netplan/")
      || path.contains("/system-connections/") || file.name.hasSuffix(".nmconnection")
      || file.name.hasPrefix("wpa_supplicant") && file.name.hasSuffix(".conf")
      || path.hasPrefix("/var/lib/iwd/")
      || path.hasPrefix("/etc/network/interfaces") || path.hasPrefix("/var/lib/connman/")
      || path.hasPrefix("/etc/hostapd")
  }

  private static let names: Set<String> = [
    "psk", "password", "passphrase", "presharedkey", "pre_shared_key", "wpa_passphrase", "wpa_psk",
    "wep_key0", "wep_key1",
    "wep_key2", "wep_key3", "private_key_password", "private_key_passwd", "client_key_password",
    "leap_password",
    "sae_password", "secret", "ipsec_psk", "sae_passphrase",
  ]

  /// `wpa-psk secret` of ifupdown, which separates with a blank.
  private static func findDirectives(in file: SearchedFile, _ findings: inout SecretFindings) {
    for line in file.lines {
      let words = file.trimmed(line).prefix(512).split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
      guard words.count >= 2,
        ["wpa-psk", "wpa-password", "wpa-passphrase", "wireless-key"].contains(words[0].text),
        !isPlaceholder(words[1])
      else { continue }
      findings.add(
        SecretFinding(
          .wifi, line: file.line(at: line.lowerBound), words: "network password '\(words[0].text)'"))
    }
  }
}
