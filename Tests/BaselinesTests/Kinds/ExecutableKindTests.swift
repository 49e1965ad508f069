import Baselines
import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct ExecutableKindTests {
  private func outcomes(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [Outcome] {
    let kind = try ExecutableKind(Parameters(parameters))
    return try kind.evaluate(try guest.collected(by: kind.plan))
  }

  private func failing(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [String] {
    try outcomes(parameters, guest).filter { $0.verdict == .fail }.map(\.subject)
  }

  /// One program for each fault, named after the requirement that it does not meet.
  private func faulty() -> GuestFixture {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
    ])
    guest.addProgram("/usr/bin/good") { $0.dynamic = [(21, 0), (24, 0)] }
    guest.addProgram("/usr/bin/pie") { $0.type = 2 }
    guest.addProgram("/usr/bin/nx") { $0.stack = 7 }
    guest.addProgram("/usr/bin/no_wx") { $0.load = 7 }
    guest.addProgram("/usr/bin/no_textrel") { $0.dynamic += [(22, 0)] }
    guest.addProgram("/usr/bin/relro") {
      $0.hasRelro = false
      $0.dynamic = [(21, 0), (24, 0)]
    }
    guest.addProgram("/usr/bin/bind_now") { $0.dynamic += [(23, 0)] }
    guest.addProgram("/usr/bin/canary") { $0.imports = ["puts"] }
    guest.addProgram("/usr/bin/fortify") { $0.imports = ["__stack_chk_fail", "strcpy"] }
    guest.addProgram("/usr/bin/stripped") { $0.sections = [(".symtab", 2, [])] }
    return guest
  }

  @Test(arguments: [
    "pie", "nx", "no_wx", "no_textrel", "relro", "bind_now", "canary", "fortify", "stripped",
  ]) func eachRequirement(_ word: String) throws {
    #expect(try failing(["require": .list([word])], faulty()) == ["/usr/bin/\(word)"])
  }

  @Test func whatMeetsTheRequirementPassesOnce() throws {
    let guest = GuestFixture()
    guest.addProgram("/usr/bin/good")
    let outcomes = try outcomes(["require": .list(["pie", "nx"])], guest)
    #expect(outcomes.map(\.verdict) == [.pass])
    #expect(outcomes.first?.actual == "holds for all 1")
  }

  @Test func librariesObjectFilesModulesAndScripts() throws {
    let guest = GuestFixture()
    guest.addProgram("/usr/lib/libx.so.1", mode: 0o644) {
      $0.stack = 7
      $0.interpreter = nil
      $0.dynamic = []
    }
    guest.addProgram("/usr/lib/libdata.txt", mode: 0o644) { $0.stack = 7 }
    guest.addProgram("/usr/bin/object.o") { $0.type = 1 }
    guest.addProgram("/usr/lib/modules/6.1/vdso64.so") { $0.stack = 7 }
    guest.filesystem.addFile(
      "/usr/bin/script", "#!/bin/sh\n" + String(repeating: "x", count: 100), mode: 0o755)
    #expect(try failing(["require": .list(["nx"])], guest) == ["/usr/lib/libx.so.1"])
    #expect(try failing(["require": .list(["pie"])], guest) == [])
  }

  @Test func compilersOfOtherLanguagesMakeNoCanaries() throws {
    let guest = GuestFixture()
    for (name, section) in [("go", ".go.buildinfo"), ("rust", ".dep-v0"), ("c", ".text")] {
      guest.addProgram("/usr/bin/\(name)") {
        $0.imports = ["puts"]
        $0.type = 2
        $0.sections = [(section, 1, [])]
      }
    }
    #expect(try failing(["require": .list(["canary"])], guest) == ["/usr/bin/c"])
    let other: [String: ParameterValue] = [
      "require": .list(["pie"]), "where": .mapping(["languages": .list(["rust", "other"])]),
    ]
    #expect(try failing(other, guest) == ["/usr/bin/c", "/usr/bin/rust"])
  }

  private func privileged() -> GuestFixture {
    let guest = bootable()
    let fixed: (inout ELFSample) -> Void = { $0.type = 2 }
    guest.addProgram("/usr/bin/plain", fixed)
    guest.addProgram("/usr/bin/setuid", mode: 0o4755, fixed)
    guest.addProgram("/usr/bin/setgid", mode: 0o2755, fixed)
    guest.addProgram("/usr/bin/cap", attributes: [.init(name: "security.capability", value: [1])], fixed)
    guest.addProgram("/usr/sbin/daemon", fixed)
    guest.addProgram("/usr/sbin/idle", fixed)
    guest.addStarted("d.service", "[Service]\nExecStart=-/usr/sbin/daemon -x\n")
    guest.filesystem.addFile("/usr/lib/systemd/system/i.service", "[Service]\nExecStart=/usr/sbin/idle\n")
    return guest
  }

  @Test(
    arguments: [
      (["setuid": true], ["cap", "setgid", "setuid"]), (["daemons": true], ["daemon"]),
      (["setuid": true, "daemons": true], ["cap", "daemon", "setgid", "setuid"]),
      (["setuid": false, "daemons": false], ["idle", "plain"]),
    ] as [([String: Bool], [String])])
  func privilege(_ selection: [String: Bool], _ expected: [String]) throws {
    let parameters: [String: ParameterValue] = [
      "require": .list(["pie"]), "where": .mapping(selection.mapValues { .boolean($0) }),
    ]
    let names = try failing(parameters, privileged()).compactMap {
      $0.split(separator: "/").last.map(String.init)
    }
    #expect(names.sorted() == expected)
  }

  @Test func packagesAreNamed() throws {
    let guest = faulty()
    guest.filesystem.addFile("/var/lib/dpkg/info/owner.list", "/usr/bin/pie\n")
    guest.addProgram("/opt/tool") { $0.type = 2 }
    let all = try outcomes(["require": .list(["pie"])], guest)
    #expect(all.map(\.subject) == ["/opt/tool", "/usr/bin/pie"])
    #expect(all.map(\.actual) == ["at a fixed address (no package)", "at a fixed address (package owner)"])
    let unpackaged: [String: ParameterValue] = [
      "require": .list(["pie"]), "where": .mapping(["packaged": .boolean(false)]),
    ]
    #expect(try failing(unpackaged, guest) == ["/opt/tool"])
    #expect(
      try failing(["require": .list(["pie"]), "allow": .list(["/opt/*", "/usr/bin/pie owner"])], guest) == [])
    #expect(
      try failing(["require": .list(["pie"]), "allow": .list(["/usr/bin/pie other"])], guest).count == 2)
  }

  @Test func aSummaryIsOneFinding() throws {
    let guest = GuestFixture()
    for number in 0..<900 { guest.addProgram("/usr/bin/p\(number)") { $0.dynamic += [(23, 0)] } }
    let outcomes = try outcomes(["require": .list(["bind_now"]), "summarise": .boolean(true)], guest)
    #expect(outcomes.count == 1)
    #expect(outcomes.first?.subject == "programs and libraries")
    #expect(outcomes.first?.actual.hasPrefix("not so for 900 of 900, 900 of them from no package: ") == true)
  }

  @Test(
    arguments: [
      ("", "an empty entry, the current directory"), ("lib", "'lib' is relative to the current directory"),
      ("/tmp/x", "'/tmp/x' is below /tmp, where everybody can write"),
      ("/opt/open", "'/opt/open' can be written by everybody"),
      ("/opt/open/a/b", "'/opt/open/a/b' does not exist and can be made by everybody"),
      ("/home/alice/lib", "'/home/alice/lib' does not exist and can be made by owner alice"),
      ("/home/nobody/lib", "'/home/nobody/lib' is the home of an account that does not exist"),
      ("$ORIGIN/../open", "'$ORIGIN/../open' can be written by everybody"),
      ("$ORIGIN/../../usr/lib", nil), ("${ORIGIN}", nil), ("/opt/app/lib", nil),
      ("/usr/lib/$PLATFORM/x", nil),
      ("/missing/lib", nil),
    ] as [(String, String?)])
  func libraryPaths(_ entry: String, _ risk: String?) throws {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
    ])
    guest.filesystem.addDirectory("/opt/open", mode: 0o777)
    guest.filesystem.addDirectory("/opt/app/lib")
    guest.filesystem.addDirectory("/usr/lib")
    guest.filesystem.addDirectory("/home/alice", uid: 1000, gid: 1000)
    guest.addProgram("/opt/app/tool") { $0.texts = [(29, entry)] }
    let outcomes = try outcomes(["rpath": .text("safe")], guest)
    #expect(outcomes.first?.actual == risk.map { $0 + " (package unknown)" } ?? "holds for all 1")
  }

  @Test func originOfPrivilegedProgramsAndOfOnesOwn() throws {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
    ])
    guest.filesystem.addDirectory("/home/alice", uid: 1000, gid: 1000)
    guest.addProgram("/home/alice/own", uid: 1000, gid: 1000) { $0.texts = [(29, "$ORIGIN")] }
    guest.addProgram("/opt/a/su", mode: 0o4755) { $0.texts = [(29, "$ORIGIN")] }
    #expect(try failing(["rpath": .text("safe")], guest) == ["/opt/a/su"])
    #expect(try failing(["rpath": .text("none")], guest) == ["/home/alice/own", "/opt/a/su"])
  }

  /// DT_RPATH does not count where there is DT_RUNPATH.
  @Test func runpathReplacesRpath() throws {
    let guest = GuestFixture()
    guest.addProgram("/usr/bin/both") { $0.texts = [(15, "/tmp"), (29, "/usr/lib")] }
    guest.addProgram("/usr/bin/old") { $0.texts = [(15, "/tmp")] }
    #expect(try failing(["rpath": .text("safe")], guest) == ["/usr/bin/old"])
  }

  @Test(arguments: [
    ("/lib64/ld-linux-x86-64.so.2", true), ("/lib/ld-musl-x86_64.so.1", true), ("/tmp/ld.so", false),
    ("/lib/klibc-x.so", true), ("ld.so", false), ("/lib64/evil", false), ("/nix/store/x/ld.so", true),
  ]) func interpreters(_ path: String, _ isUsual: Bool) throws {
    let guest = GuestFixture()
    guest.addProgram("/usr/bin/p") { $0.interpreter = path }
    let parameters: [String: ParameterValue] = [
      "interpreter": .text("usual"), "interpreters": .list(["/nix/store/*/ld.so"]),
    ]
    #expect(try failing(parameters, guest).isEmpty == isUsual)
  }

  @Test func whatCannotBeReadIsUndecided() throws {
    let guest = GuestFixture()
    guest.addProgram("/usr/bin/good")
    let broken = Array(ELFSample().bytes.prefix(300))
    guest.filesystem.addFile("/usr/bin/cut", .bytes(broken), mode: 0o755)
    let outcomes = try outcomes(["require": .list(["nx"])], guest)
    #expect(outcomes.map(\.subject) == ["/usr/bin/cut"])
    guard case .undecided = outcomes.first?.verdict else { throw Mismatch() }
  }

  @Test func manyUnreadableFilesAreOneAnswerInASummary() throws {
    let guest = GuestFixture()
    let broken = Array(ELFSample().bytes.prefix(300))
    for number in 0..<300 { guest.filesystem.addFile("/usr/bin/c\(number)", .bytes(broken), mode: 0o755) }
    let single = try outcomes(["require": .list(["nx"])], guest)
    #expect(single.count == 201)
    #expect(single.last?.actual.hasPrefix("100 files could not be read") == true)
    #expect(try outcomes(["require": .list(["nx"]), "summarise": .boolean(true)], guest).count == 1)
    let elsewhere: [String: ParameterValue] = [
      "require": .list(["nx"]), "where": .mapping(["paths": .list(["/opt/**"])]),
    ]
    #expect(try outcomes(elsewhere, guest).map(\.verdict) == [.pass])
  }

  @Test func aLibraryPathWhereNothingIsKnownIsUndecided() throws {
    let guest = GuestFixture()
    guest.filesystem.addGap("/mnt/share", reason: "on the network", kind: .networkMount)
    guest.addProgram("/usr/bin/p") { $0.texts = [(29, "/mnt/share/lib")] }
    let outcomes = try outcomes(["rpath": .text("safe")], guest)
    #expect(outcomes.map(\.verdict) == [.undecided(reason: "/usr/bin/p: /mnt/share: on the network")])
  }

  private struct Mismatch: Error {}

  @Test func filesOfPE() throws {
    let guest = GuestFixture()
    var sample = PESample()
    guest.filesystem.addFile("/boot/efi/EFI/a.efi", .bytes(sample.bytes))
    sample.dllCharacteristics = 0
    guest.filesystem.addFile("/boot/efi/EFI/b.EFI", .bytes(sample.bytes))
    #expect(try failing(["require_pe": .list(["nx", "aslr"])], guest) == ["/boot/efi/EFI/b.EFI"])
    #expect(try failing(["require_pe": .list(["signed"])], guest).count == 2)
  }

  @Test(
    arguments: [
      ["require": .list(["x"])], [:], ["require_pe": .list(["x"])],
      ["require": .list(["nx"]), "where": .mapping(["languages": .list(["c"])])],
    ] as [[String: ParameterValue]])
  func wrongParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try ExecutableKind(Parameters(parameters)) }
  }
}
