import DiskImages
import Evidence

/// Knows where one daemon listens: its configuration, its defaults.
protocol ListenerSource: SendableMetatype {
  /// The program's name.
  static var daemon: String { get }
  /// Names of the services that start it; a template stands for its instances.
  static var units: [String] { get }
  /// What it reads.
  static var needs: [ContentNeed] { get }
  /// Files that the files read so far name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed]
  /// Where it would listen if it is started by the given unit.
  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket]
}

extension ListenerSource {
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { [] }
}

/// The daemons that are known.
enum ListenerSources {
  /// A new daemon adds a line.
  static let all: [any ListenerSource.Type] = [
    ApacheListeners.self,
    AvahiListeners.self,
    BindListeners.self,
    ChronyListeners.self,
    CupsListeners.self,
    DHCPServerListeners.self,
    DnsmasqListeners.self,
    DockerListeners.self,
    DovecotListeners.self,
    EximListeners.self,
    HAProxyListeners.self,
    InetdListeners.self,
    MariaDBListeners.self,
    MemcachedListeners.self,
    NFSListeners.self,
    NTPListeners.self,
    NginxListeners.self,
    OpenLDAPListeners.self,
    OpenSMTPDListeners.self,
    PostfixListeners.self,
    PostgreSQLListeners.self,
    ProFTPDListeners.self,
    RedisListeners.self,
    ResolvedListeners.self,
    RpcbindListeners.self,
    RsyncListeners.self,
    RsyslogListeners.self,
    SSHDListeners.self,
    SambaListeners.self,
    SendmailListeners.self,
    SNMPListeners.self,
    SquidListeners.self,
    TFTPListeners.self,
    VsftpdListeners.self,
  ]

  /// Services that open no socket to the network, or only as a client.
  static let silent = [
    "systemd-*", "getty@*", "serial-getty@*", "console-getty*", "getty-static*", "autovt@*", "user@*",
    "user-runtime-dir@*",
    "dbus*", "cron*", "crond*", "atd*", "anacron*", "apache-htcacheclean*", "apt-daily*",
    "unattended-upgrades*", "dpkg-db-backup*",
    "e2scrub*",
    "fstrim*", "logrotate*", "man-db*", "apparmor*", "auditd*", "audit-rules*", "kmod-*", "modprobe@*",
    "keyboard-setup*",
    "console-setup*", "networking*", "ifup@*", "ifupdown-*", "NetworkManager*", "wpa_supplicant*", "cloud-*",
    "polkit*",
    "accounts-daemon*", "udisks2*", "rc-local*", "nftables*", "ufw*", "firewalld*", "netfilter-persistent*",
    "iptables*",
    "ip6tables*", "fail2ban*", "rng-tools*", "rngd*", "haveged*", "qemu-guest-agent*", "open-vm-tools*",
    "vgauth*",
    "hv-*", "walinuxagent*", "google-*", "amazon-ssm-agent*", "smartmontools*", "smartd*", "lvm2-*",
    "dm-event*",
    "mdmonitor*", "mdadm*", "multipathd*", "blk-availability*", "irqbalance*", "thermald*", "tuned*",
    "sysstat*",
    "procps*", "hwclock*", "udev*", "sudo*", "grub-*", "plymouth*", "finalrd*", "binfmt-support*",
    "packagekit*",
    "rtkit-daemon*", "upower*", "ModemManager*", "bluetooth*", "aide*", "dailyaidecheck*", "rkhunter*",
    "clamav-freshclam*",
    "sssd*", "nscd*", "nslcd*", "uuidd*", "rpc-gssd*", "auth-rpcgss-module*", "nfs-client*", "selinux-*",
    "import-state*",
    "dracut-*", "nis-domainname*", "kdump*", "snapd.*", "snapd*", "motd-news*", "ubuntu-*", "ua-*",
    "esm-cache*",
    "update-notifier*", "fwupd*", "pollinate*", "secureboot-db*", "setvtrgb*", "lxd-agent*", "netplan-*",
    "emergency*",
    "rescue*", "initrd-*", "ssh-keygen*", "sshd-keygen*", "sshd-unix-local*", "regenerate_ssh_host_keys*",
  ]
}

/// What a source is given: the evidence and the unit that starts the daemon.
struct ListenerContext {
  /// An address without the unit that opens it.
  struct Socket: Hashable {
    var transport: String
    var address: String
    var port: Int?
    var origin: Origin

    /// One socket for each address as a configuration writes it.
    static func each(
      _ transport: String, of addresses: [String], port: Int, _ origin: Origin
    ) -> [Socket] {
      addresses.map {
        Socket(
          transport: transport, address: SocketAddress(address: $0, port: nil).address, port: port,
          origin: origin)
      }
    }
  }

  let evidence: Evidence
  let unit: LoadedUnit
  /// By which a daemon's release is known; nil where they cannot be read.
  var packages: InstalledPackages?

  /// A socket that is there by a compiled default.
  func usual(_ transport: String, _ address: String, _ port: Int, _ source: String) -> Socket {
    Socket(transport: transport, address: address, port: port, origin: .compiledDefault(source))
  }

  /// The lines of a file, comments and empty ones left out, each as words.
  func lines(_ path: String, comments: String = "#") throws(EvidenceGap) -> [ConfigurationLine] {
    try evidence.configurationLines(at: path, comments: comments)
  }

  /// The lines of all files that a pattern matches, in the order of their names.
  func lines(matching pattern: String, comments: String = "#") throws(EvidenceGap) -> [ConfigurationLine] {
    try evidence.configurationLines(matching: pattern, comments: comments)
  }

  /// The unit's command, variables filled in.
  ///
  /// - Parameter defaults: files from which its script in /etc/init.d takes variables.
  func command(_ defaults: [String] = []) throws(EvidenceGap) -> ServiceCommand {
    try ServiceCommand(of: unit, evidence, defaults: defaults)
  }

  /// Makes sure that the daemon reads one of its usual files.
  ///
  /// - Parameter option: with which its command names another one.
  /// - Throws: where it does, and where no usual file is there: then the daemon does not start.
  func requireUsual(_ paths: [String], option: String) throws(EvidenceGap) {
    if let named = try command().values(option).last, !paths.contains(named.value) {
      throw EvidenceGap(
        path: named.value, reason: "the command names it with \(option), which is not followed")
    }
    for path in paths where try evidence.entry(at: path) != nil { return }
    throw EvidenceGap(
      path: paths.first ?? "", reason: "there is none, and \(unit.name) does not start without one")
  }
}

/// One line of a configuration file.
struct ConfigurationLine: Hashable {
  var text: String
  var words: [String]
  var origin: Origin

  static func read(_ file: TextFile, comments: String = "#") -> [ConfigurationLine] {
    file.lines.compactMap { line in
      let text = line.text.trimmingBlanks()
      guard let first = text.first, !comments.contains(first) else { return nil }
      return ConfigurationLine(
        text: String(text), words: text.split { $0 == " " || $0 == "\t" }.map(String.init),
        origin: Origin(path: file.path, line: line.number, kind: .explicit, text: String(text.prefix(200))))
    }
  }

  /// `key = value` with blanks around both dropped; nil where there is no `=`.
  var assignment: (key: String, value: String)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let value = text[text.index(after: equals)...].trimmingBlanks()
    let isQuoted =
      value.count >= 2 && (value.first == "\"" || value.first == "'") && value.last == value.first
    return (String(text[..<equals].trimmingBlanks()), String(isQuoted ? value.dropFirst().dropLast() : value))
  }
}

/// An address with a port, as most programs write them.
struct SocketAddress: Hashable {
  var address: String
  var port: Int?

  /// `80`, `*:80`, `127.0.0.1:80`, `[::1]:80`, `localhost`, `::1`.
  init(_ text: some StringProtocol) {
    let text = String(text)
    if let port = Int(text) {
      self.init(address: "*", port: port)
    } else if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      self.init(address: String(text.dropFirst().prefix { $0 != "]" }), port: Int(rest.dropFirst()))
    } else if let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon {
      self.init(
        address: String(text[..<colon]),
        port: FirewallPorts.range(String(text[text.index(after: colon)...]))?.lowerBound)
    } else {
      self.init(address: text, port: nil)
    }
  }

  /// The ways to write "every address" become `*`.
  init(address: String, port: Int?) {
    self.address =
      ["", "*", "0.0.0.0", "::", "any", "all", "+"].contains(address.lowercased()) ? "*" : address
    self.port = port
  }
}

extension Evidence {
  /// The lines of a file, comments and empty ones left out; none if it is absent.
  func configurationLines(at path: String, comments: String) throws(EvidenceGap) -> [ConfigurationLine] {
    guard let file = try text(at: path) else { return [] }
    return ConfigurationLine.read(file, comments: comments)
  }

  /// The lines of all regular files that a pattern matches, in the order of their names.
  func configurationLines(
    matching pattern: String, comments: String
  ) throws(EvidenceGap) -> [ConfigurationLine] {
    var found: [ConfigurationLine] = []
    for entry in try entries(matching: GlobPattern(pattern)) {
      guard case .found(let file) = index.target(of: entry), file.type == .regular else { continue }
      found += ConfigurationLine.read(try text(of: entry), comments: comments)
    }
    return found
  }
}
