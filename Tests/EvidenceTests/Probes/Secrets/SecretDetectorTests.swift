import DiskImages
import Foundation
import TestSupport
import Testing

@testable import Evidence

/// What the detectors say of one file: `kind:line` in the order of the lines.
func secrets(_ path: String, _ bytes: [UInt8], isHead: Bool = false) -> [String] {
  let record = SecretDetectors.search(SearchedFile(path: path, bytes: bytes, isHead: isHead))
  return (record?.findings ?? []).map { "\($0.kind.rawValue):\($0.line ?? 0)" }
}

func secrets(_ path: String, _ text: String) -> [String] { secrets(path, Array(text.utf8)) }

@Suite struct SecretDetectorTests {
  @Test(arguments: [
    ("password = Winter-24-ski", true), ("db_password: 'Winter 24'", true),
    ("secret_key_base = a8f5f167f44f4964e6c998dee8", true),
    ("{\"client_secret\": \"q8Zr2kLm\"}", true), ("<password>Winter24</password>", false),
    ("export API_KEY=q8Zr2kLm", true),
    ("# password = Winter-24-ski", false), ("; password = Winter24", false), ("password = changeme", false),
    ("password = ${PASSWORD}", false), ("password = $PASSWORD", false),
    ("password: {{ vault_password }}", false),
    ("password = /etc/secret/file", false), ("password = xxxxxxxx", false), ("password =", false),
    ("password = getpass()", false), ("password: !vault |", false), ("password = \"<your password>\"", false),
    ("proxy_pass = backend24", false), ("use_password = something", false),
    ("passwordless = yes-it-is", false),
    ("password = $6$abcdefgh$" + String(repeating: "a", count: 86), false),
    ("password: the password of the account that is used here", false),
  ])
  func assignedSecrets(_ line: String, _ isSecret: Bool) {
    #expect(secrets("/etc/app/app.conf", "first\n\(line)\n") == (isSecret ? ["password:2"] : []))
    #expect(secrets("/usr/share/app/app.conf", "first\n\(line)\n") == [])
    #expect(secrets("/etc/app/app.conf.example", "first\n\(line)\n") == [])
    #expect(secrets("/srv/app/program.py", "first\n\(line)\n") == [])
  }

  @Test(arguments: [
    // GitHub's own example, whose checksum is right; then one digit off.
    ("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", true), ("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18", false),
    ("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", true), ("npm_zQWBuTSOoRi4A9spHcVY5ncnsDkxkj0mLq17", false),
    ("x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", false),
    ("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a", false),
    ("glpat-k3Jd8fLq2Zx9VbNm5TyR", true), ("glpat-xxxxxxxxxxxxxxxxxxxx", false), ("glpat-short", false),
    ("xoxb-123456789012-1234567890123-k3Jd8fLq2Zx9VbNm5TyRk3Jd", true),
    ("xoxb-not-a-token-but-a-long-word-with-hyphens-in-it", false),
    ("sk_live_k3Jd8fLq2Zx9VbNm5TyRk3Jd", true), ("sk_test_k3Jd8fLq2Zx9VbNm5TyRk3Jd", false),
    ("AIzaSyk3Jd8fLq2Zx9VbNm5TyRk3Jd8fLq2Zx9Vb", false), ("AKIAQYLPMN5HZZZZZZZZ", false),
    (
      "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
      false
    ),
    (
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", true
    ),
    ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", false),
    (
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
        + "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", false
    ),
    ("eyJnotjson.eyJnotjson.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", false),
    ("1234567890:AAk3Jd8fLq2Zx9VbNm5TyRk3Jd8fLq2Zx9V", true), ("12:34:56:AAk3Jd8fLq2", false),
    // The test vectors of age and of BIP 173's checksum.
    ("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", true),
    ("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEZ", false),
  ])
  func tokens(_ token: String, _ isToken: Bool) {
    #expect(secrets("/root/notes", "a\nb \(token) c\n") == (isToken ? ["token:2"] : []))
  }

  @Test func anAccessKeyCountsWithItsSecretAlone() {
    let key = "AKIAQYLPMN5HFIQR7XYA"
    let secret = "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"
    #expect(secrets("/root/notes", "key \(key)\n") == [])
    #expect(secrets("/root/notes", "key \(key)\nsecret \(secret)\n") == ["token:1"])
  }

  @Test(arguments: [
    ("/etc/fstab", "//n/s /m cifs user=a,password=Win24 0 0", ["mount-credentials:1"]),
    ("/etc/fstab", "//n/s /m cifs credentials=/etc/cred 0 0", []),
    ("/etc/cred", "username=a\npassword=Win24", ["mount-credentials:2"]),
    ("/etc/cred", "password=Win24\nother=1", []),
    ("/boot/grub/custom.cfg", "password root Win24", ["boot-password:1"]),
    ("/boot/grub/user.cfg", "password_pbkdf2 root grub.pbkdf2.sha512.1.A.B", []),
    ("/etc/netplan/a.yaml", "password: \"Win24\"", ["wifi-password:1"]),
    ("/etc/network/interfaces", "  wpa-psk Winter24", ["wifi-password:1"]),
    ("/preseed.cfg", "d-i passwd/user-password password Win24", ["unattended-answers:1"]),
    ("/preseed.cfg", "d-i passwd/user-password password !", []),
    ("/root/anaconda-ks.cfg", "rootpw --lock x", []),
    ("/root/anaconda-ks.cfg", "rootpw Win24", ["unattended-answers:1"]),
    (
      "/root/anaconda-ks.cfg", "user --name=a --password=$6$ab$" + String(repeating: "a", count: 86),
      ["unattended-answers:1"]
    ),
    ("/unattend.xml", "<AdministratorPassword>\n<Value>Win24</Value>", ["unattended-answers:2"]),
    ("/unattend.xml", "<Server>\n<Value>Win24</Value>", []),
    ("/var/lib/cloud/seed/nocloud/user-data", "#cloud-config\npassword: Win24", ["cloud-init-password:2"]),
    (
      "/var/lib/cloud/seed/nocloud/user-data", "chpasswd:\n  list:\n    - root:Win24\n",
      ["cloud-init-password:3"]
    ),
    ("/var/lib/cloud/seed/nocloud/user-data", "chpasswd:\n  list:\n    - root:RANDOM\n", []),
    ("/var/lib/cloud/seed/nocloud/user-data", "chpasswd:\n  expire: false\nssh_pwauth: true\n", []),
    ("/root/.netrc", "machine a login b password Win24", ["password:1"]),
    ("/root/.netrc", "machine a login b", []),
    ("/root/.pgpass", "a\\:b:5432:db:me:Win24", ["password:1"]), ("/root/.pgpass", "a\\:b:5432:db:me", []),
    ("/root/.vault-token", "s.k3Jd8fLq2Zx9VbNm5TyRk3Jd", ["token:1"]),
    ("/home/a/.vnc/passwd", "\u{1}abcdefg", ["vnc-password:0"]),
    ("/etc/app/a.conf", "url = https://a:Winter24@b", ["password:1"]),
    ("/etc/app/a.conf", "url = https://a:${P}@b", []),
    ("/etc/app/a.conf", "url = https://user:password@b", []),
    ("/etc/app/a.conf", "url = https://b/?at=a:b@c", []),
    (
      "/root/.docker/config.json", "{\"auths\": {\"r\": {\"auth\": \"YTpXaW50ZXIyNA==\"}}}",
      ["registry-credentials:1"]
    ),
    ("/root/.docker/config.json", "{\"auths\": {\"r\": {}}, \"credsStore\": \"pass\"}", []),
    ("/root/.npmrc", "//r/:_authToken=${NPM_TOKEN}", []),
    ("/root/.npmrc", "//r/:_authToken=k3Jd8fLq", ["registry-credentials:1"]),
    ("/etc/app/a.xml", "<c>\n<password>Winter24</password>", ["password:2"]),
    ("/etc/app/a.xml", "<c>\n<password>${PASSWORD}</password>", []),
    ("/etc/app/a.json", "{\"names\": [\"password\", \"Winter24\"]}", []),
    ("/srv/a/config.php", "<?php\n$c = ['db_password' => 'Winter24'];", ["password:2"]),
    ("/srv/a/program.php", "<?php\n$c = ['db_password' => 'Winter24'];", []),
    ("/srv/a/b.tfvars", "password = \"Winter24\"", ["cloud-credentials:1"]),
  ])
  func places(_ path: String, _ text: String, _ expected: [String]) {
    #expect(secrets(path, text) == expected)
  }

  @Test func garbageAndPathologicalInputEndInTime() {
    var generator = Seeded(7)
    let garbage = (0..<60_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(secrets("/root/a.conf", garbage) == [])
    #expect(
      secrets("/root/a.conf", garbage + Array("-----BEGIN RSA PRIVATE KEY-----\n".utf8) + garbage) == [])
    #expect(secrets("/root/a.conf", [0xff, 0xfe] + Array("\npassword=Winter24\n".utf8)) == ["password:2"])
    let patterns = [
      "password", "password=", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----\n", "://a:", "a:b@", "eyJ.",
      "= = =", "\"'",
      "AKIA", "password:\\\"", "<password>", "chpasswd:\n", "ghp_", "n\\n", " a: b", "A: x ",
    ]
    for pattern in patterns {
      for path in [
        "/root/a.yaml", "/root/unattend.xml", "/var/lib/cloud/user-data", "/etc/netplan/a.yaml", "/root/.env",
      ] {
        let start = ThreadClock.now
        _ = secrets(path, String(repeating: pattern, count: (32 << 10) / pattern.utf8.count))
        #expect(ThreadClock.now - start < .seconds(10), "\(pattern) in \(path)")
      }
    }
  }

  @Test func oneFileHasABoundedNumberOfFindings() {
    let text = (0..<10_000).map { "A\($0)_PASSWORD=Winter-\($0)\n" }.joined()
    let record = SecretDetectors.search(SearchedFile(path: "/srv/.env", bytes: Array(text.utf8)))
    #expect(record?.findings.count == SecretFindings.limit)
    #expect(record?.further == 10_000 - SecretFindings.limit)
  }
}

/// A generator that gives the same numbers each time.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
