import Foundation

/// The JSON area of a LUKS2 header (LUKS2 On-Disk Format Specification 1.1.3, chapter 3).
///
/// Foundation's reader refuses what is nested more than 512 times; the area has 4 MiB at most. cryptsetup knows up to
/// 32 objects of a kind (`LUKS2_KEYSLOTS_MAX` and its like).
enum LUKS2Metadata {
  typealias Object = [String: Any]
  private static let objectLimit = 32

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func read(_ json: ArraySlice<UInt8>, into header: inout EncryptionHeader) throws(Failure) {
    guard let root = (try? JSONSerialization.jsonObject(with: Data(json))) as? Object else {
      throw Failure(description: "its JSON area cannot be read")
    }
    for section in ["keyslots", "segments", "digests"] where !(root[section] is Object) {
      throw Failure(description: "its JSON area has no \(section)")
    }
    header.keySlots = try objects(root, "keyslots").map(keySlot)
    header.digests = try objects(root, "digests").map(digest)
    header.tokens = try objects(root, "tokens").map(LUKS2Token.read)
    header.segments = try objects(root, "segments").map { id, object in
      segment(id, object, keyBits: keyBits(ofSegment: id, header))
    }
    let config = root["config"] as? Object ?? [:]
    header.flags = texts(config["flags"])
    header.requirements = texts((config["requirements"] as? Object)?["mandatory"])
  }

  /// The objects of a section by their numbers.
  private static func objects(_ root: Object, _ section: String) throws(Failure) -> [(String, Object)] {
    let all = root[section] as? Object ?? [:]
    guard all.count <= objectLimit else {
      throw Failure(description: "its JSON area has \(all.count) \(section); \(objectLimit) is the limit")
    }
    return all.compactMap { id, value in (value as? Object).map { (short(id), $0) } }
      .sorted { (Int($0.0) ?? .max, $0.0) < (Int($1.0) ?? .max, $1.0) }
  }

  private static func keySlot(_ id: String, _ object: Object) -> EncryptionHeader.KeySlot {
    let area = object["area"] as? Object ?? [:]
    let stripes = object["af"] as? Object ?? [:]
    return .init(
      id: id, type: text(object["type"]) ?? "", keyBits: bits(object["key_size"]),
      kdf: (object["kdf"] as? Object).map(derivation), areaEncryption: text(area["encryption"]),
      areaKeyBits: bits(area["key_size"]), areaOffset: size(area["offset"]), areaSize: size(area["size"]),
      stripes: number(stripes["stripes"]), stripesHash: text(stripes["hash"]),
      priority: number(object["priority"]))
  }

  private static func derivation(_ object: Object) -> EncryptionHeader.KeyDerivation {
    .init(
      type: text(object["type"]) ?? "", hash: text(object["hash"]), iterations: number(object["iterations"]),
      time: number(object["time"]), memory: number(object["memory"]), cpus: number(object["cpus"]))
  }

  private static func digest(_ id: String, _ object: Object) -> EncryptionHeader.Digest {
    let proof = [text(object["salt"]), text(object["digest"])].map { $0 ?? "" }.joined(separator: ":")
    return .init(
      id: id, type: text(object["type"]) ?? "", hash: text(object["hash"]),
      iterations: number(object["iterations"]), keySlots: texts(object["keyslots"]),
      segments: texts(object["segments"]), fingerprint: sha256(Array(proof.utf8)))
  }

  private static func segment(_ id: String, _ object: Object, keyBits: Int?) -> EncryptionHeader.Segment {
    let integrity = (object["integrity"] as? Object).flatMap { text($0["type"]) }
    return .init(
      id: id, type: text(object["type"]) ?? "", offset: size(object["offset"]) ?? 0,
      size: size(object["size"]),
      encryption: text(object["encryption"]) ?? "",
      keyBits: keyBits.map { max(0, $0 - tagKeyBits(integrity)) }, sectorSize: number(object["sector_size"]),
      integrity: integrity == "none" ? nil : integrity, flags: texts(object["flags"]))
  }

  /// The volume key's length is that of the key slots whose digest is the segment's.
  private static func keyBits(ofSegment id: String, _ header: EncryptionHeader) -> Int? {
    guard let digest = header.digests.first(where: { $0.segments.contains(id) }) else { return nil }
    return header.keySlots.first { digest.keySlots.contains($0.id) && $0.keyBits != nil }?.keyBits
  }

  /// The volume key also holds the key of the tags (cryptsetup, lib/integrity/integrity.c, `INTEGRITY_key_size`).
  private static func tagKeyBits(_ integrity: String?) -> Int {
    switch integrity {
    case "hmac(sha1)": 160
    case "hmac(sha256)", "phmac(sha256)": 256
    case "hmac(sha512)", "phmac(sha512)": 512
    case "cmac(aes)": 128
    default: 0
    }
  }

  // MARK: Values

  static func text(_ value: Any?) -> String? { (value as? String).map(short) }

  static func texts(_ value: Any?) -> [String] {
    (value as? [Any] ?? []).prefix(64).compactMap { ($0 as? String).map(short) }
  }

  static func number(_ value: Any?) -> Int? {
    guard let number = value as? Int, number >= 0 else { return nil }
    return number
  }

  /// Numbers of 64 bits stand in strings; `dynamic` is none.
  private static func size(_ value: Any?) -> UInt64? { text(value).flatMap { UInt64($0) } }

  private static func bits(_ value: Any?) -> Int? { number(value).flatMap { $0 <= 8192 ? $0 * 8 : nil } }

  /// Names and algorithms are short; what is not comes from nobody honest.
  private static func short(_ text: String) -> String { String(text.unicodeScalars.prefix(128)) }
}
