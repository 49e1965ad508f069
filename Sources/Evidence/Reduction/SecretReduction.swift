import DiskImages

/// Cuts secrets out of captured files, so that neither a report nor a bundle can hold one.
///
/// What is cut is replaced by a `CutMarker`. Lines keep their numbers, settings that are no secret keep their bytes,
/// reducing twice gives what reducing once gave, and the time is linear in the size of the file.
enum SecretReduction {
  /// The content of the file at `path` without secrets.
  static func reduce(path: String, bytes: [UInt8]) -> [UInt8] {
    let place = CapturedPlace(path)
    if bytes.isEmpty || place.isPackageData || bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) { return bytes }
    if place.isSecretFile || isSecretBinary(bytes) {
      return CutMarker.exactly(bytes[...]) != nil ? bytes : Array(CutMarker.text(.file).utf8)
    }
    var cuts = CutList()
    if let columns = place.columns {
      columns.cut(bytes, into: &cuts)
    } else {
      PrivateKeyScan(bytes).cut(into: &cuts)
      EmbeddedSecrets(bytes).cut(into: &cuts)
      if place.mayHoldAssignments || path.hasPrefix("/etc/") {
        AssignmentScan(bytes, place).cut(into: &cuts)
      }
    }
    return place.hasFixedLayout ? cuts.blanked(in: bytes) : cuts.applied(to: bytes)
  }
}

/// Ranges of a file that are cut, with what stands in their place.
struct CutList {
  struct Cut {
    var range: Range<Int>
    var replacement: [UInt8]
  }

  fileprivate var cuts: [Cut] = []

  /// Cuts `range` and puts a marker there.
  mutating func add(_ range: Range<Int>, _ kind: CutMarker.Kind, fingerprint: String? = nil) {
    add(range, Array(CutMarker.text(kind, fingerprint: fingerprint).utf8))
  }

  /// Replaces `range`.
  mutating func add(_ range: Range<Int>, _ replacement: [UInt8]) {
    cuts.append(Cut(range: range, replacement: replacement))
  }

  /// Carries out all cuts. Where two overlap, the one that begins first (of those the one that was added first)
  /// stands for both. Line feeds within a cut are kept.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    if cuts.isEmpty { return bytes }
    var merged: [Cut] = []
    for (_, cut) in cuts.enumerated().sorted(by: {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }) {
      if let last = merged.last, cut.range.lowerBound < last.range.upperBound {
        let end = max(last.range.upperBound, cut.range.upperBound)
        merged[merged.count - 1].range = last.range.lowerBound..<end
      } else {
        merged.append(cut)
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    for cut in merged {
      result += bytes[position..<cut.range.lowerBound]
      result += cut.replacement
      for byte in bytes[cut.range] where byte == UInt8(ascii: "\n") { result.append(byte) }
      position = cut.range.upperBound
    }
    result += bytes[position...]
    return result
  }
}

extension CutList {
  /// Overwrites what is cut with `x`, so that everything else stays where it is.
  func blanked(in bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for cut in cuts {
      for position in cut.range where result[position] != UInt8(ascii: "\n") {
        result[position] = UInt8(ascii: "x")
      }
    }
    return result
  }
}

/// What a file's path tells of how secrets stand in it.
struct CapturedPlace {
  let path: String
  let name: String

  init(_ path: String) {
    self.path = path
    name = path.split(separator: "/").last.map(String.init) ?? ""
  }

  /// Whether the file as a whole is a secret, whatever its bytes.
  var isSecretFile: Bool {
    Self.secretFiles.contains { fnmatch(pattern: $0, path) }
  }

  /// Whether the file is a package manager's record of what it installed: public text, or a database whose pages no
  /// cut may move.
  var isPackageData: Bool { Self.packageData.contains { path.hasPrefix($0) } }

  /// The way in which a file of fixed columns holds hashes; nil for other files.
  var columns: SecretColumns? {
    for (names, columns) in Self.columnFiles where names.contains(where: { fnmatch(pattern: $0, path) }) {
      return columns
    }
    return nil
  }

  /// Whether names such as `password` before `=` or `:` are assignments of a secret here, and not settings that
  /// checks judge or text of a package.
  var mayHoldAssignments: Bool {
    !Self.withoutAssignments.contains { fnmatch(pattern: $0, path) }
  }

  /// Whether the file is a database of packages whose parts are found by their offsets. Scripts of packages can hold
  /// something that looks like a secret.
  var hasFixedLayout: Bool {
    Self.databases.contains { fnmatch(pattern: $0, path) }
  }

  /// Whether `name: value` is an assignment anywhere in a line, not only at its start.
  var isYAML: Bool {
    [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } || isCloudInit
      || [".kube/config", ".docker/config.json"].contains { path.hasSuffix($0) }
  }

  /// Whether the file is configuration that is handed to cloud-init.
  var isCloudInit: Bool {
    path.hasPrefix("/etc/cloud/") || path.hasPrefix("/var/lib/cloud/") || path.contains("/nocloud")
      || ["user-data", "vendor-data", "user-data.txt", "vendor-data.txt", "cloud.cfg"].contains(name)
  }

  /// Whether cloud-init's user data may lie here, whose `content:` is that of a whole file.
  var isUserData: Bool { isCloudInit && !path.hasPrefix("/etc/cloud/") }

  private static let secretFiles = [
    "/var/lib/systemd/credential.secret", "/var/lib/systemd/random-seed", "/etc/credstore*/*",
    "*.keytab", "/etc/krb5.keytab", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*/.vault-token",
    "*/.Xauthority", "/var/lib/cloud/*.pkl", "/var/lib/samba/private/*", "*/.erlang.cookie",
  ]

  private static let packageData = [
    "/var/lib/dpkg/", "/lib/apk/db/", "/usr/lib/apk/db/", "/var/lib/pacman/local/",
  ]

  private static let databases = [
    "*/rpm/rpmdb.sqlite", "*/rpm/rpmdb.sqlite-wal", "*/rpm/Packages.db", "*/rpm/Packages",
  ]

  private static let columnFiles: [(names: [String], columns: SecretColumns)] = [
    (
      ["*/shadow", "*/shadow-", "/etc/shadow[-.+]*", "/var/backups/shadow*", "/etc/tcb/*/shadow*"], .account
    ),
    (["*/gshadow", "*/gshadow-", "/etc/gshadow[-.+]*", "/var/backups/gshadow*"], .account),
    (
      [
        "/etc/passwd", "/etc/passwd[-.+]*", "/var/backups/passwd*", "/usr/lib/passwd",
        "/var/lib/extrausers/passwd",
      ], .account
    ),
    (["/etc/group", "/etc/group[-.+]*", "/var/backups/group*", "/usr/lib/group"], .account),
    (["*rsyncd.secrets*", "/etc/dovecot/users", "/etc/exim4/passwd", "/etc/squid/*passwd*"], .account),
    (["/etc/security/opasswd*"], .oldPasswords),
    (["*/smbpasswd"], .samba),
    (["*.htpasswd", "*/htpasswd*", "*/.htdigest"], .web),
    (["*/.pgpass"], .postgres),
  ]

  private static let withoutAssignments = [
    "/usr/[!l]*", "/usr/lib*", "/lib/*", "/lib64/*", "/var/lib/apt/*",
    "/etc/pam.d/*", "/etc/pam.conf", "/etc/ssh/*", "/etc/login.defs", "/etc/nsswitch.conf", "/etc/sudoers*",
    "/etc/audit/*", "/etc/apparmor.d/*", "/etc/selinux/*", "/etc/security/pwquality*",
    "/etc/security/faillock.conf", "/etc/security/pwhistory.conf", "/etc/security/limits*",
    "/etc/security/access.conf", "/etc/default/useradd", "/etc/adduser.conf", "/etc/deluser.conf",
    "/etc/debconf.conf", "/etc/sysctl.*", "/etc/modprobe.d/*", "/etc/crypto-policies/*", "/etc/authselect/*",
    "/etc/services", "/etc/mime.types", "*/openssl.cnf",
  ]
}
