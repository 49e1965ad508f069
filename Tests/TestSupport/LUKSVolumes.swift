import DiskImages

/// Headers of LUKS in memory, for what cryptsetup would not make.
public enum LUKSVolumes {
  /// The JSON area of an ordinary volume.
  public static func json(
    encryption: String = "aes-xts-plain64", keyBytes: Int = 64, kdf: String = argon2id, tokens: String = "",
    salt: String = "c2FsdA=="
  ) -> String {
    """
    {"keyslots":{"0":{"type":"luks2","key_size":\(keyBytes),"af":{"type":"luks1","stripes":4000,"hash":"sha256"},\
    "area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64","key_size":64},"kdf":\(kdf)}},\
    "tokens":{\(tokens)},\
    "segments":{"0":{"type":"crypt","offset":"16777216","size":"dynamic","iv_tweak":"0","encryption":"\(encryption)",\
    "sector_size":512}},\
    "digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256","iterations":1000,\
    "salt":"\(salt)","digest":"ZGlnZXN0"}},\
    "config":{"json_size":"12288","keyslots_size":"16744448"}}
    """
  }

  public static let argon2id = #"{"type":"argon2id","time":4,"memory":1048576,"cpus":4,"salt":"c2FsdA=="}"#
  public static let pbkdf2 = #"{"type":"pbkdf2","hash":"sha256","iterations":2000000,"salt":"c2FsdA=="}"#

  /// Both copies of a header of LUKS2.
  public static func luks2(
    _ json: String = json(), length: Int = 16384, sequences: (UInt64, UInt64) = (3, 3),
    secondJSON: String? = nil
  ) -> [UInt8] {
    copy("LUKS", at: 0, json, length, sequences.0)
      + copy("SKUL", at: length, secondJSON ?? json, length, sequences.1)
  }

  private static func copy(
    _ magic: String, at offset: Int, _ json: String, _ length: Int, _ sequence: UInt64
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    func put(_ value: some Sequence<UInt8>, _ place: Int) {
      for (index, byte) in value.enumerated() where place + index < length { bytes[place + index] = byte }
    }
    put(Array(magic.utf8) + [0xba, 0xbe, 0, 2], 0)
    put(big(UInt64(length)), 8)
    put(big(sequence), 16)
    put("data".utf8, 24)
    put("sha256".utf8, 72)
    put("11111111-2222-3333-4444-555555555555".utf8, 168)
    put(big(UInt64(offset)), 256)
    put(json.utf8, 4096)
    var digest = RunningDigest(.sha256)
    bytes.withUnsafeBytes { digest.update($0) }
    put(digest.finalize(), 448)
    return bytes
  }

  /// A header of LUKS1 with one slot in use.
  public static func luks1(
    cipher: String = "aes", mode: String = "xts-plain64", keyBytes: UInt32 = 64,
    iterations: UInt32 = 1_000_000
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    func put(_ value: some Sequence<UInt8>, _ place: Int) {
      for (index, byte) in value.enumerated() { bytes[place + index] = byte }
    }
    put(Array("LUKS".utf8) + [0xba, 0xbe, 0, 1], 0)
    put(cipher.utf8, 8)
    put(mode.utf8, 40)
    put("sha256".utf8, 72)
    put(big(4096 as UInt32), 104)
    put(big(keyBytes), 108)
    put(big(100_000 as UInt32), 164)
    put("66666666-2222-3333-4444-555555555555".utf8, 168)
    for slot in 0..<8 {
      put(big((slot == 2 ? 0x00AC_71F3 : 0x0000_DEAD) as UInt32), 208 + slot * 48)
      put(big(iterations), 212 + slot * 48)
      put(big(8 as UInt32), 248 + slot * 48)
      put(big(4000 as UInt32), 252 + slot * 48)
    }
    return bytes
  }

  private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}
