/// A cipher suite of OpenSSL.
struct OpenSSLSuite: Sendable, Hashable {
  let name: String
  let version: Substring
  let exchange: Substring
  let authentication: Substring
  let encryption: Substring
  let mac: Substring
  let flags: Substring

  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard words.count == 7 else { return nil }
    name = String(words[0])
    (version, exchange, authentication) = (words[1], words[2], words[3])
    (encryption, mac, flags) = (words[4], words[5], words[6])
  }

  /// Every suite of the table.
  static let all: [OpenSSLSuite] = OpenSSLSuiteTable.text.split(separator: "\n").compactMap {
    OpenSSLSuite($0)
  }

  /// Only builds with `enable-weak-ssl-ciphers` have it.
  var isOfWeakBuilds: Bool { flags.contains("w") }
  /// Gone since OpenSSL 1.1.0.
  var isHistoric: Bool { flags.contains("o") }
  /// Needs a shared key or a password file that programs hand over by code of their own.
  var needsSharedKey: Bool { exchange.hasSuffix("PSK") || exchange == "SRP" }

  /// Bits of security as ssl/s3_lib.c has them (`strength_bits`).
  var bits: Int {
    switch encryption {
    case "None": 0
    case "DES", "RC2": 56
    case _ where flags.contains("e"): 40
    case "3DES": 112
    case _ where encryption.hasSuffix("256") || encryption == "CHACHA20": 256
    default: 128
    }
  }

  var cipher: TLSCipher {
    var classes: Set<String> = []
    if encryption == "None" { classes.insert("NULL") }
    if authentication == "None" { classes.insert("anon") }
    if flags.contains("e") { classes.insert("EXPORT") }
    for name in ["RC4", "RC2", "DES", "3DES", "IDEA", "SEED"] where encryption == name {
      classes.insert(name)
    }
    if mac == "MD5" { classes.insert("MD5") }
    if mac == "SHA1" { classes.insert("SHA1") }
    if mac != "AEAD", encryption != "None", encryption != "RC4" { classes.insert("CBC") }
    if exchange == "RSA" { classes.insert("kRSA") }
    if authentication == "DSS" { classes.insert("DSS") }
    return TLSCipher(name, classes)
  }

  /// Whether a security level lets it pass (ssl/ssl_cert.c, ssl_security_default_callback).
  func passes(level: Int) -> Bool {
    if level <= 0 { return true }
    let minimum = [0, 80, 112, 128, 192, 256][min(level, 5)]
    if bits < minimum || authentication == "None" || mac == "MD5" { return false }
    if minimum > 160, mac == "SHA1" { return false }
    if level >= 2, encryption == "RC4" { return false }
    if level >= 3, !exchange.contains("DH") { return false }
    return true
  }
}

/// A cipher string of OpenSSL: which suites it stands for, and its security level (openssl-ciphers(1);
/// ssl/ssl_ciph.c, ssl_cipher_process_rulestr).
struct OpenSSLCipherString: Sendable, Hashable {
  /// The last `@SECLEVEL=`.
  private(set) var level: Int?
  private(set) var names: Set<String> = []

  /// Reads a string; what OpenSSL does not know in it, it passes over.
  ///
  /// - Parameter suites: those that the library was built with.
  init(_ text: String, suites: [OpenSSLSuite]) {
    var killed: Set<String> = []
    let elements = text.split { ": ,;".contains($0) }.prefix(1000)
    for (position, element) in elements.enumerated() {
      // `LOW@STRENGTH` is two elements.
      for (index, part) in element.split(separator: "@", omittingEmptySubsequences: false).enumerated() {
        if index > 0 {
          if part.hasPrefix("SECLEVEL="), let number = Int(part.dropFirst(9)), 0...5 ~= number {
            level = number
          }
          continue
        }
        apply(part, isFirst: position == 0, suites, &killed)
      }
    }
  }

  private mutating func apply(
    _ element: Substring, isFirst: Bool, _ suites: [OpenSSLSuite], _ killed: inout Set<String>
  ) {
    guard let sign = element.first else { return }
    if isFirst, element == "DEFAULT" {
      names.formUnion(suites.filter { !$0.flags.contains("n") && $0.encryption != "None" }.map(\.name))
      killed.formUnion(suites.filter { $0.flags.contains("n") || $0.encryption == "None" }.map(\.name))
      return
    }
    let rule = "!-+".contains(sign) ? element.dropFirst() : element
    let words = rule.split(separator: "+").map(String.init)
    // A name that is not known makes the whole element count for nothing.
    let sets = words.compactMap { Self.members[$0] }
    guard let first = sets.first, sets.count == words.count else { return }
    let meant = sets.dropFirst().reduce(first) { $0.intersection($1) }
    let hits = suites.filter { meant.contains($0.name) }.map(\.name)
    switch sign {
    case "!":
      names.subtract(hits)
      killed.formUnion(hits)
    case "-": names.subtract(hits)
    case "+": return
    default: names.formUnion(hits.filter { !killed.contains($0) })
    }
  }

  private static let suiteNames = Set(OpenSSLSuite.all.map(\.name))

  private static let keywords = [
    "ALL", "COMPLEMENTOFALL", "eNULL", "NULL", "COMPLEMENTOFDEFAULT", "HIGH", "MEDIUM", "LOW", "EXP",
    "EXPORT",
    "FIPS", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.2", "kRSA", "RSA", "kDHE", "kEDH", "DH", "DHE", "EDH", "ADH",
    "kECDHE", "kEECDH", "ECDH", "ECDHE", "EECDH", "AECDH", "kPSK", "kRSAPSK", "kDHEPSK", "kECDHEPSK", "PSK",
    "kSRP", "SRP", "aNULL", "aRSA", "aPSK", "aSRP", "aDSS", "aECDSA", "DSS", "ECDSA", "AES", "AES128",
    "AES256",
    "AESGCM", "AESCCM", "AESCCM8", "ARIA", "ARIAGCM", "ARIA128", "ARIA256", "CAMELLIA", "CAMELLIA128",
    "CAMELLIA256", "CHACHA20", "3DES", "RC4", "RC2", "DES", "IDEA", "SEED", "MD5", "SHA1", "SHA256", "SHA384",
    "SHA",
  ]

  /// The suites that each word stands for.
  private static let members: [String: Set<String>] = {
    var members: [String: Set<String>] = [:]
    for word in keywords {
      members[word] = Set(OpenSSLSuite.all.filter { matches(word, $0) == true }.map(\.name))
    }
    for name in suiteNames { members[name] = [name] }
    return members
  }()

  /// Whether a suite is one of those that a word stands for; nil for a word that is not known.
  private static func matches(_ word: String, _ suite: OpenSSLSuite) -> Bool? {
    group(word, suite) ?? exchange(word, suite) ?? algorithm(word, suite)
  }

  private static func group(_ word: String, _ suite: OpenSSLSuite) -> Bool? {
    switch word {
    case "ALL": suite.encryption != "None"
    case "COMPLEMENTOFALL", "eNULL", "NULL": suite.encryption == "None"
    case "COMPLEMENTOFDEFAULT": suite.flags.contains("n")
    case "HIGH": suite.flags.contains("h")
    case "MEDIUM": suite.flags.contains("m")
    case "LOW": suite.flags.contains("l")
    case "EXP", "EXPORT": suite.flags.contains("e")
    case "FIPS": suite.flags.contains("f")
    case "SSLv3", "TLSv1.2": suite.version == word
    case "TLSv1", "TLSv1.0": suite.version == "TLSv1"
    default: nil
    }
  }

  private static func exchange(_ word: String, _ suite: OpenSSLSuite) -> Bool? {
    let isAnonymous = suite.authentication == "None"
    switch word {
    case "kRSA": return suite.exchange == "RSA"
    case "RSA": return suite.exchange == "RSA" && suite.authentication == "RSA"
    case "kDHE", "kEDH", "DH": return suite.exchange == "DH"
    case "DHE", "EDH": return suite.exchange == "DH" && !isAnonymous
    case "ADH": return suite.exchange == "DH" && isAnonymous
    case "kECDHE", "kEECDH", "ECDH": return suite.exchange == "ECDH"
    case "ECDHE", "EECDH": return suite.exchange == "ECDH" && !isAnonymous
    case "AECDH": return suite.exchange == "ECDH" && isAnonymous
    case "kPSK", "kRSAPSK", "kDHEPSK", "kECDHEPSK": return suite.exchange == word.dropFirst()
    case "PSK": return suite.exchange.hasSuffix("PSK")
    case "kSRP", "SRP": return suite.exchange == "SRP"
    case "aNULL": return isAnonymous
    case "aRSA", "aPSK", "aSRP", "aDSS", "aECDSA": return suite.authentication == word.dropFirst()
    case "DSS", "ECDSA": return suite.authentication == word
    default: return nil
    }
  }

  private static func algorithm(_ word: String, _ suite: OpenSSLSuite) -> Bool? {
    let encryption = suite.encryption
    switch word {
    case "AES": return encryption.hasPrefix("AES")
    case "AES128", "AES256": return encryption.hasPrefix("AES") && encryption.hasSuffix(word.dropFirst(3))
    case "AESGCM", "AESCCM", "AESCCM8": return encryption.hasPrefix(word)
    case "ARIA", "ARIAGCM": return encryption.hasPrefix("ARIA")
    case "ARIA128", "ARIA256": return encryption == "ARIAGCM\(word.dropFirst(4))"
    case "CAMELLIA": return encryption.hasPrefix("Camellia")
    case "CAMELLIA128", "CAMELLIA256": return encryption == "Camellia\(word.dropFirst(8))"
    case "CHACHA20", "3DES", "RC4", "RC2", "DES", "IDEA", "SEED": return encryption == word
    case "MD5", "SHA1", "SHA256", "SHA384": return suite.mac == word
    case "SHA": return suite.mac == "SHA1"
    default: return nil
    }
  }
}
