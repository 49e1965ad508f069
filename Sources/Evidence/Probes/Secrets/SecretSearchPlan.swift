import DiskImages

/// Which files of a guest are searched for secrets: chosen by place, name and size, before anything is read.
struct SecretSearchPlan {
  /// Files that are read as a whole.
  var whole: [FileEntry] = []
  /// Larger files, of which the beginning is read.
  var heads: [FileEntry] = []
  /// How many candidates the limits have left out, by the directory that was named first for each.
  var leftOut: [UInt32: Int] = [:]

  /// Files up to this size are read whole.
  static let wholeLimit: Int64 = 1 << 20
  /// What is read of larger ones.
  static let headLength = 64 << 10

  struct Limits {
    var files = 20_000
    var bytes: Int64 = 64 << 20
    var heads = 500
  }

  init(_ index: FileIndex, limits: Limits = Limits()) {
    var walk = SecretSearchWalk()
    walk.walk(index)
    var bytes: Int64 = 0
    // Files with telling names come first, so that a flood of others cannot hide them.
    for file in walk.named + walk.searched {
      let size = max(0, file.metadata.size)
      if size == 0 { continue }
      if size > Self.wholeLimit {
        if heads.count < limits.heads { heads.append(file) } else { leave(file) }
      } else if whole.count < limits.files, bytes + size <= limits.bytes {
        bytes += size
        whole.append(file)
      } else {
        leave(file)
      }
    }
  }

  private mutating func leave(_ file: FileEntry) {
    var top = file
    while top.parent.id != 0, top.id != 0 { top = top.parent }
    leftOut[top.id, default: 0] += 1
  }
}

/// Walks the tree and gathers candidates.
private struct SecretSearchWalk {
  var named: [FileEntry] = []
  var searched: [FileEntry] = []

  private enum Area: UInt8 {
    /// Every file that may be text.
    case searched
    /// Files whose names promise a secret: packages put the others there.
    case named
  }

  mutating func walk(_ index: FileIndex) {
    var stack: [(FileEntry, Area)] = [(index.root, .searched)]
    while let (directory, area) = stack.popLast() {
      // Only near the root and in few other places does the whole path matter.
      for child in directory.children {
        switch child.type {
        case .directory:
          if let next = self.area(of: child, in: area) { stack.append((child, next)) }
        case .regular: consider(child, in: area)
        default: break
        }
      }
    }
    named.sort { $0.id < $1.id }
    searched.sort { $0.id < $1.id }
  }

  private mutating func consider(_ file: FileEntry, in area: Area) {
    let name = file.nameBytes.text.lowercased()
    if SecretFileNames.promises(name) {
      named.append(file)
    } else if area == .searched, !SecretFileNames.isMedia(name) {
      searched.append(file)
    }
  }

  private func area(of directory: FileEntry, in area: Area) -> Area? {
    let name = directory.nameBytes.text
    if directory.parent.id == 0 || directory.parent.parent.id == 0 || directory.parent.parent.parent.id == 0 {
      if let special = SecretPlaces.areas[directory.path] { return special.map { $0 ? .searched : .named } }
    }
    if SecretPlaces.skippedNames.contains(name) { return nil }
    if area == .named, SecretPlaces.testNames.contains(name.lowercased()) { return nil }
    if SecretPlaces.packageNames.contains(name) { return .named }
    return area
  }
}

private enum SecretPlaces {
  /// True: searched; false: files with telling names only; nil: not looked into.
  static let areas: [String: Bool?] = {
    var areas: [String: Bool?] = [:]
    let skipped = [
      "/proc", "/sys", "/dev", "/run", "/lost+found", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
      "/nix",
      "/gnu", "/usr/bin", "/usr/sbin", "/usr/include", "/usr/src", "/usr/share/doc", "/usr/share/man",
      "/usr/share/info", "/usr/share/locale", "/usr/share/zoneinfo", "/usr/share/icons", "/usr/lib/modules",
      "/usr/lib/firmware", "/usr/games",
      // Data of package managers, public as it is.
      "/var/lib/dpkg", "/var/lib/apt", "/var/lib/rpm", "/var/lib/dnf", "/var/lib/yum", "/var/lib/pacman",
      "/var/lib/aptitude", "/var/lib/ucf", "/var/lib/selinux", "/var/lib/apparmor", "/var/lib/mlocate",
      "/var/lib/plocate", "/var/lib/swcatalog", "/var/lib/app-info", "/var/lib/python",
      "/var/lib/command-not-found",
      "/etc/alternatives", "/etc/ca-certificates", "/etc/apparmor.d", "/etc/selinux", "/etc/terminfo",
    ]
    for path in skipped { areas[path] = .some(nil) }
    let named = [
      "/usr", "/var", "/snap", "/var/lib/docker", "/var/lib/containers", "/var/lib/containerd",
      "/var/lib/flatpak",
      "/var/lib/snapd", "/var/lib/mysql", "/var/lib/postgresql", "/var/lib/libvirt",
    ]
    for path in named { areas[path] = .some(false) }
    let searched = [
      "/usr/local", "/var/www", "/var/lib", "/var/tmp", "/var/opt", "/var/spool", "/var/backups",
      "/var/log/installer",
      "/var/log/anaconda",
    ]
    for path in searched { areas[path] = .some(true) }
    return areas
  }()

  /// Directories that hold no text of people wherever they lie.
  static let skippedNames: Set<String> = [
    "objects", "__pycache__", "proc", ".Trash", "_cacache", "CachedData",
  ]

  /// Directories in which tools unpack packages of others.
  static let packageNames: Set<String> = [
    "node_modules", "site-packages", "dist-packages", "gems", "bower_components", "registry", "mod", ".m2",
    ".cache",
    ".rustup", ".nvm", ".pyenv", ".rbenv", "Cellar", "overlay2", "go-build",
  ]

  /// Directories of packages that hold keys for tests and documentation.
  static let testNames: Set<String> = [
    "test", "tests", "testdata", "testing", "spec", "fixtures", "example", "examples", "doc", "docs", "demo",
    "demos",
    "samples", "sample", "__tests__", "testkeys", "test-keys",
  ]
}

/// What file names tell of secrets.
enum SecretFileNames {
  /// Whether the name, in lower case, is one of a file that is or holds a secret.
  static func promises(_ name: String) -> Bool {
    if exact.contains(name) { return true }
    if let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), extensions.contains(String(name[dot...])) {
      return true
    }
    return name.hasPrefix("id_") && !name.hasSuffix(".pub") && !name.contains(".")
      || name.hasPrefix(".env.") || name.hasPrefix("ssh_host_") && name.hasSuffix("_key")
  }

  /// Whether the name is one of a program, a library, an archive, a picture or another file without text.
  static func isMedia(_ name: String) -> Bool {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return media.contains(String(name[dot...])) || name.contains(".so.")
  }

  private static let exact: Set<String> = [
    ".env", "credentials", "credentials.json", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".mylogin.cnf",
    ".npmrc",
    ".pypirc", ".git-credentials", ".vault-token", ".dockercfg", "secring.gpg", "identity", ".s3cfg", ".boto",
    "application_default_credentials.json", "service-account.json", "serviceaccount.json",
    "terraform.tfstate",
    "terraform.tfvars", "wp-config.php", "user-data", "preseed.cfg", "ks.cfg", "anaconda-ks.cfg",
    "original-ks.cfg", "autoinst.xml", "autounattend.xml", "unattend.xml", "passwords.dat", "chap-secrets",
    "pap-secrets", "ipsec.secrets", "sasl_passwd", "rndc.key", "master.key", "hudson.util.secret",
    "wpa_supplicant.conf", ".smbcredentials", "kubeconfig", ".erlang.cookie", "htpasswd", ".htpasswd",
  ]

  private static let extensions: Set<String> = [
    ".key", ".p12", ".pfx", ".jks", ".jceks", ".keystore", ".ppk", ".kdbx", ".kdb", ".keytab", ".tfstate",
    ".tfvars",
    ".ovpn", ".nmconnection", ".p8", ".pk8",
  ]

  private static let media: Set<String> = [
    ".so", ".a", ".o", ".ko", ".gz", ".xz", ".bz2", ".zst", ".lz4", ".zip", ".tar", ".tgz", ".7z", ".deb",
    ".rpm",
    ".pyc", ".pyo", ".class", ".jar", ".whl", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".pdf",
    ".mp3",
    ".mp4", ".mkv", ".avi", ".ogg", ".wav", ".ttf", ".otf", ".woff", ".woff2", ".eot", ".mo", ".iso",
    ".qcow2",
    ".img", ".vmdk", ".vdi", ".raw", ".squashfs", ".wasm", ".exe", ".dll", ".pack", ".idx", ".efi", ".mod",
    ".pf2",
    ".bin", ".crl", ".journal",
  ]
}
