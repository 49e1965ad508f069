import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct MountKindTests {
  private func outcomes(_ parameters: [String: ParameterValue], _ fstab: String) throws -> [Outcome] {
    let guest = bootable(["/etc/fstab": fstab])
    guest.filesystem.addFile(
      "/usr/lib/systemd/system-generators/systemd-fstab-generator", "ELF", mode: 0o755)
    return try answers(MountKind.self, parameters, guest)
  }

  private static let home = "/dev/vdb1 /home ext4 nosuid,nodev 0 2\n"
  private static let manual = "/dev/vdb1 /home ext4 nosuid,noauto 0 2\n"

  @Test(arguments: [
    (["separate": ParameterValue.boolean(true)], home, true),
    (["separate": .boolean(true)], "", false),
    (["separate": .boolean(false)], home, false),
    (["separate": .boolean(false)], "", true),
    (["separate": .boolean(true)], manual, false),
    (["separate": .boolean(true), "include_noauto": .boolean(true)], manual, true),
    (["separate": .boolean(true)], "/srv/home /home none bind 0 0\n", false),
    (["separate": .boolean(true), "options_all": .list(["noexec"])], home, false),
    (["options_all": .list(["nosuid", "nodev"])], home, true),
    (["options_all": .list(["nosuid", "noexec"])], home, false),
    (["options_all": .list(["nosuid"])], "", false),
    (["options_all": .list(["nosuid"]), "if_absent": .text("pass")], "", true),
    (["options_all": .list(["nosuid"])], manual, false),
    (["options_none": .list(["suid"])], home, true),
    (["options_none": .list(["exec"])], home, false),
    (["fstype": .list(["ext4", "xfs"])], home, true),
    (["fstype": .list(["xfs"])], home, false),
  ])
  func truth(_ parameters: [String: ParameterValue], _ fstab: String, _ passes: Bool) throws {
    let outcomes = try outcomes(parameters.merging(["target": .text("/home")]) { $1 }, fstab)
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
    #expect(outcomes.map(\.subject) == ["/home"])
  }

  @Test func saysWhatLacksAndWhere() throws {
    let found = try outcomes(
      ["target": .text("/home"), "options_all": .list(["noexec", "nodev"])], Self.home)
    #expect(found.first?.actual == "without noexec")
    #expect(found.first?.evidence.first?.line == 1 && found.first?.evidence.first?.path == "/etc/fstab")
    let absent = try outcomes(
      ["target": .text("/home"), "separate": .boolean(true)], "UUID=1 / ext4 ro 0 1\n")
    #expect(absent.first?.actual == "no mount point, part of /")
  }

  @Test func everyLocalDiskIsASubject() throws {
    let fstab = """
      UUID=1 / ext4 defaults 0 1
      LABEL=efi /boot/efi vfat nodev 0 1
      /dev/vdb1 /home ext4 defaults 0 2
      /dev/vdc1 /backup ext4 noauto 0 2
      tmpfs /x tmpfs defaults 0 0
      nas:/a /nas nfs defaults 0 0
      /dev/vdd1 none swap sw 0 0
      """
    let found = try outcomes(["every": .text("nonroot-local"), "options_all": .list(["nodev"])], fstab)
    #expect(found.map(\.subject) == ["/boot/efi", "/home"])
    #expect(found.map(\.verdict) == [.pass, .fail])
  }

  @Test(arguments: [
    [:], ["target": ParameterValue.text("/tmp")], ["target": .text("tmp"), "separate": .boolean(true)],
    ["every": .text("nonroot-local"), "separate": .boolean(true)],
    ["every": .text("nonroot-local"), "target": .text("/a"), "options_all": .list(["nodev"])],
    ["target": .text("/a"), "separate": .boolean(false), "options_all": .list(["nodev"])],
    ["target": .text("/a"), "separate": .boolean(true), "if_absent": .text("pass")],
  ])
  func refusesWhatMakesNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try MountKind(Parameters(parameters)) }
  }

  @Test func fixesWhatAreOptionsOnly() throws {
    func fix(_ parameters: [String: ParameterValue]) throws -> String? {
      try MountKind(Parameters(parameters)).fix?.shell
    }
    #expect(try fix(["target": .text("/tmp"), "separate": .boolean(true)]) == nil)
    let shm = try fix(["target": .text("/dev/shm"), "options_all": .list(["noexec"])])
    #expect(shm?.contains("tmpfs /dev/shm tmpfs nosuid,nodev,noexec 0 0") == true)
    let tmp = try fix(["target": .text("/tmp"), "options_all": .list(["noexec"])])
    #expect(tmp?.contains("tmp.mount.d") == true)
    let odd = try fix(["target": .text("/a'b"), "options_all": .list(["noexec"])])
    #expect(odd?.contains("t='/a'\\''b'") == true)
  }
}
