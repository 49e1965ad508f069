import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct UnitKindTests {
  private static let installable = "[Service]\nExecStart=/bin/x\n[Install]\nWantedBy=multi-user.target\n"

  private func guest(machineID: String? = "0123456789abcdef0123456789abcdef") -> GuestFixture {
    let guest = bootable(
      [
        "/usr/lib/systemd/system/off.service": Self.installable,
        "/usr/lib/systemd/system/fixed.service": "[Service]\nExecStart=/bin/x\n",
        "/etc/systemd/system/gone.service": "-> /dev/null",
        "/usr/lib/systemd/system/gone.service": Self.installable,
        "/usr/lib/systemd/system/bysocket.service": Self.installable,
        "/usr/lib/systemd/system/bus.service": "[Service]\nBusName=org.bus\n",
        "/usr/share/dbus-1/system-services/org.bus.service":
          "[D-BUS Service]\nName=org.bus\nSystemdService=bus.service\n",
        "/usr/lib/systemd/system-preset/1.preset": "enable off.service\ndisable *\n",
      ], machineID: machineID)
    guest.addStarted(
      "on.service", "[Service]\nExecStart=/bin/x\nProtectSystem=full\nNoNewPrivileges=1\nUser=\n")
    guest.addStarted("skipped.service", "[Unit]\nConditionPathExists=/etc/nothing\n")
    guest.addStarted("bysocket.socket", "[Socket]\nListenStream=1\n", by: "sockets.target")
    guest.add([
      "/etc/systemd/system/on.service.d/9.conf": "[Service]\nProtectSystem=strict\nReadOnlyPaths=/a /b\n"
    ])
    return guest
  }

  private func verdict(_ name: String, _ state: String, via: [String] = []) throws -> Outcome.Verdict {
    var parameters: [String: ParameterValue] = ["name": .list([name]), "state": .text(state)]
    if !via.isEmpty { parameters["via"] = .list(via) }
    let outcomes = try answers(UnitKind.self, parameters, guest())
    #expect(outcomes.count == 1)
    return try #require(outcomes.first).verdict
  }

  @Test(arguments: [
    ("on", ["enabled", "static"]), ("off", ["disabled"]), ("gone", ["disabled", "masked"]),
    ("nothing", ["disabled", "absent"]), ("fixed", ["disabled", "static"]),
    ("skipped", ["disabled", "static"]),
    ("bysocket", ["enabled"]), ("bysocket.socket", ["enabled", "static"]), ("bus", ["disabled", "static"]),
  ])
  func states(_ name: String, _ holding: [String]) throws {
    for state in ["enabled", "disabled", "masked", "absent", "static"] {
      #expect(try (verdict(name, state) == .pass) == holding.contains(state), "\(name) \(state)")
    }
  }

  @Test(arguments: [
    ("bysocket", ["boot"], false), ("bysocket", ["socket"], true), ("bus", ["bus"], true),
    ("on", ["socket"], false),
  ])
  func via(_ name: String, _ ways: [String], isEnabled: Bool) throws {
    #expect(try verdict(name, "enabled", via: ways) == (isEnabled ? .pass : .fail))
    #expect(try verdict(name, "disabled", via: ways) == (isEnabled ? .fail : .pass))
  }

  @Test(arguments: [nil, "uninitialized\n", ""] as [String?]) func theFirstBootEnables(_ machineID: String?)
    throws
  {
    let outcomes = try answers(
      UnitKind.self, ["name": .list(["off"]), "state": .text("disabled")], guest(machineID: machineID))
    #expect(outcomes.first?.verdict == (machineID == "" ? .pass : .fail))
    if machineID != "" { #expect(outcomes.first?.actual.contains("presets of the first boot") == true) }
  }

  @Test func severalNames() throws {
    func outcomes(_ names: [String], _ state: String) throws -> [Outcome] {
      try answers(UnitKind.self, ["name": .list(names), "state": .text(state)], guest())
    }
    #expect(try outcomes(["nothing", "on"], "enabled").map(\.verdict) == [.pass])
    #expect(
      try outcomes(["nothing", "on", "bysocket"], "disabled").map(\.subject) == [
        "on.service", "bysocket.service",
      ])
    #expect(try outcomes(["nothing", "gone"], "masked").map(\.verdict) == [.pass])
    #expect(try outcomes(["nothing", "off"], "disabled").map(\.verdict) == [.pass])
  }

  @Test(
    arguments: [
      ("Service/ProtectSystem", "equals", .text("strict"), true),
      ("Service/ProtectSystem", "in", .list(["full"]), false),
      ("Service/NoNewPrivileges", "equals", .text("yes"), true),
      ("Service/PrivateTmp", "equals", .text("no"), true),
      ("Service/PrivateTmp", "equals", .text("yes"), false), ("Service/User", "equals", .text("root"), true),
      ("Service/ReadOnlyPaths", "contains", .list(["/b"]), true),
      ("Service/ReadOnlyPaths", "subset_of", .list(["/b"]), false),
      ("Service/ExecStart", "matches", .text("^/bin/x"), true), ("Service/Nice", "equals", .text("0"), false),
    ] as [(String, String, ParameterValue, Bool)])
  func settings(_ setting: String, _ operation: String, _ operand: ParameterValue, holds: Bool) throws {
    let outcomes = try answers(
      UnitKind.self, ["name": .list(["on"]), "setting": .text(setting), operation: operand], guest())
    #expect(outcomes.map(\.verdict) == [holds ? .pass : .fail])
  }

  @Test func aSettingShowsWhatItShadows() throws {
    let outcome = try #require(
      answers(
        UnitKind.self,
        ["name": .list(["on"]), "setting": .text("Service/ProtectSystem"), "equals": .text("no")],
        guest()
      ).first)
    #expect(
      outcome.evidence.map(\.path) == [
        "/etc/systemd/system/on.service.d/9.conf", "/usr/lib/systemd/system/on.service",
      ])
    #expect(outcome.evidence[1].origin == "vendor, shadowed")
  }

  @Test func anotherInitSystemIsUndecided() throws {
    let guest = GuestFixture(["/sbin/init": "ELF"])
    #expect(throws: EvidenceGap.self) {
      try answers(UnitKind.self, ["name": .list(["x"]), "state": .text("disabled")], guest)
    }
  }

  @Test(
    arguments: [
      ["name": .list(["a"])], ["name": .list(["a/b"]), "state": .text("enabled")],
      ["name": .list(["a"]), "state": .text("enabled"), "via": .list(["magic"])],
      ["name": .list(["a"]), "state": .text("masked"), "via": .list(["boot"])],
      ["name": .list(["a"]), "setting": .text("User"), "equals": .text("x")],
      ["name": .list(["a"]), "setting": .text("Service/User")], ["name": .list(["a"]), "equals": .text("x")],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try UnitKind(Parameters(parameters)) }
  }

  @Test func fixes() throws {
    func fix(_ parameters: [String: ParameterValue]) throws -> String? {
      try UnitKind(Parameters(parameters)).fix?.shell
    }
    #expect(try fix(["name": .list(["a"]), "state": .text("masked")]) == "systemctl mask a.service")
    #expect(
      try fix(["name": .list(["a"]), "setting": .text("Service/User"), "equals": .text("x y")])?
        .contains("'User=x y' > /etc/systemd/system/a.service.d/90-hardening.conf") == true)
  }
}
