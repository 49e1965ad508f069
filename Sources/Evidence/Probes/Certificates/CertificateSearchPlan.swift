import DiskImages

/// Which files may hold certificates: chosen by place, name and size, before anything is read.
struct CertificateSearchPlan {
  var files: [FileEntry] = []
  /// How many candidates the limits have left out.
  var leftOut = 0

  struct Limits {
    var files = 20_000
    var bytes: Int64 = 128 << 20
    /// Of one file: the bundle of all roots has 220 KB.
    var size: Int64 = 4 << 20
  }

  /// Larger files count by name alone where the name promises certificates; they are unread.
  init(_ index: FileIndex, limits: Limits = Limits()) {
    var stack: [(FileEntry, Bool)] = [(index.root, false)]
    var candidates: [FileEntry] = []
    while let (directory, tells) = stack.popLast() {
      for child in directory.children {
        switch child.type {
        case .directory:
          if Self.enters(child) { stack.append((child, tells || Self.tells(child))) }
        case .regular:
          if child.metadata.size > 0, Self.isCandidate(child, tells) { candidates.append(child) }
        default: break
        }
      }
    }
    candidates.sort { $0.id < $1.id }
    var bytes: Int64 = 0
    for file in candidates {
      let size = file.metadata.size > limits.size ? 0 : file.metadata.size
      if files.count < limits.files, bytes + size <= limits.bytes {
        bytes += size
        files.append(file)
      } else {
        leftOut += 1
      }
    }
  }

  private static func isCandidate(_ file: FileEntry, _ tells: Bool) -> Bool {
    let name = file.nameBytes.text.lowercased()
    if exact.contains(name) { return true }
    let ending = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[$0...]) } ?? ""
    if endings.contains(ending) { return true }
    return tells && file.metadata.size <= 64 << 10 && !otherEndings.contains(ending)
  }

  /// Directories of configuration in which any file may be a certificate.
  private static func tells(_ directory: FileEntry) -> Bool {
    let name = directory.nameBytes.text.lowercased()
    guard telling.contains(name) else { return false }
    return ["/etc/", "/usr/local/", "/opt/", "/srv/"].contains { directory.path.hasPrefix($0) }
  }

  private static func enters(_ directory: FileEntry) -> Bool {
    let name = directory.nameBytes.text
    if skippedNames.contains(name) { return false }
    let parent = directory.parent
    if parent.id == 0 { return !skippedTops.contains(name) }
    guard parent.parent.id == 0 || parent.parent.parent.id == 0 else { return true }
    switch parent.path {
    case "/usr": return ["local", "share", "lib", "lib64"].contains(name)
    case "/usr/share": return ["ca-certificates", "pki", "ca-certs"].contains(name)
    case "/usr/lib", "/usr/lib64": return ["jvm", "ssl"].contains(name)
    case "/var": return !["cache", "log", "tmp", "mail", "spool"].contains(name)
    case "/var/lib": return !skippedStates.contains(name)
    default: return true
    }
  }

  private static let skippedTops: Set<String> = [
    "proc", "sys", "dev", "run", "lost+found", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix", "gnu",
    "snap",
    "tmp", "boot",
  ]
  private static let skippedStates: Set<String> = [
    "dpkg", "apt", "rpm", "dnf", "yum", "pacman", "docker", "containers", "containerd", "flatpak", "snapd",
    "mlocate",
    "plocate", "selinux", "apparmor",
  ]
  /// Directories in which tools unpack packages of others, or that hold certificates for tests.
  private static let skippedNames: Set<String> = [
    "node_modules", "site-packages", "dist-packages", "gems", ".m2", ".cache", ".rustup", ".nvm", ".pyenv",
    ".rbenv",
    "overlay2", "go-build", "__pycache__", "objects", "test", "tests", "testdata", "fixtures", "examples",
    "doc", "docs",
  ]
  private static let telling: Set<String> = [
    "ssl", "tls", "certs", "cert", "pki", "certificates", "anchors", "letsencrypt", "cacerts", "ca", "x509",
  ]
  private static let exact: Set<String> = ["cacerts", "trusted-certs", "ca-certificates"]
  private static let endings: Set<String> = [
    ".pem", ".crt", ".cer", ".cert", ".der", ".p7b", ".p7c", ".p7", ".p12", ".pfx", ".jks", ".jceks",
    ".keystore",
    ".truststore", ".ovpn", ".p11-kit",
  ]
  private static let otherEndings: Set<String> = [
    ".key", ".cnf", ".conf", ".csr", ".crl", ".srl", ".txt", ".sh", ".db", ".json", ".yaml", ".yml",
  ]
}
