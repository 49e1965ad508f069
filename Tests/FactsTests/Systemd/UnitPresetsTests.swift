import TestSupport
import Testing

@testable import Facts

@Suite struct UnitPresetsTests {
  private let preset = "/usr/lib/systemd/system-preset"

  @Test(
    arguments: [
      (nil, true), ("uninitialized\n", true), ("uninitialized", true), ("", false), ("\n", false),
      ("0123456789abcdef0123456789abcdef\n", false),
    ] as [(String?, Bool)])
  func whetherTheNextBootIsTheFirst(_ machineID: String?, isFirst: Bool) throws {
    let model = try units(["\(lib)/a.service": service], machineID: machineID)
    #expect(model.nextBootIsFirst == isFirst)
    #expect((model.startReason(of: "a") != nil) == isFirst)
    #expect(model.startReason(of: "a")?.isFirstBootOnly ?? true)
  }

  @Test func theFirstRuleInTheOrderOfFileNamesDecides() throws {
    let model = try units(
      [
        "\(lib)/a.service": service, "\(lib)/b.service": service, "\(lib)/c.service": service,
        "\(lib)/d.service": service, "\(lib)/e.service": service,
        "\(preset)/90-x.preset":
          "# comment\n; too\nenable b.service\nenable a.service\n  enable d.*\ndisable *\n",
        "\(preset)/10-y.preset": "disable a.service\n", "\(preset)/20-z.preset": "disable d.service\n",
        "/etc/systemd/system-preset/20-z.preset": "-> /dev/null",
        "/etc/systemd/system-preset/30.preset": "ignore e.service\n",
      ], machineID: nil)
    #expect(
      ["a", "b", "c", "d", "e"].map { model.startReason(of: $0) != nil } == [false, true, false, true, false])
    #expect(model.startReason(of: "b")?.origin.line == 3)
  }

  @Test func aLinkCountsWhateverPresetsSay() throws {
    let model = try units(
      [
        "\(lib)/a.service": service, "\(preset)/1.preset": "disable *\n",
        "\(etc)/multi-user.target.wants/a.service": "-> \(lib)/a.service",
      ], machineID: nil)
    #expect(model.startReason(of: "a")?.isFirstBootOnly == false)
  }

  @Test func alsoAliasesAndInstances() throws {
    let model = try units(
      [
        "\(lib)/a.service": "[Install]\nAlso=a.socket\nWantedBy=multi-user.target\n",
        "\(lib)/a.socket": "[Socket]\nListenStream=1\n[Install]\nWantedBy=sockets.target\nAlso=a.service\n",
        "\(lib)/gdm.service": "[Service]\n[Install]\nAlias=display-manager.service\n",
        "\(lib)/t@.service": "[Install]\nDefaultInstance=one\nWantedBy=multi-user.target\n",
        "\(lib)/u@.service": "[Install]\nWantedBy=multi-user.target\n",
        "\(lib)/v@.service": "[Install]\nWantedBy=multi-user.target\n",
        "\(preset)/1.preset":
          "enable a.service\nenable gdm.service\nenable t@.service\nenable v@.service x y\nenable u@.service\ndisable *\n",
      ], machineID: "uninitialized")
    for started in ["a.service", "a.socket", "gdm", "display-manager", "t@one", "v@x", "v@y"] {
      #expect(model.startReason(of: started)?.isFirstBootOnly == true, "\(started)")
    }
    #expect(model.startReason(of: "u@.service") == nil)
  }

  @Test func presetsDoNotUnmask() throws {
    let model = try units(["\(lib)/a.service": service, "\(etc)/a.service": "-> /dev/null"], machineID: nil)
    #expect(model.startReason(of: "a") == nil)
  }

  @Test func whatAPresetUnitWantsIsFirstBootOnlyToo() throws {
    let model = try units(
      [
        "\(lib)/a.service": "[Unit]\nWants=b.service\n[Install]\nWantedBy=multi-user.target\n",
        "\(lib)/b.service": "[Service]\n", "\(lib)/b.service.d/x.conf": "[Service]\nUser=x\n",
      ], machineID: nil)
    #expect(model.startReason(of: "b")?.isFirstBootOnly == true)
  }
}
