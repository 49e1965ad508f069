import Evidence

/// What a password field lets happen when somebody tries to log in with a password (crypt(5), shadow(5), pam_unix(8)).
public enum PasswordState: Sendable, Hashable {
  /// The field is empty: no password is needed where pam_unix has `nullok`.
  case empty
  /// The field begins with `!` or `*`, so that no password fits; the hash behind it, if there is one.
  case locked(CryptHash?)
  /// A password fits.
  case hashed(CryptHash)
  /// The field is no hash, or points to an entry of shadow that is not there: no password fits.
  case unusable

  /// Reads the second field of shadow or passwd, reduced or not.
  public init(field: some StringProtocol) {
    let field = Substring(field)
    guard let first = field.first else {
      self = .empty
      return
    }
    if first == "!" || first == "*" {
      self = .locked(CryptHash(field.drop { $0 == "!" || $0 == "*" }))
    } else if let hash = CryptHash(field) {
      self = .hashed(hash)
    } else {
      self = .unusable
    }
  }

  /// The name by which baselines ask for the state.
  public var name: String {
    switch self {
    case .empty: "empty"
    case .locked: "locked"
    case .hashed: "hashed"
    case .unusable: "unusable"
    }
  }

  /// The hash, also one that is locked.
  public var hash: CryptHash? {
    switch self {
    case .hashed(let hash): hash
    case .locked(let hash): hash
    case .empty, .unusable: nil
    }
  }

  /// In words for people: `locked`, `hashed with yescrypt`.
  public var words: String {
    switch self {
    case .empty: "empty"
    case .locked(nil): "locked"
    case .locked(let hash?): "locked, with a hash of \(hash.words)"
    case .hashed(let hash): "hashed with \(hash.words)"
    case .unusable: "no hash that fits any password"
    }
  }
}

extension CryptHash {
  /// Scheme and cost: `sha512crypt, 5000 rounds`.
  public var words: String {
    guard let cost else { return scheme.rawValue }
    return switch scheme {
    case .bcrypt, .yescrypt, .gostYescrypt, .scrypt: "\(scheme.rawValue), cost 2^\(cost)"
    default: "\(scheme.rawValue), \(cost) rounds"
    }
  }
}

/// The fields of shadow(5) that say how long a password may live; days, nil where the field is empty or negative.
public struct PasswordAging: Sendable, Hashable {
  /// Days since 1970-01-01 UTC; 0 forces a change at the next login.
  public var lastChange: Int?
  public var minimum: Int?
  public var maximum: Int?
  public var warning: Int?
  public var inactive: Int?
  /// The day on which the account ends, since 1970-01-01 UTC.
  public var expiry: Int?

  /// An entry without any limit.
  public init() {}
}
