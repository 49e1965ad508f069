import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct DconfKindTests {
  private static let key = "/org/gnome/desktop/session/idle-delay"

  /// The profile `user` with the databases local and site, compiled at time 10.
  private func guest(
    local: [String: String] = [:], site: [String: String] = [:], compiled: Bool = true, modified: Int64 = 5
  ) -> GuestFixture {
    let guest = GuestFixture([
      "/etc/dconf/profile/user": "user-db:user\nsystem-db:local # first\nsystem-db:site\n"
    ])
    for (database, files) in [("local", local), ("site", site)] {
      if compiled {
        guest.filesystem.addFile("/etc/dconf/db/\(database)", .bytes([71, 86]), modified: 10)
      }
      guest.filesystem.addDirectory("/etc/dconf/db/\(database).d")
      for (name, text) in files {
        guest.filesystem.addFile(
          "/etc/dconf/db/\(database).d/\(name)", .bytes(Array(text.utf8)), modified: modified)
      }
    }
    return guest
  }

  private static let idle = "[org/gnome/desktop/session]\nidle-delay=uint32 900\n"

  private func answer(
    _ guest: GuestFixture, _ parameters: [String: ParameterValue] = ["at_most": .integer(900)]
  ) throws -> (passes: Bool, actual: String) {
    let outcome = try #require(
      try answers(DconfKind.self, parameters.merging(["key": .text(Self.key)]) { $1 }, guest).first)
    return (outcome.verdict == .pass, outcome.actual)
  }

  @Test func valuesComeFromTheStrongestDatabase() throws {
    let other = "[org/gnome/desktop/session]\nidle-delay=uint32 5000\n"
    #expect(try answer(guest(local: ["00": Self.idle], site: ["00": other])) == (true, "900"))
    #expect(try answer(guest(local: ["00": other], site: ["00": Self.idle])) == (false, "5000"))
    #expect(try answer(guest(local: ["00": Self.idle, "99": other])) == (false, "5000"))
    #expect(try answer(guest(local: ["99": Self.idle, "00": other])) == (true, "900"))
  }

  @Test func aLockMakesAWeakerDatabaseDecide() throws {
    let other = "[org/gnome/desktop/session]\nidle-delay=uint32 5000\n"
    let locks = ["00": Self.idle, "locks/00": "# comment\n\(Self.key)\n"]
    let locked: [String: ParameterValue] = ["at_most": .integer(900), "locked": .boolean(true)]
    #expect(try answer(guest(local: ["00": other], site: locks), locked) == (true, "900, locked"))
    #expect(try answer(guest(local: ["00": Self.idle]), locked) == (false, "900, not locked"))
    #expect(try answer(guest(local: ["00": Self.idle]), ["locked": .boolean(false)]).passes)
  }

  @Test func textThatWasNotCompiledHasNoEffect() throws {
    let never = try answer(guest(local: ["00": Self.idle], compiled: false), ["equals": .text("900")])
    #expect(!never.passes && never.actual.contains("was not compiled"))
    let stale = try answer(guest(local: ["00": Self.idle], modified: 11), ["equals": .text("900")])
    #expect(!stale.passes && stale.actual.contains("is older than"))
  }

  @Test func withoutAnyDatabaseTheSchemaDecides() throws {
    #expect(try answer(GuestFixture()) == (true, "300 (compiled default)"))
    #expect(try answer(GuestFixture(), ["at_most": .integer(60)]).passes == false)
    let unknown = try answers(
      DconfKind.self, ["key": .text("/a/b"), "equals": .text("x")], GuestFixture())
    #expect(unknown.map(\.actual) == ["not set"] && unknown[0].verdict == .fail)
  }

  @Test func aDatabaseWithoutItsTextIsUndecided() throws {
    let guest = GuestFixture([
      "/etc/dconf/profile/user": "user-db:user\nsystem-db:x\n", "/etc/dconf/db/x": "GVariant",
    ])
    #expect(throws: EvidenceGap.self) { try answer(guest) }
  }

  @Test func debianCompilesTheGreeterAtItsStart() throws {
    let guest = GuestFixture([
      "/usr/share/dconf/profile/gdm": "user-db:user\nfile-db:/var/lib/gdm3/greeter-dconf-defaults\n",
      "/etc/gdm3/greeter.dconf-defaults":
        "[org/gnome/login-screen]\nbanner-message-enable=true\nbanner-message-text='It\\'s \"ours\"'\n",
    ])
    guest.filesystem.addLink(
      "/usr/share/gdm/dconf/90-debian-settings", to: "/etc/gdm3/greeter.dconf-defaults")
    func outcome(_ key: String, _ value: String) throws -> Bool {
      let parameters: [String: ParameterValue] = [
        "key": .text("org/gnome/login-screen/\(key)"), "profile": .text("gdm"), "equals": .text(value),
      ]
      return try answers(DconfKind.self, parameters, guest).map(\.verdict) == [.pass]
    }
    #expect(try outcome("banner-message-enable", "true"))
    #expect(try outcome("banner-message-text", "It's \"ours\""))
  }

  @Test(
    arguments: [
      ["key": .text("/a/")], ["key": .text("/a/b")],
      ["key": .text("/a/b"), "profile": .text("../x"), "equals": .text("1")],
    ]
      as [[String: ParameterValue]])
  func refusesWhatMakesNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try DconfKind(Parameters(parameters)) }
  }
}
