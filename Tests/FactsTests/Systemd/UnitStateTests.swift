import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct UnitStateTests {
  @Test(arguments: [
    ["\(etc)/a.service": "-> /dev/null", "\(lib)/a.service": service],
    ["\(etc)/a.service": "", "\(lib)/a.service": service],
    ["\(lib)/a.service": "-> /dev/null"],
    ["\(etc)/a.service": "-> ../../../dev/null", "\(lib)/a.service": service],
    ["\(etc)/a.service": "-> b.service", "\(lib)/b.service": "-> /dev/null", "\(lib)/a.service": service],
  ])
  func isMasked(_ files: [String: String]) throws { #expect(try units(files).state(of: "a").isMasked) }

  @Test(
    arguments: [
      [:], ["\(etc)/a.service": "-> /gone/a.service", "\(lib)/a.service": service],
      ["\(etc)/a.service": "-> b.service", "\(etc)/b.service": "-> a.service"],
      ["\(etc)/a.service": "-> ../../../../../../../outside.service"],
      ["\(etc)/a.service": "-> b.socket", "\(lib)/b.socket": "[Socket]\n"],
      ["\(etc)/a.txt": service], ["\(etc)/a.service.wants/a.service": "-> \(lib)/a.service"],
    ] as [[String: String]])
  func isAbsent(_ files: [String: String]) throws { #expect(try units(files).state(of: "a") == .absent) }

  @Test func aFileInEtcReplacesTheVendors() throws {
    let unit = try #require(
      units([
        "\(etc)/a.service": "[Service]\nUser=etc\n", "\(lib)/a.service": "[Service]\nUser=lib\nGroup=lib\n",
      ]).state(of: "a.service").loaded)
    #expect(unit.value("Service", "User")?.value == "etc")
    #expect(unit.value("Service", "Group") == nil)
    #expect(!unit.isVendor)
  }

  @Test func aLinkToTheSameNameIsNoAlias() throws {
    let unit = try units(["\(etc)/a.service": "-> \(lib)/a.service", "\(lib)/a.service": service]).state(
      of: "a")
    #expect(unit.loaded?.path == "\(lib)/a.service")
  }

  @Test func aLinkOutOfTheLoadPathIsALinkedUnit() throws {
    let model = try units(["\(etc)/a.service": "-> /opt/a.service", "/opt/a.service": service])
    #expect(try model.state(of: "a").loaded?.value("Service", "ExecStart") != nil)
  }

  @Test func aliasesAreFollowedAndKnown() throws {
    let model = try units([
      "\(etc)/sshd.service": "-> \(lib)/ssh.service", "\(lib)/ssh.service": service,
      "\(etc)/sshd.service.d/x.conf": "[Service]\nUser=drop\n",
    ])
    let unit = try #require(model.state(of: "sshd").loaded)
    #expect(unit.name.description == "ssh.service" && unit.aliases.map(\.description) == ["sshd.service"])
    #expect(unit.value("Service", "User")?.value == "drop")
  }

  @Test func instancesComeFromTheirTemplate() throws {
    let model = try units([
      "\(lib)/getty@.service": "[Service]\nExecStart=getty %I\n",
      "\(lib)/autovt@.service": "-> getty@.service",
      "\(lib)/own@x.service": "[Service]\nUser=own\n", "\(lib)/own@.service": "[Service]\nUser=template\n",
      "\(etc)/linked@x.service": "-> \(lib)/own@.service",
      "\(lib)/getty@.service.d/1.conf": "[Service]\nUser=t\n",
      "\(lib)/getty@tty1.service.d/1.conf": "[Service]\nUser=i\n",
    ])
    #expect(try model.state(of: "getty@tty1").loaded?.value("Service", "User")?.value == "i")
    #expect(try model.state(of: "autovt@tty2").loaded?.name.description == "getty@tty2.service")
    #expect(try model.state(of: "own@x").loaded?.value("Service", "User")?.value == "own")
    #expect(try model.state(of: "own@y").loaded?.value("Service", "User")?.value == "template")
    #expect(try model.state(of: "linked@x").loaded?.value("Service", "User")?.value == "own")
  }

  @Test func dropInsInTheOrderOfTheirNames() throws {
    let unit = try #require(
      units([
        "\(lib)/foo-bar.service": "[Service]\nUser=main\nProtectSystem=no\nEnvironment=A\n",
        "\(lib)/foo-bar.service.d/10-a.conf": "[Service]\nUser=vendor10\nEnvironment=\nEnvironment=B\n",
        "\(etc)/foo-bar.service.d/20-b.conf": "[Service]\nUser=etc20\nEnvironment=C\n",
        "\(lib)/foo-.service.d/30-c.conf": "[Service]\nUser=prefix30\n",
        "\(lib)/service.d/40-d.conf": "[Service]\nUser=type40\n",
        "\(etc)/service.d/40-d.conf": "[Service]\nProtectSystem=strict\n",
        "\(lib)/foo-bar.service.d/50-e.conf": "[Service]\nUser=masked\n",
        "\(etc)/foo-bar.service.d/50-e.conf": "-> /dev/null",
        "\(etc)/foo-bar.service.d/60-f.txt": "[Service]\nUser=notconf\n",
      ]).state(of: "foo-bar").loaded)
    let user = try #require(unit.value("Service", "User"))
    #expect(user.value == "prefix30" && user.origin.kind == .vendor)
    #expect(user.shadowed.map(\.value) == ["etc20", "vendor10", "main"])
    #expect(user.shadowed[0].origin.kind == .dropIn && user.shadowed[0].origin.line == 2)
    #expect(unit.value("Service", "ProtectSystem")?.value == "strict")
    #expect(unit.words("Service", "Environment") == ["B", "C"])
  }

  @Test func adminsGeneralDropInBeatsTheVendorsSpecificOneOfTheSameName() throws {
    let unit = try units([
      "\(lib)/foo-bar.service": service, "\(lib)/foo-bar.service.d/10.conf": "[Service]\nUser=vendor\n",
      "\(etc)/foo-.service.d/10.conf": "[Service]\nUser=admin\n",
    ]).state(of: "foo-bar").loaded
    #expect(unit?.value("Service", "User")?.value == "admin")
  }

  @Test func libIsOftenALinkToUsrLib() throws {
    let guest = bootable([
      "\(lib)/a.service": service, "\(etc)/b.service": "-> /lib/systemd/system/a.service",
    ])
    guest.filesystem.addLink("/lib", to: "usr/lib")
    let model = try guest.model(SystemdUnits.self)
    #expect(try model.state(of: "b").loaded?.name.description == "a.service")
  }

  @Test func anUnreadableUnitIsAGap() throws {
    let guest = bootable()
    guest.filesystem.addFile("\(lib)/a.service", .tooLarge(size: 1 << 30))
    #expect(throws: EvidenceGap.self) { try guest.model(SystemdUnits.self).state(of: "a") }
  }
}
