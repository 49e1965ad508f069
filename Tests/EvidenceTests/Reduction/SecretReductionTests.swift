import TestSupport
import Testing

@testable import Evidence

/// Files with secrets, all of which contain `S3CR3T`, and what they become.
@Suite struct SecretReductionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var text: String
    var expected: String
    var testDescription: String { path + " " + text.prefix(20) }

    init(_ path: String, _ text: String, _ expected: String) {
      self.path = path
      self.text = text
      self.expected = expected
    }
  }

  static let sha512 = "$6$S3CR3T$" + String(repeating: "a", count: 86)

  static let accounts = [
    Case("/etc/shadow", "a:\(sha512):1::::::\n", "a:$6$(cut-by-brinell-hash):1::::::\n"),
    Case("/etc/shadow", "a:!\(sha512):1", "a:!$6$(cut-by-brinell-hash):1"),
    Case("/etc/shadow-", "a:!*S3CR3Txxxxxxx:1\r\n", "a:!*(cut-by-brinell-des-hash):1\r\n"),
    Case("/etc/shadow", "a:S3CR3T:1", "a:(cut-by-brinell-unknown-hash):1"),
    Case("/etc/gshadow", "g:$1$S3CR3T::a", "g:$1$(cut-by-brinell-hash)::a"),
    Case(
      "/etc/passwd", "a:S3CR3Txxxxxxx:0:0::/:/bin/sh\nb:x:1:1:::",
      "a:(cut-by-brinell-des-hash):0:0::/:/bin/sh\nb:x:1:1:::"),
    Case("/etc/group-", "g:S3CR3T:1:a,b", "g:(cut-by-brinell-unknown-hash):1:a,b"),
    Case(
      "/etc/security/opasswd", "a:1000:2:$1$S3CR3T,\(sha512)\n",
      "a:1000:2:$1$(cut-by-brinell-hash),$6$(cut-by-brinell-hash)\n"),
    Case(
      "/srv/.htpasswd", "a:$apr1$S3CR3T12$kZ2UzRTLgfsTBGS0M1OOb1\nb:S3CR3T",
      "a:$apr1$(cut-by-brinell-hash)\nb:(cut-by-brinell-unknown-hash)"),
    Case("/root/.pgpass", "h:5432:d:u:S3CR3T\\:x:y\n", "h:5432:d:u:(cut-by-brinell-password)\n"),
  ]

  static let configuration = [
    Case(
      "/etc/NetworkManager/system-connections/w.nmconnection", "[wifi-security]\npsk=S3CR3T x\npsk-flags=1\n",
      "[wifi-security]\npsk=(cut-by-brinell-password)\npsk-flags=1\n"),
    Case(
      "/etc/netplan/50.yaml",
      "  wifis:\n    w0:\n      access-points:\n        \"n\": {password: \"S3CR3T\", x: 1}\n",
      "  wifis:\n    w0:\n      access-points:\n        \"n\": {password: \"(cut-by-brinell-password)\", x: 1}\n"
    ),
    Case(
      "/etc/wpa_supplicant/wpa_supplicant.conf", "network={\n\tssid=\"a\"\n\tpsk=\"S3CR3T\"\n}\n",
      "network={\n\tssid=\"a\"\n\tpsk=\"(cut-by-brinell-password)\"\n}\n"),
    Case(
      "/etc/fstab", "//h/s /mnt cifs user=a,password=S3CR3T,uid=0,nosuid 0 0\n",
      "//h/s /mnt cifs user=a,password=(cut-by-brinell-password),uid=0,nosuid 0 0\n"),
    Case(
      "/etc/apt/auth.conf.d/a.conf", "machine h login l\npassword S3CR3T;x\n",
      "machine h login l\npassword (cut-by-brinell-password)\n"),
    Case(
      "/root/.netrc", "machine h login l password S3CR3T port 1",
      "machine h login l password (cut-by-brinell-password) port 1"),
    Case(
      "/boot/grub/grub.cfg",
      "password_pbkdf2 root grub.pbkdf2.sha512.10000.S3CR3T.ABCDEF\n  password joe S3CR3T\n",
      "password_pbkdf2 root grub.pbkdf2.sha512.10000.(cut-by-brinell-hash)\n  password joe (cut-by-brinell-password)\n"
    ),
    Case(
      "/boot/grub2/user.cfg",
      "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.S3CR3T.ABCDEF\nX_PASSWORD=grub.pbkdf2.S3CR3T\n",
      "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.(cut-by-brinell-hash)\nX_PASSWORD=(cut-by-brinell-password)\n"
    ),
    Case(
      "/etc/sssd/sssd.conf", "ldap_default_authtok = S3CR3T\nldap_default_authtok_type = password\n",
      "ldap_default_authtok = (cut-by-brinell-password)\nldap_default_authtok_type = password\n"),
    Case(
      "/etc/snmp/snmpd.conf",
      "rocommunity S3CR3T 10.0.0.0/8\nrocommunity public\ncom2sec n default S3CR3T\ncreateUser u MD5 \"S3CR3T y\" DES S3CR3T",
      "rocommunity (cut-by-brinell-secret) 10.0.0.0/8\nrocommunity public\ncom2sec n default (cut-by-brinell-secret)\ncreateUser u (cut-by-brinell-password)"
    ),
    Case("/etc/ldap/ldap.conf", "bindpw S3CR3T x\n", "bindpw (cut-by-brinell-password)\n"),
    Case(
      "/etc/bind/k.conf", "key \"a\" { algorithm hmac-md5; secret \"S3CR3T\"; };",
      "key \"a\" { algorithm hmac-md5; secret \"(cut-by-brinell-password)\"; };"),
    Case(
      "/etc/app.conf", "db_password: S3CR3T\nPASSWORD = S3CR3T # x\nname=x\n",
      "db_password: (cut-by-brinell-password)\nPASSWORD = (cut-by-brinell-password)\nname=x\n"),
    Case(
      "/etc/default/app", "export API_KEY='S3CR3T'; A=1\n#TOKEN=S3CR3T\n",
      "export API_KEY='(cut-by-brinell-secret)'; A=1\n#TOKEN=(cut-by-brinell-secret)\n"),
    Case(
      "/etc/systemd/system/a.service",
      "ExecStart=/a --password=S3CR3T --port=1\nEnvironment=DB_PASSWORD=S3CR3T\n",
      "ExecStart=/a --password=(cut-by-brinell-password) --port=1\nEnvironment=DB_PASSWORD=(cut-by-brinell-password)\n"
    ),
    Case(
      "/etc/x.xml", "<a><password>S3CR3T</password><b token=\"S3CR3T\"/></a>",
      "<a><password>(cut-by-brinell-password)</password><b token=\"(cut-by-brinell-secret)\"/></a>"),
    Case(
      "/etc/x.json", "{\"a\":1,\"password\":\"S3\\\"S3CR3T\",\"b\":2,\"pin\":\"S3CR3T\"}",
      "{\"a\":1,\"password\":\"(cut-by-brinell-password)\",\"b\":2,\"pin\":\"(cut-by-brinell-password)\"}"),
    Case(
      "/etc/apt/sources.list", "deb https://u:S3CR3T@h/debian sid main\n",
      "deb https://u:(cut-by-brinell-password)@h/debian sid main\n"),
    Case(
      "/etc/wireguard/w.conf", "PrivateKey = S3CR3TAAA+BBB=\nPublicKey = abc=\n",
      "PrivateKey = (cut-by-brinell-secret)\nPublicKey = abc=\n"),
    Case(
      "/etc/ppp/chap-secrets", "# client server secret\na b S3CR3T *\n",
      "# client server secret\na b (cut-by-brinell-password) *\n"),
    Case(
      "/root/anaconda-ks.cfg", "rootpw --plaintext S3CR3T\nrootpw --lock\n",
      "rootpw --plaintext (cut-by-brinell-password)\nrootpw --lock\n"),
    Case(
      "/root/preseed.cfg", "d-i passwd/root-password password S3CR3T x\nd-i a/b string password\n",
      "d-i passwd/root-password password (cut-by-brinell-password)\nd-i a/b string password\n"),
    Case(
      "/root/.bash_history",
      "curl -H 'Authorization: Bearer S3CR3TS3CR3T' h\nx ghp_S3CR3T\(String(repeating: "a", count: 40))\n",
      "curl -H 'Authorization: Bearer (cut-by-brinell-secret)' h\nx ghp_(cut-by-brinell-secret)\n"),
    Case(
      "/root/.docker/config.json", "{\"auths\":{\"h\":{\"auth\":\"S3CR3T\"}}}",
      "{\"auths\":{\"h\":{\"auth\":\"(cut-by-brinell-secret)\"}}}"),
    Case(
      "/root/.bash_history", "app --password S3CR3T --port 1 --token 'S3CR3T'\nb --password --x\n",
      "app --password (cut-by-brinell-password) --port 1 --token '(cut-by-brinell-secret)'\nb --password --x\n"
    ),
    Case("/etc/rsyncd.secrets", "# c\na:S3CR3T\n", "# c\na:(cut-by-brinell-unknown-hash)\n"),
    Case("/data/shadow", "a:S3CR3Txxxxxxx:1", "a:(cut-by-brinell-des-hash):1"),
    Case(
      "/etc/ssl/openssl.cnf", "input_password = S3CR3T\n", "input_password = (cut-by-brinell-password)\n"),
    Case("/etc/x.p12", "S3CR3T", "(cut-by-brinell-secret-file)"),
  ]

  static let cloudInit = [
    Case(
      "/var/lib/cloud/instance/user-data.txt",
      """
      #cloud-config
      password: S3CR3T
      users:
        - name: a
          passwd: \(sha512)
          plain_text_passwd: 'S3CR3T'
          lock_passwd: false
      chpasswd:
        expire: false
        list: |
          root:S3CR3T
          b:RANDOM
      ssh_pwauth: true
      """,
      """
      #cloud-config
      password: (cut-by-brinell-password)
      users:
        - name: a
          passwd: $6$(cut-by-brinell-hash)
          plain_text_passwd: '(cut-by-brinell-password)'
          lock_passwd: false
      chpasswd:
        expire: false
        list: |
          root:(cut-by-brinell-password)
          b:RANDOM
      ssh_pwauth: true
      """),
    Case(
      "/etc/cloud/cloud.cfg.d/90.cfg",
      "chpasswd:\n  list:\n    - root:S3CR3T\n  users:\n  - {name: r, password: S3CR3T, type: text}\nchpasswd: {list: [a:S3CR3T], expire: False}\n",
      "chpasswd:\n  list:\n    - root:(cut-by-brinell-password)\n  users:\n  - {name: r, password: (cut-by-brinell-password), type: text}\nchpasswd: {list: (cut-by-brinell-password)}\n"
    ),
    Case(
      "/etc/cloud/cloud.cfg",
      "a:\n  secret: |\n    S3CR3T\n    S3CR3T\n\n  b: 1\n  token:\n    x: 1\n  api_key:\n    S3CR3T\n  c: 2\n",
      "a:\n  secret: |\n    (cut-by-brinell-secret)\n    \n\n  b: 1\n  token:\n    x: 1\n  api_key:\n    (cut-by-brinell-secret)\n  c: 2\n"
    ),
    Case(
      "/etc/a.yaml", "password: \"S3CR3T\n  S3CR3T\"\nx: 1\n",
      "password: \"(cut-by-brinell-password)\n  \"\nx: 1\n"),
  ]

  @Test(arguments: accounts + configuration + cloudInit) func cutsTheSecretAndNothingElse(_ sample: Case) {
    let result = reduced(sample.path, sample.text)
    #expect(result == sample.expected)
    #expect(!result.contains("S3CR3T"))
    #expect(reduced(sample.path, result) == result)
    #expect(
      result.split(separator: "\n", omittingEmptySubsequences: false).count
        == sample.text.split(separator: "\n", omittingEmptySubsequences: false).count)
  }

  static let untouched: [(String, String)] = [
    ("/etc/ssh/sshd_config", "PasswordAuthentication yes\nPermitEmptyPasswords=no\n"),
    ("/etc/pam.d/common-password", "password\t[success=1 default=ignore]\tpam_unix.so obscure use_authtok\n"),
    ("/etc/login.defs", "PASS_MAX_DAYS 99999\nENCRYPT_METHOD SHA512\n"),
    ("/etc/nsswitch.conf", "passwd: files systemd\ngshadow: files\n"),
    ("/etc/security/pwquality.conf", "minlen = 14\nretry = 3\n"),
    ("/etc/sudoers", "Defaults passwd_tries=3, !authenticate\nDefaults passprompt=\"password: \"\n"),
    (
      "/etc/ssl/openssl.cnf",
      "challengePassword = A challenge password\nchallengePassword_min = 4\nsecret = pass:insta\n# input_password = secret\n"
    ),
    ("/etc/sssd/sssd.conf", "pam_pwd_expiration_warning = 7\n[pam]\n"),
    ("/etc/cloud/cloud.cfg", "ssh_pwauth: false\nlock_passwd: True\npassword:\nchpasswd: {expire: False}\n"),
    ("/etc/nginx/nginx.conf", "proxy_pass http://127.0.0.1:8080;\nssl_password_file /etc/p;\n"),
    ("/etc/fstab", "//h/s /mnt cifs credentials=/root/.smb,sec=krb5 0 0\n"),
    ("/etc/default/a", "PASSWORD=$OTHER\nTOKEN=${TOKEN:-}\nSECRET_KEY=/etc/key\nPASSWORD=\"\"\n"),
    ("/etc/shadow", "a:*:1\nb:!!:1\nc:!*:1\nd::1\ne:x:1\nf:*LK*:1\ng:!:1\nnocolon\n"),
    ("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n+::::::\n"),
    ("/usr/share/doc/a", "password=example\n"), ("/var/lib/pacman/local/a-1-1/desc", "%URL%\nhttp://a:b@c\n"),
    ("/opt/program", "\u{7f}ELF http://a:b@c password=x\n"),
    ("/etc/init.d/a", "#!/bin/sh\ngrep -q '-----BEGIN PRIVATE KEY-----' x\nthen\n[ \"$password\" = x ]\n"),
    ("/etc/a.crt", "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUS3CR3T\n-----END CERTIFICATE-----\n"),
    ("/etc/x", "echo $1$2 $5$6 user@host ssh://git@github.com/x\n"),
    ("/etc/dconf/db/gdm.d/00", "[org/gnome/login-screen]\nbanner-message-enable=true\n"),
  ]

  @Test(arguments: untouched) func leavesSettingsAlone(_ path: String, _ text: String) {
    #expect(reduced(path, text) == text)
  }

  @Test func aForgedMarkerHidesNothing() {
    #expect(
      reduced("/etc/shadow", "a:$6$(cut-by-brinell-hash)S3CR3T:1") == "a:$6$(cut-by-brinell-hash):1")
    #expect(
      reduced("/etc/a.conf", "password=(cut-by-brinell-password)S3CR3T")
        == "password=(cut-by-brinell-password)")
  }

  /// Pieces of all samples in wild order: reducing again changes nothing, and no line is lost.
  @Test(arguments: [
    "/etc/shadow", "/etc/a.conf", "/etc/cloud/cloud.cfg", "/root/.netrc", "/root/.bash_history",
    "/etc/a.json",
  ])
  func reducingTwiceIsReducingOnce(_ path: String) {
    var generator = SeededGenerator(seed: 7)
    var pieces = ["\n", "\"", "'", ": ", "=", "|", "  ", "{", "://", "@", "-----BEGIN PRIVATE KEY-----"]
    pieces.append(String(repeating: "QUFB", count: 12))
    for sample in Self.accounts + Self.configuration + Self.cloudInit {
      pieces += sample.text.split(separator: "\n").map(String.init)
      pieces += [String(sample.text.prefix(9)), String(sample.text.suffix(7))]
    }
    for _ in 0..<100 {
      let text = (0..<30).map { _ in
        (pieces.randomElement(using: &generator) ?? "") + (Bool.random(using: &generator) ? "\n" : "")
      }.joined()
      let once = reduced(path, text)
      #expect(reduced(path, once) == once, "\(text.debugDescription)")
      #expect(once.utf8.count { $0 == 10 } == text.utf8.count { $0 == 10 })
    }
  }

  @Test func hugeAndHostileFilesTakeLinearTime() {
    let hostile = [
      String(repeating: "password:", count: 20_000), String(repeating: "a://", count: 40_000),
      String(repeating: "$6$", count: 60_000),
      String(repeating: "x: -----BEGIN PRIVATE KEY-----\n", count: 6_000),
      String(repeating: "\"", count: 200_000), String(repeating: "password: |\n", count: 15_000),
      String(repeating: " ", count: 200_000) + "=", String(repeating: "eyJ.", count: 50_000),
    ]
    for text in hostile {
      let start = ThreadClock.now
      _ = reduced("/etc/cloud/a.yaml", text)
      #expect(ThreadClock.now - start < .seconds(5))
    }
  }
}

/// Knuth's MMIX generator: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 32
  }
}
