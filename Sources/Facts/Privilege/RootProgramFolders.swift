import DiskImages
import Evidence

/// Places from which the system's tools take what root executes; built into the tools.
extension RootProgramList {
  private static let path = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/root/bin",
    "/root/.local/bin",
  ]

  /// Folders of which every file counts.
  private static let folders: [(path: String, role: String)] = [
    ("/etc/init.d", "start script"), ("/etc/rc.d/init.d", "start script"), ("/etc/local.d", "start script"),
    ("/etc/cron.hourly", "job of cron"), ("/etc/cron.daily", "job of cron"),
    ("/etc/cron.weekly", "job of cron"), ("/etc/cron.monthly", "job of cron"),
    ("/etc/profile.d", "start file of root's shell"), ("/etc/update-motd.d", "executed at login"),
    ("/etc/systemd/system-generators", "generator of systemd"),
    ("/usr/lib/systemd/system-generators", "generator of systemd"),
    ("/usr/local/lib/systemd/system-generators", "generator of systemd"),
    ("/etc/systemd/system-shutdown", "executed at shutdown"),
    ("/usr/lib/systemd/system-shutdown", "executed at shutdown"),
    ("/etc/systemd/system-sleep", "executed at suspend"),
    ("/usr/lib/systemd/system-sleep", "executed at suspend"),
    ("/etc/udev/rules.d", "rules of udev"), ("/usr/lib/udev/rules.d", "rules of udev"),
    ("/usr/lib/udev", "program of udev"),
    ("/etc/apt/apt.conf.d", "configuration of apt, which names hooks"),
    ("/var/lib/dpkg/info", "script of a package"), ("/etc/default", "read by start scripts"),
    ("/etc/kernel/preinst.d", "hook of kernel packages"),
    ("/etc/kernel/postinst.d", "hook of kernel packages"),
    ("/etc/kernel/prerm.d", "hook of kernel packages"), ("/etc/kernel/postrm.d", "hook of kernel packages"),
    ("/etc/kernel/install.d", "hook of kernel packages"),
    ("/usr/lib/kernel/install.d", "hook of kernel packages"),
    ("/etc/initramfs/post-update.d", "hook of initramfs-tools"), ("/etc/grub.d", "script of update-grub"),
    ("/etc/network/if-up.d", "hook of ifupdown"), ("/etc/network/if-pre-up.d", "hook of ifupdown"),
    ("/etc/network/if-down.d", "hook of ifupdown"), ("/etc/network/if-post-down.d", "hook of ifupdown"),
    ("/etc/dhcp/dhclient-enter-hooks.d", "hook of dhclient"),
    ("/etc/dhcp/dhclient-exit-hooks.d", "hook of dhclient"),
    ("/etc/NetworkManager/dispatcher.d", "hook of NetworkManager"), ("/etc/ppp/ip-up.d", "hook of pppd"),
    ("/etc/ppp/ip-down.d", "hook of pppd"), ("/etc/resolvconf/update.d", "hook of resolvconf"),
    ("/etc/ca-certificates/update.d", "hook of update-ca-certificates"),
    ("/etc/pam.d", "configuration of PAM, which names modules"),
    ("/etc/modprobe.d", "configuration of modprobe, which names commands"),
  ]

  /// Folders whose tools read no file that others can write: cron(8), sudoers(5).
  private static let guardedFolders = [
    ("/etc/cron.d", "tables of cron"), ("/etc/sudoers.d", "rules of sudo"),
  ]

  private static let trees: [(path: String, role: String)] = [
    ("/etc/initramfs-tools/hooks", "hook of initramfs-tools"),
    ("/etc/initramfs-tools/scripts", "script of the initramfs"),
    ("/usr/share/initramfs-tools", "script of the initramfs"),
    ("/usr/lib/dracut/modules.d", "module of dracut"),
    ("/etc/dracut.conf.d", "configuration of dracut"),
  ]

  private static let files: [(pattern: String, role: String)] = [
    ("/etc/rc.local", "start script"), ("/etc/rc.d/rc.local", "start script"),
    ("/etc/profile", "start file of root's shell"), ("/etc/bash.bashrc", "start file of root's shell"),
    ("/etc/bashrc", "start file of root's shell"), ("/etc/zsh/*", "start file of root's shell"),
    ("/etc/csh.cshrc", "start file of root's shell"), ("/etc/csh.login", "start file of root's shell"),
    ("/etc/environment", "environment of root's sessions"),
    ("/usr/lib/*/security/*.so", "module of PAM"), ("/usr/lib/security/*.so", "module of PAM"),
    ("/usr/lib64/security/*.so", "module of PAM"),
    ("/boot/vmlinuz*", "kernel"), ("/boot/initrd*", "initramfs"), ("/boot/initramfs*", "initramfs"),
    ("/boot/grub*/grub.cfg", "configuration of GRUB"),
  ]

  private static let startFiles = [
    ".profile", ".bash_profile", ".bash_login", ".bashrc", ".bash_logout", ".bash_aliases", ".zshrc",
    ".zprofile",
    ".zshenv", ".zlogin", ".kshrc", ".cshrc", ".tcshrc", ".login", ".pam_environment", ".ssh/rc",
  ]

  mutating func addFolders() {
    for folder in Self.path { addFolder(folder, "in root's PATH") }
    for (folder, role) in Self.folders { addFolder(folder, role) }
    for (folder, role) in Self.guardedFolders { addFiles(folder, role) }
    for (folder, role) in Self.trees { addTree(folder, role) }
    for (pattern, role) in Self.files { addFiles(pattern, role) }
  }

  /// Start files of root's shells. The home counts itself: who can write it can create one.
  mutating func addHomes(_ homes: [String]) {
    for home in homes where home != "/" {
      if case .found(let folder) = evidence.index.resolve(home), folder.type == .directory {
        add(home, "home of root")
        for file in Self.startFiles where folder.child(named: String(file.prefix { $0 != "/" })) != nil {
          addFiles(home + "/" + file, "start file of root's shell")
        }
      }
    }
  }
}
