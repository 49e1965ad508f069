import TestSupport
import Testing

@testable import Baselines

/// The baselines that are made of another one's checks.
struct DistributionBaselinesTests {
  private func load(_ baseline: String) throws -> LoadedBaseline {
    try #require(try BaselineLoader(folders: ShippedBaselinesTests.folders).load([baseline]).first)
  }

  private func results(_ baseline: String, _ guest: GuestFixture) throws -> [String: CheckResult] {
    let judgement = BaselineUnion([try load(baseline)]).judge(try guest.facts())
    return Dictionary(judgement.results.map { ($0.check.id, $0) }) { first, _ in first }
  }

  private func expect(
    _ expected: [String: CheckResult.Verdict?], in results: [String: CheckResult],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (check, verdict) in expected.sorted(by: { $0.key < $1.key }) {
      let result = results[check]
      let details =
        result?.reason ?? result?.outcomes.map { "\($0.subject): \($0.actual)" }.joined(separator: "; ")
      #expect(
        result?.verdict == verdict, "\(check): \(details ?? "not asked")", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: ["cis-ubuntu-24.04-l1", "cis-ubuntu-24.04-l2"])
  func ubuntu(_ baseline: String) throws {
    let results = try results(baseline, DistributionGuests.ubuntu())
    expect(
      [
        "auth.pam-runtime": .pass, "auth.pam-modules": .fail, "auth.pam-no-nullok": .fail,
        "auth.faillock-enabled": .fail, "auth.faillock-deny": .blocked,
        "net.fw-installed": .pass, "net.fw-no-others": .pass, "net.fw-started": .pass,
        "net.fw-default": .fail,
        "net.nft-table": .notApplicable, "mac.apparmor-installed": .pass, "mac.apparmor-utils": .fail,
        "mac.selinux-mode": nil, "time.installed": .pass, "time.service": .pass, "ssh.root-login": .pass,
        "ssh.max-auth-tries": .pass, "svc.no-inetutils-telnet": .fail, "perm.shadow": .pass,
        "gnome.banner": .notApplicable, "ubuntu.no-apport": .fail, "ubuntu.no-prelink": .pass,
        "audit.installed": baseline.hasSuffix("l2") ? .fail : nil,
      ], in: results)
  }

  @Test func redHat() throws {
    let results = try results("rhel-9-l1", DistributionGuests.redHat())
    expect(
      [
        "rhel.pam": .pass, "auth.pwquality-installed": .pass, "auth.pwquality-enabled": .pass,
        "auth.faillock-enabled": .pass, "auth.faillock-deny": .pass, "auth.pam-no-nullok": .pass,
        "auth.pam-runtime": nil, "mac.apparmor-installed": nil, "mac.selinux-installed": .pass,
        "mac.selinux-policy": .pass, "mac.selinux-mode": .pass, "rhel.selinux-at-boot": .fail,
        "rhel.no-mcstrans": .pass, "rhel.crypto-policy": .fail, "rhel.crypto-policy-sha1": .fail,
        "rhel.crypto-policy-sshd": .pass, "perm.shadow": .pass, "perm.grub-cfg": .fail,
        "net.fw-installed": .pass, "net.fw-started": .pass, "net.fw-default": .pass, "net.fw-loopback": nil,
        "time.installed": .pass, "time.service": .pass, "time.servers": .pass, "svc.no-rsync": .pass,
        "svc.no-nfs-server": .pass, "svc.cron-installed": .pass, "fim.installed": .fail,
        "fim.timer": .blocked,
        "ssh.root-login": .fail,
      ], in: results)
  }

  @Test func hashesOfRedHatHaveNoMode() throws {
    let guest = DistributionGuests.redHat()
    guest.filesystem.addFile("/etc/shadow", "root:*:19000::::::\n", mode: 0o640)
    expect(["perm.shadow": .fail], in: try results("rhel-9-l1", guest))
  }

  @Test(arguments: [
    ("cis-ubuntu-24.04-l1", "ID=debian\nVERSION_ID=12\n", "is for ubuntu 24.04, this is debian 12"),
    ("cis-ubuntu-24.04-l2", "ID=ubuntu\nVERSION_ID=22.04\n", "is for ubuntu 24.04, this is ubuntu 22.04"),
    ("cis-debian-12-l1", "ID=ubuntu\nVERSION_ID=24.04\n", "is for debian 12, this is ubuntu 24.04"),
    ("rhel-9-l1", "ID=rhel\nVERSION_ID=8.10\n", "is for rhel"),
  ])
  func anotherDistribution(_ baseline: String, _ release: String, _ reason: String) throws {
    let guest = DistributionGuests.ubuntu()
    guest.filesystem.addFile("/etc/os-release", release)
    let results = try results(baseline, guest)
    #expect(results.count > 200)
    for (id, result) in results {
      #expect(result.verdict == .notApplicable && result.reason?.contains(reason) == true, "\(id)")
    }
  }

  @Test(arguments: ["rocky", "almalinux", "ol", "centos"])
  func aRebuildIsJudgedLikeRedHat(_ id: String) throws {
    let guest = DistributionGuests.redHat()
    guest.filesystem.addFile("/etc/os-release", "ID=\(id)\nVERSION_ID=9\n")
    expect(["rhel.pam": .pass, "mac.selinux-mode": .pass], in: try results("rhel-9-l1", guest))
  }

  /// `base` is small and holds for every guest; each head asks more than what it extends.
  @Test func heads() throws {
    let names = ["base", "server", "strict", "cloud-image"]
    let asked = try names.map { Set(try load($0).checks.map(\.id)) }
    #expect((25...60).contains(asked[0].count))
    #expect(asked[0].isStrictSubset(of: asked[1]))
    #expect(asked[1].isStrictSubset(of: asked[2]) && asked[1].isStrictSubset(of: asked[3]))
    #expect(asked[2].count >= asked[1].count + 80)
    for check in try load("base").checks { #expect(check.appliesTo.isEmpty, "\(check.id)") }
  }

  @Test func aTemplateHasNoPasswords() throws {
    let guest = DistributionGuests.ubuntu()
    expect(["left.passwords": .pass, "acct.no-empty-password": .pass], in: try results("cloud-image", guest))
    guest.filesystem.addFile(
      "/etc/shadow", "root:*:1::::::\nann:$y$j9T$abc$def:1::::::\n", mode: 0o640, gid: 42)
    expect(["left.passwords": .fail], in: try results("cloud-image", guest))
  }

  @Test func whatIsLeftOutHasAReason() throws {
    let disabled = try load("rhel-9-l1").disabled
    #expect(disabled.count >= 15)
    for entry in disabled { #expect(entry.reason.count > 10, "\(entry.check)") }
  }
}
