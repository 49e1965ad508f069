import Foundation
import TestSupport
import Testing

@testable import Evidence

@Suite struct CryptHashTests {
  static let hashes: [(String, CryptHash.Scheme, Int?, String)] = [
    ("$y$j9T$huXYrFRxr5$R36Nu5MbY5YM0SzRaWbBPyGpM7KMcWtbUmBq5gDZA9B", .yescrypt, 12, "$y$j9T$"),
    ("$gy$jCT$i.krMgTvuX$qwn482j7gJbWZNQ3cF0YdKAud.C3vUIorQGsF0ryox3", .gostYescrypt, 15, "$gy$jCT$"),
    ("$7$CU..../....oupVTCfq$2m9CeDTqL8i5pMsc8E73A2bCIsvQPhntxBmSVlbrql2", .scrypt, 14, "$7$CU..../...."),
    ("$2b$12$IYDlXvHmeORyyiUwu8KKuek2LE8VrxIYZ2skPvRDDNngpXJHRq7sG", .bcrypt, 12, "$2b$12$"),
    ("$6$5dZ5RtTlA.rNz$" + String(repeating: "a", count: 86), .sha512crypt, 5000, "$6$"),
    (
      "$6$rounds=65536$abc$" + String(repeating: "a", count: 86), .sha512crypt, 65536, "$6$rounds=65536$"
    ),
    ("$5$bMDt75aA$" + String(repeating: "/", count: 43), .sha256crypt, 5000, "$5$"),
    ("$sha1$40000$jtNX3nZ2$hBNaIXkt4wBI2o5rsi8KejSjNqIq", .sha1crypt, 40000, "$sha1$40000$"),
    ("$md5,rounds=46947$ieGPlcPv$$sJ4xQqZ5DHZu0Bma2EW/..", .sunMD5, 46947, "$md5,rounds=46947$"),
    ("$1$emQTNiRX$kZ2UzRTLgfsTBGS0M1OOb1", .md5crypt, nil, "$1$"),
    ("$apr1$emQTNiRX$kZ2UzRTLgfsTBGS0M1OOb1", .apr1, nil, "$apr1$"),
    ("$3$$58a478135a93ac3bf058a5ea0e8fdb71", .nt, nil, "$3$"),
    (
      "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFy", .argon2, nil,
      "$argon2id$v=19$m=65536,t=3,p=4$"
    ),
    ("_J9..Sc51o5Op8yDIuHc", .bsdicrypt, 725, "_J9.."),
    ("chERDiI95PGCQ", .descrypt, nil, ""),
    ("chERDiI95PGCQchERDiI95PG", .bigcrypt, nil, ""),
    ("$foo$bar", .unknown, nil, "$foo$"),
  ]

  @Test(arguments: hashes) func tellsSchemeAndCostBeforeAndAfterReduction(
    _ text: String, _ scheme: CryptHash.Scheme, _ cost: Int?, _ prefix: String
  ) throws {
    let whole = try #require(CryptHash(text))
    #expect(whole.scheme == scheme && whole.cost == cost && whole.prefix == prefix)
    let again = try #require(CryptHash(whole.reduced))
    #expect(again.scheme == scheme && again.cost == cost && again.prefix == prefix)
    #expect(again.reduced == whole.reduced)
  }

  @Test(arguments: [
    "", "x", "!", "*", "chERDiI95PGC", "chERDiI95PG:Q", "$", "$$", "$6", "_J9..Sc5", "(cut-by-brinell-",
  ])
  func takesNothingElseForAHash(_ text: String) {
    #expect(CryptHash(text) == nil)
  }

  /// One password in every scheme, made by real tools.
  @Test func realHashes() throws {
    guard let folder = testDataFolder,
      let text = try? String(contentsOfFile: "\(folder)/shadow/shadow-Password123", encoding: .utf8)
    else { return }
    let schemes = text.split(separator: "\n").compactMap { line -> String? in
      let fields = line.split(separator: ":")
      return fields.count > 1 ? CryptHash(fields[1])?.scheme.rawValue : nil
    }
    #expect(
      schemes == [
        "yescrypt", "gost-yescrypt", "scrypt", "bcrypt", "bcrypt", "sha512crypt", "sha256crypt", "sunmd5",
        "md5crypt",
        "nt", "bsdicrypt", "descrypt", "descrypt",
      ])
    let cut = reduced("/etc/shadow", text)
    for line in text.split(separator: "\n") {
      guard let field = line.split(separator: ":").dropFirst().first else { continue }
      // The hash proper is what follows the last dollar sign.
      #expect(!cut.contains(field.split(separator: "$").last ?? field))
    }
    #expect(reduced("/etc/shadow", cut) == cut)
    #expect(cut.contains("user-bcrypt-a:$2a$05$(cut-by-brinell-hash):3rdfield\n"))
  }
}
