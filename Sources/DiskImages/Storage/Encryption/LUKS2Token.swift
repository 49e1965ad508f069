import Foundation

/// Tokens of LUKS2 by their types; of a type that is not known only the name is kept.
///
/// systemd: src/shared/tpm2-util.c `tpm2_make_luks2_json`, src/shared/cryptsetup-fido2.c. clevis: the token holds a JWE
/// (RFC 7516) whose protected header names the pin and its settings (clevis-encrypt-tpm2(1), clevis-encrypt-sss(1)).
enum LUKS2Token {
  private typealias Object = LUKS2Metadata.Object
  private static let pinLimit = 16

  static func read(_ id: String, _ object: [String: Any]) -> EncryptionHeader.Token {
    var token = EncryptionHeader.Token(
      id: id, type: LUKS2Metadata.text(object["type"]) ?? "",
      keySlots: LUKS2Metadata.texts(object["keyslots"]))
    switch token.type {
    case "systemd-tpm2": readTPM2(object, &token)
    case "systemd-fido2": token.requiresPin = object["fido2-clientPin-required"] as? Bool
    case "clevis": readClevis(object, &token)
    default: break
    }
    return token
  }

  private static func readTPM2(_ object: Object, _ token: inout EncryptionHeader.Token) {
    guard let pcrs = numbers(object["tpm2-pcrs"]) else {
      token.isUnreadable = true
      return
    }
    token.pcrs = pcrs
    // Without a public key the registers have no meaning.
    if object["tpm2_pubkey"] != nil { token.signedPcrs = numbers(object["tpm2_pubkey_pcrs"]) ?? [] }
    token.pcrBank = LUKS2Metadata.text(object["tpm2-pcr-bank"])
    token.usesPcrlock = object["tpm2_pcrlock"] as? Bool ?? false
    token.requiresPin = object["tpm2-pin"] as? Bool ?? false
  }

  private static func readClevis(_ object: Object, _ token: inout EncryptionHeader.Token) {
    guard let envelope = object["jwe"] as? Object, let header = envelope["protected"] as? String,
      let clevis = clevisHeader(header), add(clevis, to: &token, depth: 0)
    else {
      token.isUnreadable = true
      return
    }
  }

  /// Adds the pin of a header; one of Shamir's secret sharing holds others, each a JWE of its own.
  private static func add(_ clevis: Object, to token: inout EncryptionHeader.Token, depth: Int) -> Bool {
    guard let kind = LUKS2Metadata.text(clevis["pin"]), token.pins.count < pinLimit else { return false }
    let settings = clevis[kind] as? Object ?? [:]
    guard kind == "sss" else {
      token.pins.append(
        .init(kind: kind, pcrs: pcrs(settings["pcr_ids"]), pcrBank: LUKS2Metadata.text(settings["pcr_bank"])))
      return true
    }
    // Sharing within sharing has thresholds of its own.
    guard depth == 0, let threshold = LUKS2Metadata.number(settings["t"]), threshold > 0,
      let parts = settings["jwe"] as? [String], parts.count <= pinLimit
    else { return false }
    token.threshold = threshold
    return parts.allSatisfy { part in
      guard let header = part.split(separator: ".", maxSplits: 1).first,
        let inner = clevisHeader(String(header))
      else { return false }
      return add(inner, to: &token, depth: depth + 1)
    }
  }

  /// The member `clevis` of a protected header, which is base64 for URLs (RFC 4648, 5) without padding.
  private static func clevisHeader(_ header: String) -> Object? {
    var text = header.replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text) else { return nil }
    return ((try? JSONSerialization.jsonObject(with: data)) as? Object)?["clevis"] as? Object
  }

  /// `7`, `0,7` or a list of such texts or numbers.
  private static func pcrs(_ value: Any?) -> [Int] {
    if let numbers = numbers(value) { return numbers }
    let texts = (value as? String).map { [$0] } ?? LUKS2Metadata.texts(value)
    return texts.flatMap { $0.split(separator: ",") }.compactMap { Int($0.filter { $0 != " " }) }.filter {
      (0..<24).contains($0)
    }
  }

  private static func numbers(_ value: Any?) -> [Int]? {
    guard let list = value as? [Any] else { return nil }
    let numbers = list.prefix(24).compactMap(LUKS2Metadata.number)
    return numbers.count == list.count ? numbers.filter { $0 < 24 } : nil
  }
}
