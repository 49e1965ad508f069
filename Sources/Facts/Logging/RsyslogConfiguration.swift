import DiskImages
import Evidence

/// What rsyslogd does with messages, from rsyslog.conf and everything that it includes.
///
/// Statements count in their order. Legacy `$` directives change the actions in sysklogd's form that follow
/// them and never RainerScript actions; those take the parameters of their module (rsyslog manual,
/// "Actions").
public struct RsyslogConfiguration: FactModel {
  public static let needs: [ContentNeed] = ["/etc/rsyslog.conf", "/etc/rsyslog.d/*"]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = RsyslogReader(evidence)
    try? reader.read()
    return reader.includes.map { ContentNeed($0) }
  }

  /// Something that rsyslogd does with the messages that a filter lets through.
  public struct Action: Sendable, Hashable {
    /// Where messages go.
    public enum Target: Sendable, Hashable {
      case file(String)
      /// A file whose name a template makes.
      case dynamicFile(String)
      case remote(Remote)
      case other(String)
    }

    public var target: Target
    /// The selector or condition; nil for every message.
    public var filter: String?
    /// Whether messages of this machine reach the action: its rule set is used and nothing stops them before.
    public var isReached: Bool
    /// Mode, owner and group with which a file is made.
    public var creation: Creation
    public var origin: Origin
  }

  /// With what mode and owner omfile makes a file.
  public struct Creation: Sendable, Hashable {
    public var mode: Effective<UInt32>
    /// Nil for the user of the process.
    public var owner: Effective<String>?
    public var group: Effective<String>?
  }

  /// Another machine.
  public struct Remote: Sendable, Hashable {
    public var host: String
    /// `udp`, `tcp`, `relp` or the name of the output module.
    public var transport: String
    /// The network stream driver: `ptcp`, `gtls`, `ossl`.
    public var driver: String
    /// Whether the driver encrypts.
    public var isEncrypted: Bool
    /// How the server is authenticated: `x509/name`, `anon` …; nil if it is not.
    public var authentication: String?
    public var certificateAuthority: String?
  }

  /// Something that takes messages from the network.
  public struct Listener: Sendable, Hashable {
    public var module: String
    public var port: String
    /// Nil for every address.
    public var address: String?
    public var origin: Origin
    /// How imtcp speaks TLS; nil where it does not.
    public var stream: Stream?
  }

  /// The network stream driver of a listener.
  public struct Stream: Sendable, Hashable {
    /// `gtls` or `ossl`.
    public var driver: String
    /// How clients are authenticated: `anon`, `x509/name` …; nil where nothing says it.
    public var authentication: String?
    /// gnutlsPriorityString, which ossl reads as commands of OpenSSL.
    public var priority: String?
    public var origin: Origin
  }

  public let actions: [Action]
  public let listeners: [Listener]
  /// The mask of the process, which is taken off every mode.
  public let umask: Effective<UInt32>
  /// The user to which rsyslogd changes after the start.
  public let dropsTo: String?
  /// Whether there is a configuration at all.
  public let isPresent: Bool

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var reader = RsyslogReader(facts.evidence)
    try reader.read()
    isPresent = reader.isPresent
    actions = reader.reachedActions()
    listeners = reader.finishedListeners()
    umask = reader.umask ?? Effective(0o022, origin: .compiledDefault("systemd.exec(5): UMask=0022"))
    dropsTo = reader.dropsTo
  }

  /// The mode that a new file of the action gets.
  public func newFileMode(_ action: Action) -> UInt32 { action.creation.mode.value & ~umask.value }
}
