import DiskImages
import Evidence

/// Where a server's parameters for DHE come from.
struct DHSource: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    /// Nobody sets any; suites with DHE are left out then.
    case none(String)
    /// The library chooses by the certificate's key (SSL_CTX_set_dh_auto(3)).
    case automatic
    case parameters(DHParameters)
    case unknown(EvidenceGap)
  }

  /// What a program does where the library refuses the parameters.
  enum Refusal: Sendable, Hashable {
    /// It ends, or offers no TLS.
    case stops
    /// It goes on without DHE.
    case without
    /// It lets the library choose.
    case automatic
  }

  var value: Value
  var origin: Origin
  var refusal = Refusal.stops
  /// Whether the library's choice, once asked for, goes on counting.
  var isBesideChoice = false
  /// Whether the program hands them over before its cipher string, so that the level of openssl.cnf counts.
  var isSetBeforeCiphers = false

  static let notSet = DHSource(
    value: .none("no parameters are set"), origin: .compiledDefault("no parameters for DHE are set"))

  /// The library's choice, which the program asks for.
  static func automatic(_ source: String) -> DHSource {
    DHSource(value: .automatic, origin: .compiledDefault(source))
  }

  /// Parameters in the program itself.
  static func builtIn(_ bits: Int, _ source: String) -> DHSource {
    DHSource(value: .parameters(DHParameters(bits: bits)), origin: .compiledDefault(source))
  }
}

/// What a program tells OpenSSL of key exchange.
struct OpenSSLKeyExchange: Sendable, Hashable {
  /// Nil where the program leaves the groups to openssl.cnf and the library.
  var groups: TLSAnswer<[TLSGroup]>?
  var parameters = DHSource.notSet

  /// Takes commands that a program hands to the library after its own settings (SSL_CONF_cmd(3)), in their order.
  ///
  /// - Parameter read: the parameters of a file that DHParameters names.
  mutating func apply(
    _ commands: [(name: String, value: Effective<String>)], _ library: OpenSSLLibrary,
    read: (Effective<String>) -> DHSource
  ) {
    for (name, value) in commands {
      switch name.lowercased() {
      case "groups", "curves": groups = library.choice(value)
      case "ecdhparameters":
        if let named = library.groups(of: name, value.value) {
          groups = .known(Effective(named, origin: value.origin))
        }
      case "dhparameters": parameters = read(value)
      default: continue
      }
    }
  }
}

/// Files with parameters, each read once however many ends name it.
final class ParameterFiles {
  private let evidence: Evidence
  private var read: [String: Result<ParameterFile?, EvidenceGap>] = [:]

  init(_ evidence: Evidence) { self.evidence = evidence }

  /// The file at a path; nil if there is none.
  func file(at path: String) throws(EvidenceGap) -> ParameterFile? {
    if let known = read[path] { return try known.get() }
    let result: Result<ParameterFile?, EvidenceGap>
    do throws(EvidenceGap) {
      result = .success(try evidence.bytes(at: path).map { ParameterFile(pem: $0) })
    } catch {
      result = .failure(error)
    }
    read[path] = result
    return try result.get()
  }
}

extension TLSContext {
  /// The parameters of a file that a configuration names.
  ///
  /// - Parameters:
  ///   - folder: where a name without a folder is looked for; nil where that cannot be told.
  ///   - fallback: what the program takes where there is no such file; nil where it does not start then.
  ///   - whereDamaged: the same of a file without parameters in it.
  func parameters(
    _ name: Effective<String>, in folder: String? = nil, orElse fallback: DHSource? = nil,
    whereDamaged: DHSource? = nil
  ) -> DHSource {
    func gap(_ reason: String) -> DHSource {
      DHSource(value: .unknown(EvidenceGap(path: name.value, reason: reason)), origin: name.origin)
    }
    guard let path = Self.path(name.value, in: folder) else {
      return gap("the folder of the file depends on where the service runs")
    }
    do throws(EvidenceGap) {
      guard let file = try parameterFiles.file(at: path) else {
        return fallback ?? gap("there is no such file: \(Self.failure)")
      }
      guard let found = file.diffieHellman else {
        return whereDamaged ?? gap("no parameters for Diffie-Hellman in it: \(Self.failure)")
      }
      return DHSource(value: .parameters(found), origin: name.origin)
    } catch {
      return DHSource(value: .unknown(error), origin: name.origin)
    }
  }

  static let failure = "the service does not start, or not with TLS"

  /// An absolute path.
  static func path(_ name: String, in folder: String?) -> String? {
    name.hasPrefix("/") ? name : folder.map { "\($0)/\(name)" }
  }
}

extension OpenSSLLibrary {
  /// The groups that the level lets pass (ssl/t1_lib.c, tls_group_allowed).
  func groups(_ exchange: OpenSSLKeyExchange, level: Int) -> TLSAnswer<[TLSGroup]> {
    let choice = exchange.groups ?? .known(systemGroups)
    guard case .known(var groups) = choice else { return choice }
    groups.value.removeAll { $0.bits < Self.bits(ofLevel: level) }
    return .known(groups)
  }

  /// What is done with parameters (ssl/statem/statem_srvr.c, tls_construct_server_key_exchange).
  ///
  /// - Parameter hasSuites: whether a suite with DHE and a version for it can be negotiated; those without
  ///   authentication are not looked at, since nothing makes them worse.
  func finiteField(
    _ source: DHSource, level: Int, hasSuites: Bool
  ) -> TLSAnswer<TLSFiniteField> {
    func none(_ reason: String) -> TLSAnswer<TLSFiniteField> { .value(.none(reason), source.origin) }
    switch source.value {
    case .unknown(let gap): return hasSuites ? .unknown(gap) : none("no suite with it")
    case .none(let reason): return none(hasSuites ? reason : "no suite with it")
    case .automatic:
      return hasSuites
        ? .value(.atLeast(Self.prime(ofLevel: level)), source.origin) : none("no suite with it")
    case .parameters(let parameters):
      let checked = source.isSetBeforeCiphers ? max(level, self.level.value) : level
      var automatic = source
      automatic.value = .automatic
      guard Self.takes(parameters, level: checked) else {
        let reason = "OpenSSL refuses \(parameters.bits) bits at security level \(checked)"
        switch source.refusal {
        case .stops:
          return .unknown(
            EvidenceGap(path: source.origin.path ?? "", reason: "\(reason): \(TLSContext.failure)"))
        case .without: return none(reason)
        case .automatic: return finiteField(automatic, level: level, hasSuites: hasSuites)
        }
      }
      if source.isBesideChoice { return finiteField(automatic, level: level, hasSuites: hasSuites) }
      if !hasSuites { return none("no suite with it") }
      // crypto/dh/dh_key.c, OPENSSL_DH_MAX_MODULUS_BITS.
      if parameters.bits > 10_000 { return none("OpenSSL uses no prime of \(parameters.bits) bits") }
      return .value(.bits(parameters.bits), source.origin)
    }
  }

  /// Parameters below 80 bits of security, those of 1024 bits, are refused at level 0 too
  /// (ssl/ssl_cert.c, ssl_security_default_callback).
  static func takes(_ parameters: DHParameters, level: Int) -> Bool {
    strength(of: parameters) >= max(80, bits(ofLevel: level))
  }

  /// crypto/bn/bn_lib.c, BN_security_bits.
  private static func strength(of parameters: DHParameters) -> Int {
    let byPrime =
      switch parameters.bits {
      case ..<1024: 0
      case ..<2048: 80
      case ..<3072: 112
      case ..<7680: 128
      case ..<15360: 192
      default: 256
      }
    guard let exponent = parameters.exponentBits else { return byPrime }
    return exponent / 2 < 80 ? 0 : min(exponent / 2, byPrime)
  }

  static func bits(ofLevel level: Int) -> Int { [0, 80, 112, 128, 192, 256][min(max(level, 0), 5)] }

  /// The shortest prime that SSL_CTX_set_dh_auto chooses for a certificate's key of 2048 bits or more
  /// (ssl/t1_lib.c, ssl_get_auto_dh).
  private static func prime(ofLevel level: Int) -> Int { level >= 4 ? 8192 : level == 3 ? 3072 : 2048 }
}
