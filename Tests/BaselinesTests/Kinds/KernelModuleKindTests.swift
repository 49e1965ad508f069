import Baselines
import TestSupport
import Testing

@Suite struct KernelModuleKindTests {
  private static let shipped = ["/lib/modules/6.1/modules.dep": "kernel/net/sctp/sctp.ko.xz:\n"]

  private func verdict(
    _ modprobe: String, _ files: [String: String] = Self.shipped, _ parameters: [String: ParameterValue] = [:]
  ) throws -> Outcome? {
    let guest = GuestFixture(files.merging(["/etc/modprobe.d/a.conf": modprobe]) { $1 })
    return try answers(
      KernelModuleKind.self, parameters.merging(["names": .list(["sctp"])]) { given, _ in given }, guest
    ).first
  }

  @Test(arguments: [
    ("", Outcome.Verdict.fail, "can be loaded (kernel 6.1)"),
    ("blacklist sctp", .fail, "only blacklisted, which stops aliases but not modprobe sctp"),
    ("install sctp /bin/false", .pass, "modprobe runs /bin/false in its place"),
    ("install sctp /bin/true", .pass, "modprobe runs /bin/true in its place"),
    ("install sctp /sbin/x", .fail, "modprobe runs '/sbin/x' in its place, which may load it"),
  ])
  func shippedModule(modprobe: String, expected: Outcome.Verdict, actual: String) throws {
    let found = try verdict(modprobe)
    #expect(found?.verdict == expected)
    #expect(found?.actual == actual)
    #expect(found?.subject == "sctp")
  }

  @Test(arguments: [
    ("install sctp /bin/false", Outcome.Verdict.fail), ("blacklist sctp", .fail),
    ("install sctp /bin/false\nblacklist sctp", .pass),
  ])
  func bothWanted(modprobe: String, expected: Outcome.Verdict) throws {
    #expect(try verdict(modprobe, Self.shipped, ["require_blacklist": .boolean(true)])?.verdict == expected)
  }

  @Test func notShippedOrBuiltIn() throws {
    let absent = try verdict("", ["/lib/modules/6.1/modules.dep": ""])
    #expect(absent?.verdict == .pass)
    #expect(absent?.actual == "no kernel in the image has it")
    let builtIn = ["/lib/modules/6.1/modules.builtin": "kernel/net/sctp/sctp.ko\n"]
    #expect(try verdict("install sctp /bin/false", builtIn)?.verdict == .fail)
  }

  @Test func withoutAKernelOnlyTheCommandDecides() throws {
    #expect(try verdict("install sctp /bin/false", [:])?.verdict == .pass)
    guard case .undecided = try verdict("blacklist sctp", [:])?.verdict else {
      Issue.record("decided")
      return
    }
  }

  @Test(arguments: [
    ("module_blacklist=sctp", Outcome.Verdict.pass), ("modprobe.blacklist=sctp", .fail), ("", .fail),
  ])
  func commandLine(text: String, expected: Outcome.Verdict) throws {
    let menu = "menuentry 'a' {\n linux /boot/vmlinuz-6.1 ro \(text)\n}\n"
    let files = Self.shipped.merging(["/boot/grub/grub.cfg": menu]) { $1 }
    #expect(try verdict("", files)?.verdict == expected)
    let builtIn = [
      "/boot/grub/grub.cfg": menu, "/lib/modules/6.1/modules.builtin": "kernel/net/sctp/sctp.ko\n",
    ]
    #expect(try verdict("", builtIn)?.verdict == .fail)
  }

  @Test func absentIsStricter() throws {
    let parameters: [String: ParameterValue] = ["availability": .text("absent")]
    #expect(try verdict("install sctp /bin/false", Self.shipped, parameters)?.verdict == .fail)
    #expect(try verdict("", ["/lib/modules/6.1/modules.dep": ""], parameters)?.verdict == .pass)
  }

  @Test func severalModules() throws {
    let found = try answers(
      KernelModuleKind.self, ["names": .list(["rds", "sctp"])], GuestFixture(Self.shipped))
    #expect(found.map(\.subject) == ["rds", "sctp"])
    #expect(found.map(\.verdict) == [.pass, .fail])
  }

  @Test func fix() throws {
    let parameters = Parameters(["names": .list(["usb-storage"]), "require_blacklist": .boolean(true)])
    let fix = try KernelModuleKind(parameters).fix
    #expect(fix?.shell.contains("'install usb-storage /bin/false' 'blacklist usb-storage'") == true)
    #expect(fix?.ansible.contains("    install usb-storage /bin/false\n    blacklist usb-storage\n") == true)
  }

  @Test(arguments: ["", "a b", "a'b", "a/b"]) func badNames(name: String) {
    #expect(throws: ParameterError.self) { try KernelModuleKind(Parameters(["names": .list([name])])) }
  }
}
