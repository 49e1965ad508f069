extension GuestFixture {
  /// A guest with systemd that starts `services` at boot, and systemd-sysctl among them unless told otherwise.
  public static func withSystemd(
    _ files: [String: String] = [:], services: [String: String] = [:], appliesSysctl: Bool = true
  ) -> GuestFixture {
    let units = "/usr/lib/systemd/system"
    let guest = GuestFixture(files)
    let filesystem = guest.filesystem
    filesystem.addFile("/usr/lib/systemd/systemd", "")
    filesystem.addFile("\(units)/default.target", "[Unit]\nRequires=sysinit.target\n")
    filesystem.addFile("\(units)/sysinit.target", "[Unit]\nDescription=System Initialization\n")
    var services = services
    if appliesSysctl {
      services["systemd-sysctl.service"] = "[Service]\nExecStart=/usr/lib/systemd/systemd-sysctl\n"
    }
    for (name, text) in services {
      filesystem.addFile("\(units)/\(name)", text)
      filesystem.addLink("\(units)/sysinit.target.wants/\(name)", to: "../\(name)")
    }
    return guest
  }
}
