import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct BootGraphTests {
  @Test(arguments: [".wants", ".requires", ".upholds"]) func linksStartUnits(_ suffix: String) throws {
    let link = "\(etc)/multi-user.target\(suffix)/a.service"
    let model = try units(["\(lib)/a.service": service, link: "-> \(lib)/a.service"])
    let reason = try #require(model.startReason(of: "a"))
    #expect(reason.by == "multi-user.target" && reason.origin.path == link && !reason.isFirstBootOnly)
  }

  @Test func withoutALinkNothingStarts() throws {
    let model = try units([
      "\(lib)/a.service": service, "\(lib)/b.service": service,
      "\(etc)/rescue.target.wants/a.service": "-> \(lib)/a.service",
      "\(etc)/multi-user.target.wants/b.service": "-> /dev/null",
      "\(etc)/multi-user.target.wants/c.service": service,
    ])
    #expect(model.startReason(of: "a") == nil && model.startReason(of: "b") == nil)
    #expect(model.startReason(of: "c") == nil)
  }

  @Test func aDependencyLinkInEtcHidesTheVendors() throws {
    let model = try units([
      "\(lib)/a.service": service, "\(lib)/multi-user.target.wants/a.service": "-> ../a.service",
      "\(etc)/multi-user.target.wants/a.service": "-> /dev/null",
    ])
    #expect(model.startReason(of: "a") == nil)
  }

  @Test func staticLinksOfTheVendorCount() throws {
    let model = try units([
      "\(lib)/a.service": "[Service]\n", "\(lib)/sysinit.target.wants/a.service": "-> ../a.service",
    ])
    #expect(model.startReason(of: "a")?.origin.kind == .vendor)
    #expect(try model.state(of: "a").loaded?.isInstallable == false)
  }

  @Test(arguments: ["Wants", "Requires", "BindsTo", "Upholds"]) func assignmentsPullIn(_ key: String) throws {
    let model = try units([
      "\(lib)/a.service": "[Unit]\n\(key)=x.service \"b@1.service\"\n",
      "\(lib)/b@.service": "[Unit]\nWants=c-%i.service\n",
      "\(lib)/c-1.service": service, "\(etc)/multi-user.target.wants/a.service": "-> x",
    ])
    #expect(model.startReason(of: "c-1")?.by == "b@1.service")
    #expect(model.startReason(of: "b@.service") != nil)
  }

  @Test(arguments: ["After", "Before", "PartOf", "Requisite", "Conflicts", "OnFailure"])
  func othersDoNot(_ key: String) throws {
    let model = try units([
      "\(lib)/a.service": "[Unit]\n\(key)=b.service\n", "\(lib)/b.service": service,
      "\(etc)/multi-user.target.wants/a.service": "-> x",
    ])
    #expect(model.startReason(of: "b") == nil)
  }

  @Test func aMaskedUnitIsNotStartedNorWhatItWants() throws {
    let model = try units([
      "\(etc)/a.service": "-> /dev/null", "\(lib)/a.service": "[Unit]\nWants=b.service\n",
      "\(lib)/b.service": service,
      "\(etc)/multi-user.target.wants/a.service": "-> \(lib)/a.service",
    ])
    #expect(model.startReason(of: "a") == nil && model.startReason(of: "b") == nil)
  }

  @Test func startedUnderAnAlias() throws {
    let model = try units([
      "\(lib)/ssh.service": service, "\(etc)/sshd.service": "-> \(lib)/ssh.service",
      "\(etc)/multi-user.target.wants/sshd.service": "-> \(lib)/ssh.service",
    ])
    #expect(model.startReason(of: "ssh") != nil && model.startReason(of: "sshd") != nil)
    #expect(model.startedAtBoot.filter { $0.prefix.contains("ssh") }.map(\.description) == ["ssh.service"])
  }

  @Test func dependenciesUnderAnAliasCount() throws {
    let model = try units([
      "\(lib)/a.service": service, "\(etc)/default.target": "-> \(lib)/multi-user.target",
      "\(etc)/default.target.wants/a.service": "-> \(lib)/a.service",
    ])
    #expect(model.startReason(of: "a") != nil)
    #expect(model.startReason(of: "graphical.target") == nil)
  }

  @Test func circlesEnd() throws {
    let model = try units([
      "\(lib)/a.service": "[Unit]\nWants=b.service\n",
      "\(lib)/b.service": "[Unit]\nWants=a.service b.service\n",
      "\(etc)/multi-user.target.wants/a.service": "-> x",
      "\(etc)/c.service": "-> d.service", "\(etc)/d.service": "-> c.service",
      "\(etc)/multi-user.target.wants/c.service": "-> x",
    ])
    #expect(model.startReason(of: "b") != nil && model.startReason(of: "c") == nil)
  }

  @Test(arguments: [
    ("ConditionPathExists=!/etc/off", true), ("ConditionPathExists=/etc/off", false),
    ("ConditionPathExists=/etc/on", true), ("ConditionPathExists=!/etc/on", false),
    ("AssertPathExists=/etc/off", false), ("ConditionPathExists=/run/x", true),
    ("ConditionPathExists=|/etc/off\nConditionPathExists=|/etc/on", true),
    ("ConditionPathExists=|/etc/off\nConditionFileNotEmpty=|/etc/off", false),
    ("ConditionPathExists=/etc/off\nConditionPathExists=\nConditionPathExists=/etc/on", true),
    ("ConditionFileNotEmpty=/etc/on", false), ("ConditionPathIsDirectory=/etc", true),
    ("ConditionFileIsExecutable=/etc/on", false), ("ConditionPathExistsGlob=/etc/o?", true),
    ("ConditionPathExistsGlob=/etc/*.off", false), ("ConditionFirstBoot=yes", false),
    ("ConditionVirtualization=!container", true),
  ])
  func conditionsThatTheDiskDecides(_ condition: String, starts: Bool) throws {
    let model = try units([
      "\(lib)/a.service": "[Unit]\n\(condition)\nWants=b.service\n", "\(lib)/b.service": service,
      "/etc/on": "",
      "\(etc)/multi-user.target.wants/a.service": "-> x",
    ])
    #expect((model.startReason(of: "a") != nil) == starts)
    #expect((model.unmetCondition(of: "a") == nil) == starts)
    #expect(model.startReason(of: "b") != nil)
  }

  @Test func unitsThatPullInOneAnotherAreFollowedOnce() throws {
    var files: [String: String] = ["\(etc)/multi-user.target.wants/u0.service": "-> x"]
    let all = (0..<300).map { "u\($0).service" }.joined(separator: " ")
    for number in 0..<300 { files["\(lib)/u\(number).service"] = "[Unit]\nWants=\(all) gone.service\n" }
    let model = try units(files)
    #expect(model.startedAtBoot.filter { $0.prefix.hasPrefix("u") }.count == 300)
  }

  @Test func instancesWithoutEndAreAGap() throws {
    let many = (0..<60_000).map { "t@\($0).service" }.joined(separator: " ")
    #expect(throws: EvidenceGap.self) {
      try units([
        "\(lib)/t@.service": service, "\(lib)/a.service": "[Unit]\nWants=\(many)\n",
        "\(etc)/multi-user.target.wants/a.service": "-> x",
      ])
    }
  }

  @Test func theInitSystemIsKnown() throws {
    #expect(try units([:]).initSystem == .systemd)
    #expect(try GuestFixture(["/etc/passwd": ""]).model(SystemdUnits.self).initSystem == .none)
    #expect(
      try GuestFixture(["/sbin/init": "ELF", "/lib/systemd/systemd": "ELF"]).model(SystemdUnits.self)
        .initSystem
        == .other("/sbin/init"))
  }
}
