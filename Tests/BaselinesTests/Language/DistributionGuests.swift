import TestSupport

/// Small guests that look like installations of distributions.
enum DistributionGuests {
  private static let passwd = """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
    ann:x:1000:1000::/home/ann:/bin/bash

    """
  private static let shadow =
    "root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nann:!:19000:0:99999:7:::\n"

  private static func accounts(_ guest: GuestFixture, shadowMode: UInt32, shadowGroup: UInt32) {
    let filesystem = guest.filesystem
    filesystem.addFile("/etc/passwd", passwd)
    filesystem.addFile("/etc/group", "root:x:0:\ndaemon:x:1:\nshadow:x:42:\nann:x:1000:\n")
    filesystem.addFile("/etc/shadow", shadow, mode: shadowMode, gid: shadowGroup)
    filesystem.addFile("/etc/gshadow", "root:*::\n", mode: shadowMode, gid: shadowGroup)
    filesystem.addDirectory("/home/ann", mode: 0o750, uid: 1000, gid: 1000)
  }

  /// A server as the installer of Ubuntu 24.04 leaves it, with ufw enabled.
  static func ubuntu() -> GuestFixture {
    let unix = "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n"
    let guest = bootable([
      "/etc/os-release": "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\n",
      "/etc/ssh/sshd_config":
        "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n",
      "/etc/ssh/sshd_config.d/10-own.conf": "PermitRootLogin no\nMaxAuthTries 4\n",
      "/etc/pam.d/login": "@include common-auth\n@include common-account\n@include common-password\n",
      "/etc/pam.d/sshd": "@include common-auth\n@include common-account\n@include common-password\n",
      "/etc/pam.d/passwd": "@include common-password\n",
      "/etc/pam.d/common-auth": unix,
      "/etc/pam.d/common-account": "account required pam_unix.so\n",
      "/etc/pam.d/common-password": "password required pam_unix.so yescrypt\n",
      "/etc/ufw/ufw.conf": "ENABLED=yes\n",
      "/etc/default/ufw":
        "IPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\nDEFAULT_FORWARD_POLICY=\"DROP\"\n",
      "/etc/default/apport": "enabled=1\n",
    ])
    accounts(guest, shadowMode: 0o640, shadowGroup: 42)
    guest.addStarted("ufw.service", "[Service]\nExecStart=/usr/lib/ufw/ufw-init start quiet\n")
    guest.addStarted("systemd-timesyncd.service", "[Service]\nExecStart=/usr/lib/systemd/systemd-timesyncd\n")
    guest.addStarted("apport.service", "[Service]\nExecStart=/usr/share/apport/apport --start\n")
    guest.setPackages([
      "openssh-server": "1:9.6p1-3ubuntu13", "ufw": "0.36.2-6",
      "apparmor": "4.0.1really4.0.1-0ubuntu0.24.04.3",
      "libpam-runtime": "1.5.3-5ubuntu5.1", "libpam-modules": "1.5.3-4", "apport": "2.28.1-0ubuntu3",
      "sudo": "1.9.15p5-3ubuntu5", "systemd-timesyncd": "255.4-1ubuntu8",
      "inetutils-telnet": "2:2.5-3ubuntu4",
      "nftables": "1.0.9-1build1", "snapd": "2.63+24.04",
    ])
    return guest
  }

  private static let systemAuth = """
    auth required pam_env.so
    auth required pam_faillock.so preauth silent
    auth sufficient pam_unix.so
    auth required pam_faillock.so authfail
    auth required pam_deny.so
    account required pam_faillock.so
    account required pam_unix.so
    password requisite pam_pwquality.so local_users_only
    password sufficient pam_unix.so sha512 shadow use_authtok
    password required pam_deny.so

    """

  /// A server like Red Hat Enterprise Linux 9 with authselect's faillock. Its list of packages is one of dpkg, since
  /// the checks ask for names whatever database they come from.
  static func redHat() -> GuestFixture {
    let stack = { (name: String) in
      ["auth", "account", "password"].map { "\($0) \($0 == "account" ? "include" : "substack") \(name)\n" }
        .joined()
    }
    let guest = bootable([
      "/etc/os-release": "ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\n",
      "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n",
      "/etc/ssh/sshd_config.d/50-redhat.conf": "UsePAM yes\nX11Forwarding yes\n",
      "/etc/pam.d/login": stack("system-auth"), "/etc/pam.d/sshd": stack("password-auth"),
      "/etc/pam.d/passwd": "password substack system-auth\n",
      "/etc/pam.d/system-auth": systemAuth, "/etc/pam.d/password-auth": systemAuth,
      "/etc/security/faillock.conf": "deny = 5\n",
      "/etc/firewalld/firewalld.conf": "DefaultZone=public\n",
      "/usr/lib/firewalld/zones/public.xml": "<zone>\n  <service name=\"ssh\"/>\n</zone>\n",
      "/usr/lib/firewalld/services/ssh.xml":
        "<service>\n  <port protocol=\"tcp\" port=\"22\"/>\n</service>\n",
      "/etc/chrony.conf": "pool 2.rhel.pool.ntp.org iburst\n",
      "/etc/selinux/config": "SELINUX=permissive\nSELINUXTYPE=targeted\n",
      "/etc/selinux/targeted/policy/policy.33": "",
      "/boot/grub2/grub.cfg": "menuentry 'RHEL' {\nlinux /vmlinuz-5.14 root=/dev/sda1 ro selinux=0\n}\n",
      "/etc/crypto-policies/config": "LEGACY\n", "/etc/crypto-policies/state/current": "LEGACY\n",
      "/etc/crypto-policies/state/CURRENT.pol": "hash = SHA2-256 SHA1\nsha1_in_certs = 1\n",
    ])
    accounts(guest, shadowMode: 0, shadowGroup: 0)
    guest.addStarted("firewalld.service", "[Service]\nExecStart=/usr/sbin/firewalld --nofork --nopid\n")
    guest.addStarted("chronyd.service", "[Service]\nExecStart=/usr/sbin/chronyd $OPTIONS\n")
    guest.setPackages([
      "openssh-server": "8.7p1-38.el9", "firewalld": "1.3.4-1.el9", "nftables": "1.0.9-1.el9",
      "chrony": "4.5-1.el9",
      "pam": "1.5.1-19.el9", "authselect": "1.2.6-2.el9", "libselinux": "3.6-1.el9",
      "libpwquality": "1.4.4-8.el9",
      "sudo": "1.9.5p2-10.el9", "rsync": "3.2.3-19.el9", "nfs-utils": "2.5.4-25.el9",
      "cronie": "1.5.7-11.el9",
    ])
    return guest
  }
}
