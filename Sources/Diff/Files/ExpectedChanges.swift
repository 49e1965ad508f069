import Facts

/// Files that every build and every boot writes anew; a change of them says nothing about the recipe.
enum ExpectedChanges {
  private static let patterns: [(reason: String, patterns: [String])] = [
    ("logs and journals", ["/var/log/**"]),
    (
      "caches and package lists",
      [
        "/var/cache/**", "/var/lib/apt/lists/**", "/var/lib/apt/periodic/**", "/var/lib/dnf/**",
        "/var/lib/yum/**", "/etc/ld.so.cache", "/var/lib/man-db/**", "/**/__pycache__/*.pyc",
        "/usr/share/info/dir", "/usr/share/mime/*", "/usr/share/applications/mimeinfo.cache",
        "/usr/lib/udev/hwdb.bin", "/etc/udev/hwdb.bin", "/usr/lib/systemd/catalog/database",
        "/var/lib/systemd/catalog/database", "/usr/lib/locale/locale-archive",
      ]
    ),
    (
      "identity of the machine",
      [
        "/etc/machine-id", "/var/lib/dbus/machine-id", "/etc/hostname", "/etc/ssh/ssh_host_*_key*",
        "/var/lib/systemd/random-seed", "/var/lib/systemd/credential.secret",
        "/etc/iscsi/initiatorname.iscsi",
        "/etc/ssl/private/ssl-cert-snakeoil.key", "/etc/ssl/certs/ssl-cert-snakeoil.pem",
        "/boot/efi/loader/random-seed",
      ]
    ),
    (
      "databases of the package manager",
      [
        "/var/lib/dpkg/**", "/var/lib/rpm/**", "/usr/lib/sysimage/rpm/**", "/lib/apk/db/**",
        "/var/lib/pacman/**", "/var/lib/apt/extended_states", "/var/lib/ucf/**", "/var/lib/pam/**",
        "/var/lib/systemd/deb-systemd-*/**",
      ]
    ),
    (
      "generated files",
      [
        "/boot/initrd*", "/boot/initramfs*", "/boot/grub/**", "/boot/grub2/**",
        "/usr/lib/modules/*/modules.*",
        "/lib/modules/*/modules.*", "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-",
        "/etc/subuid-", "/etc/subgid-", "/etc/.pwd.lock", "/etc/fstab", "/etc/resolv.conf",
        "/var/lib/dbus/*", "/var/lib/systemd/timers/*", "/var/lib/cloud/**", "/**/lost+found",
      ]
    ),
    ("temporary files", ["/tmp/**", "/var/tmp/**", "/run/**", "/proc/**", "/sys/**", "/dev/**"]),
  ]

  private static let paths = PathPatterns(patterns.flatMap(\.patterns))
  private static let reasons = patterns.flatMap { Array(repeating: $0.reason, count: $0.patterns.count) }

  /// Why a change of the path is expected; nil if it is not.
  static func reason(_ path: String) -> String? { paths.firstMatch(path).map { reasons[$0] } }
}
