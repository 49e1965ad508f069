import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AppArmorPolicyTests {
  private func modes(_ files: [String: String], _ more: (MemoryFilesystem) -> Void = { _ in }) throws
    -> [String]
  {
    let guest = GuestFixture(files)
    more(guest.filesystem)
    return try guest.model(AppArmorPolicy.self).profiles.map { "\($0.name) \($0.mode.rawValue)" }
  }

  @Test(arguments: [
    ("/usr/bin/a {\n}\n", ["/usr/bin/a enforce"]),
    ("profile a /usr/bin/a flags=(complain) {\n}\n", ["a complain"]),
    ("profile a /usr/bin/a flags=(attach_disconnected, complain, audit)\n{\n}\n", ["a complain"]),
    ("/usr/bin/a flags = (complain) {\n}\n", ["/usr/bin/a complain"]),
    ("/usr/bin/a (complain) {\n}\n", ["/usr/bin/a complain"]),
    ("profile a flags=(unconfined) {\n  userns,\n}\n", ["a unconfined"]),
    ("profile a xattrs=(security.flag=complain) {\n}\n", ["a enforce"]),
    ("profile \"with blank\" \"/opt/a b\" flags=(kill) {\n}\n", ["with blank kill"]),
    // A glob's braces are no block, a comment no head, an include ends with its line.
    (
      "abi <abi/4.0>,\ninclude <tunables/global>\n@{exec} = /usr/{,s}bin/a /opt/{b,c}\n"
        + "# profile z flags=(complain) {\nprofile a /usr/{,s}bin/{a,b}{,.sh} flags=(complain) {\n"
        + "  #include <abstractions/base>\n  /etc/{passwd,group} r,\n  @{HOME}/.{a,b}/** rw,\n"
        + "  capability { setuid setgid },\n}\n/usr/bin/b {\n}\n", ["a complain", "/usr/bin/b enforce"]
    ),
    // Children and hats have modes of their own.
    (
      "profile a flags=(complain) {\n  profile child {\n    /x r,\n  }\n  ^hat flags=(complain) {\n  }\n"
        + "  hat other {\n  }\n  dbus (send, receive) bus=system,\n  deny {\n  }\n}\n",
      ["a complain", "a//child enforce", "a//hat complain", "a//other enforce"]
    ),
    (
      "/usr/bin/a{\n}\n/usr/bin/b { }\n/usr/bin/c {} /usr/bin/d {\n}\n",
      ["/usr/bin/a enforce", "/usr/bin/b enforce", "/usr/bin/c enforce", "/usr/bin/d enforce"]
    ),
    ("", []), ("{\n}\n}\n}\n", []), ("profile", []), ("profile {", []),
  ])
  func heads(_ row: (text: String, profiles: [String])) throws {
    #expect(try modes(["/etc/apparmor.d/a": row.text]) == row.profiles)
  }

  @Test func filesThatAreNotLoaded() throws {
    let profile = "/usr/bin/a {\n}\n"
    let files = [
      "a.dpkg-old", "a.rpmsave", "a~", ".a", "tunables/a", "abstractions/b", "local/c", "disable/d",
    ].map { ("/etc/apparmor.d/" + $0, profile) }
    #expect(try modes(Dictionary(files) { $1 }).isEmpty)
  }

  @Test func links() throws {
    let text = "/usr/bin/%s {\n}\n"
    let files = Dictionary(
      uniqueKeysWithValues: ["a", "b", "c", "d"].map {
        ("/etc/apparmor.d/\($0)", text.replacing("%s", with: $0))
      })
    let modes = try modes(files) {
      $0.addLink("/etc/apparmor.d/disable/a", to: "/etc/apparmor.d/a")
      $0.addLink("/etc/apparmor.d/force-complain/b", to: "../b")
      // A link that leads nowhere does nothing.
      $0.addLink("/etc/apparmor.d/disable/c", to: "/etc/apparmor.d/nowhere")
      $0.addLink("/etc/apparmor.d/linked", to: "d")
      $0.addLink("/etc/apparmor.d/loop", to: "loop")
    }
    #expect(
      modes == ["/usr/bin/b complain", "/usr/bin/c enforce", "/usr/bin/d enforce", "/usr/bin/d enforce"])
  }

  @Test func deepBracesEndTheReading() throws {
    let text = String(repeating: "profile a {\n", count: 100_000)
    #expect(try modes(["/etc/apparmor.d/a": text]).count == 64)
    #expect(try modes(["/etc/apparmor.d/a": String(repeating: "}", count: 500_000)]).isEmpty)
  }

  @Test(
    arguments: [
      ("enabled", true, nil), ("disabled", true, "nothing starts apparmor.service at boot"),
      ("masked", true, "apparmor.service is masked"), ("absent", true, "there is no apparmor.service"),
      ("enabled", false, "apparmor_parser is not installed"),
    ] as [(String, Bool, String?)])
  func start(_ row: (state: String, hasParser: Bool, obstacle: String?)) throws {
    let guest = GuestFixture(["/usr/lib/systemd/system/sysinit.target": "[Unit]\n", "/etc/machine-id": "1\n"])
    let unit = "/usr/lib/systemd/system/apparmor.service"
    if row.hasParser { guest.filesystem.addFile("/usr/sbin/apparmor_parser", "", mode: 0o755) }
    if row.state != "absent" {
      guest.filesystem.addFile(unit, "[Service]\nExecStart=/lib/x\n[Install]\nWantedBy=sysinit.target\n")
    }
    if row.state == "enabled" {
      guest.filesystem.addLink("/etc/systemd/system/sysinit.target.wants/apparmor.service", to: unit)
    }
    if row.state == "masked" {
      guest.filesystem.addLink("/etc/systemd/system/apparmor.service", to: "/dev/null")
    }
    let policy = try guest.model(AppArmorPolicy.self)
    #expect(policy.obstacle == row.obstacle)
    #expect((policy.start == nil) == (row.obstacle != nil))
  }
}
