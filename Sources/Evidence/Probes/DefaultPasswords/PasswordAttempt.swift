import CCrypt
import Foundation

/// Tries passwords against the hashes of a file of accounts.
struct PasswordAttempt {
  /// More accounts than this are not tried.
  static let accountLimit = 200

  let passwords: DefaultPasswords
  let deadline: ContinuousClock.Instant

  init(_ passwords: DefaultPasswords, deadline: ContinuousClock.Instant) {
    self.passwords = passwords
    self.deadline = deadline
  }

  /// The accounts of the file whose field holds a hash that lets somebody in; locked ones are none.
  func answers(_ bytes: [UInt8]) -> DefaultPasswordsProbe.Record {
    var answers: DefaultPasswordsProbe.Record = [:]
    let library = CryptLibrary()
    var tried = 0
    forEachLine(of: bytes) { line in
      let fields = bytes[line].prefix(2048).split(
        separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count >= 2, !fields[0].isEmpty, let hash = CryptHash(fields[1]) else { return }
      tried += 1
      let name = String(decoding: fields[0], as: UTF8.self)
      // Of two lines for one name the first counts.
      guard answers.count < Self.accountLimit * 4, answers[name] == nil else { return }
      answers[name] =
        tried > Self.accountLimit
        ? .untried("more than \(Self.accountLimit) accounts") : answer(name, Array(fields[1]), hash, library)
    }
    return answers
  }

  private func answer(
    _ account: String, _ setting: [UInt8], _ hash: CryptHash, _ library: CryptLibrary
  ) -> DefaultPasswordsProbe.Answer {
    if let objection = hash.objectionToTrying { return .untried(objection) }
    for password in passwords.passwords(for: account) {
      if ContinuousClock.now > deadline { return .untried("the time for trying is used up") }
      switch library.matches(password, setting) {
      case true?: return .known
      case false?: continue
      case nil: return .untried("libxcrypt does not know the scheme \(hash.scheme.rawValue)")
      }
    }
    return .other
  }
}

/// libxcrypt's crypt_ra(3), with one buffer for all calls.
private final class CryptLibrary {
  private var data: UnsafeMutableRawPointer?
  private var size: Int32 = 0

  deinit { free(data) }

  /// Whether the password has the hash; nil if the library does not know its form.
  func matches(_ password: [UInt8], _ setting: [UInt8]) -> Bool? {
    if password.contains(0) || setting.contains(0) { return false }
    let text = password.map { CChar(bitPattern: $0) } + [0]
    let hash = setting.map { CChar(bitPattern: $0) } + [0]
    guard let result = crypt_ra(text, hash, &data, &size) else { return nil }
    let length = strlen(result)
    let computed = UnsafeRawBufferPointer(start: result, count: length)
    return computed.elementsEqual(setting)
  }
}

extension CryptHash {
  /// Why trying a password against the hash would cost too much, or nil. A hash of the usual cost takes some
  /// milliseconds; a hostile one could take days or all memory.
  var objectionToTrying: String? {
    let dear = "trying it costs too much: \(scheme.rawValue)" + (cost.map { " with cost \($0)" } ?? "")
    switch scheme {
    case .sha512crypt, .sha256crypt, .sm3crypt, .sha1crypt, .sunMD5:
      return (cost ?? 0) <= 300_000 ? nil : dear
    case .bcrypt: return (cost ?? 99) <= 12 ? nil : dear
    case .bsdicrypt: return (cost ?? .max) <= 50_000 ? nil : dear
    case .yescrypt, .gostYescrypt:
      // Flags, N and r in one digit each: N up to 2^14 with r up to 32 takes 64 MiB. Longer parameters are unusual.
      let parameters = prefix.split(separator: "$").last ?? ""
      return (cost ?? 99) <= 14 && parameters.utf8.count == 3 && Self.digit(parameters.utf8.last) <= 31
        ? nil : dear
    case .scrypt:
      // One digit for N, five each for r and p, the lowest first.
      let parameters = Array(prefix.utf8.dropFirst(3))
      guard (cost ?? 99) <= 14, parameters.count == 11, Self.digit(parameters[1]) <= 32,
        parameters[2...5].allSatisfy({ $0 == UInt8(ascii: ".") }), Self.digit(parameters[6]) <= 4,
        parameters[7...10].allSatisfy({ $0 == UInt8(ascii: ".") })
      else { return dear }
      return nil
    case .md5crypt, .descrypt, .bigcrypt, .nt: return nil
    case .apr1, .argon2, .phpass, .unknown: return "libxcrypt does not know the scheme"
    }
  }

  /// The value of a digit of crypt(5)'s base 64.
  private static func digit(_ byte: UInt8?) -> Int {
    let digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8
    guard let byte, let index = digits.firstIndex(of: byte) else { return .max }
    return digits.distance(from: digits.startIndex, to: index)
  }
}
