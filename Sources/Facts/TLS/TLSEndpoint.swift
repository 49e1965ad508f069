import Evidence

/// Something that is configured, or the reason why the image cannot tell it.
public enum TLSAnswer<Value: Sendable & Hashable>: Sendable, Hashable {
  case known(Effective<Value>)
  case unknown(EvidenceGap)

  /// A value that the image tells.
  public static func value(_ value: Value, _ origin: Origin) -> Self {
    .known(Effective(value, origin: origin))
  }

  /// The value; nil where the image cannot tell it.
  public var effective: Effective<Value>? { if case .known(let value) = self { value } else { nil } }
}

/// Whether TLS is spoken.
public enum TLSUse: String, Sendable, Hashable {
  /// Never.
  case none
  /// Never, but what is sent back only leads to a listener with TLS.
  case redirects
  /// Both are possible: STARTTLS that a client, or who is on the way, may leave out.
  case optional
  /// Always.
  case required
}

/// A cipher suite that one end would accept.
public struct TLSCipher: Sendable, Hashable {
  /// As the library calls it.
  public var name: String
  /// What is wrong with it: `NULL`, `anon`, `EXPORT`, `RC4`, `RC2`, `DES`, `3DES`, `IDEA`, `SEED`, `MD5`, and
  /// properties that some forbid: `CBC`, `SHA1`, `kRSA` (no forward secrecy), `DSS`.
  public var classes: Set<String>

  /// Describes a suite.
  public init(_ name: String, _ classes: Set<String>) {
    self.name = name
    self.classes = classes
  }

  /// Classes that nobody defends any more.
  public static let broken = ["NULL", "anon", "EXPORT", "RC4", "RC2", "DES", "3DES", "IDEA", "MD5"]
}

/// One end of connections that a program would serve or open, with what its configuration makes of TLS.
public struct TLSEndpoint: Sendable, Hashable {
  /// Which end it is.
  public enum Role: String, Sendable, Hashable {
    case listener
    case client
    /// What programs get that say nothing of their own.
    case system
  }

  /// The program: `nginx`, `postfix`.
  public var service: String
  /// Which of its ends, stable across versions: `example.org:443`, `submission`.
  public var name: String
  public var role: Role
  /// Whether other machines can reach a listener, or a client leaves the machine.
  public var isOnNetwork: Bool
  public var use: Effective<TLSUse>
  /// Versions that a peer could negotiate, after the library has refused what it refuses.
  public var protocols: TLSAnswer<Set<TLSVersion>>
  /// Suites of TLS 1.2 and below that a peer could negotiate.
  public var ciphers: TLSAnswer<[TLSCipher]>
  /// Groups that a peer could negotiate, with TLS 1.3 or with suites that make use of them.
  public var groups: TLSAnswer<[TLSGroup]>
  /// Diffie-Hellman over a finite field with TLS 1.2 and below, as a server does it; of a client, nothing is known: it
  /// takes the server's parameters.
  public var finiteField: TLSAnswer<TLSFiniteField>
  /// Versions that are configured and that the library refuses, with its reason.
  public var refused: String?
  public var certificate: Effective<String>?
  public var key: Effective<String>?
  /// How the peer's certificate is verified, in the program's own words; nil where nothing says so.
  public var verification: Effective<String>?
  /// Whether passwords may be sent without TLS; nil where there are none or it is not known.
  public var secretsInClear: Effective<Bool>?
  /// Whether everything has to get through, so that weak encryption is better than the clear text that would
  /// follow: mail between servers.
  public var isOpportunistic = false

  /// An end without TLS.
  public init(
    _ service: String, _ name: String, _ role: Role = .listener, onNetwork: Bool, use: Effective<TLSUse>
  ) {
    self.service = service
    self.name = name
    self.role = role
    isOnNetwork = onNetwork
    self.use = use
    protocols = .known(Effective([], origin: use.origin))
    ciphers = .known(Effective([], origin: use.origin))
    groups = .known(Effective([], origin: use.origin))
    finiteField = .known(Effective(.none("no TLS"), origin: use.origin))
  }

  /// Service and name.
  public var subject: String { name.isEmpty ? service : "\(service) \(name)" }

  /// Whether TLS is spoken at all.
  public var speaksTLS: Bool { use.value == .optional || use.value == .required }

  /// Takes what a library makes of the settings.
  mutating func take(_ offer: TLSOffer) {
    protocols = offer.protocols
    ciphers = offer.ciphers
    refused = offer.refused
    groups = offer.groups
    finiteField = role == .listener ? offer.finiteField : .value(.none("not a server"), use.origin)
  }
}

/// What a library makes of a program's settings.
struct TLSOffer: Sendable, Hashable {
  var protocols: TLSAnswer<Set<TLSVersion>>
  var ciphers: TLSAnswer<[TLSCipher]>
  var refused: String?
  var groups: TLSAnswer<[TLSGroup]>
  var finiteField: TLSAnswer<TLSFiniteField>

  /// Nothing is known, for one reason.
  static func unknown(_ gap: EvidenceGap) -> TLSOffer {
    TLSOffer(
      protocols: .unknown(gap), ciphers: .unknown(gap), groups: .unknown(gap), finiteField: .unknown(gap))
  }
}
