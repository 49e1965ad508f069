import Foundation
import TestSupport
import Testing

/// `--vm`, from the file to the report.
@Suite struct MachineCommandTests {
  private static let baseline = """
    id: machine
    version: 1.0.0
    title: Machine
    checks:
      - id: vm.tpm
        title: TPM
        severity: high
        when: {machine: true}
        machine: {question: tpm}
        references: {nist-800-53: [SI-7]}
        rationale: r
        remediation: r
    """

  private func workplace() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.write("baselines/machine.yaml", Self.baseline)
    return workplace
  }

  @Test func isJudgedWithTheImage() throws {
    let workplace = try workplace()
    try workplace.write("good.xml", try #require(MachineSamples.all["libvirt-hard"]))
    try workplace.write("bad.vmx", try #require(MachineSamples.all["vmx-weak"]))
    #expect(try workplace.run("scan", "web", "--baseline", "machine", "--vm", "good.xml").status == 0)
    let bad = try workplace.run("scan", "web", "--baseline", "machine", "--vm", "bad.vmx")
    #expect(bad.status == 1)
    #expect(bad.output.contains("vm.tpm"))
    let without = try workplace.run("scan", "web", "--baseline", "machine")
    #expect(without.output.contains("no VM definition was given"))
  }

  @Test func canStandInTheConfigurationFile() throws {
    let workplace = try workplace()
    try workplace.write("bad.vmx", try #require(MachineSamples.all["vmx-weak"]))
    try workplace.write("good.vmx", try #require(MachineSamples.all["vmx-hard"]))
    try workplace.write("brinell.yaml", "vm: bad.vmx\nbaseline: machine\n")
    #expect(try workplace.run("scan", "web").status == 1)
    #expect(try workplace.run("scan", "web", "--vm", "good.vmx").status == 0)
    #expect(try workplace.run("scan", "web", "web").status == 64)
  }

  @Test func whatIsDamagedEndsTheScan() throws {
    let workplace = try workplace()
    try workplace.write("cut.xml", "<domain type='kvm'>\n<name>")
    try workplace.write("empty.vmx", "")
    try workplace.write(
      "xxe.xml", "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><domain type='kvm'>&x;</domain>")
    try workplace.write("huge.ovf", "")
    try FileHandle(forWritingTo: URL(filePath: workplace.folder + "/huge.ovf")).truncate(atOffset: 100 << 20)
    for (file, message) in [
      ("cut.xml", "cut.xml:2: <name> is not closed"), ("empty.vmx", "empty.vmx: the file is empty"),
      ("xxe.xml", "xxe.xml:1: a document type with declarations"),
      ("huge.ovf", "huge.ovf: larger than 16 MiB"),
      ("absent.xml", "absent.xml: no such file"), ("/dev/zero", "/dev/zero: not a regular file"),
      ("baselines", "baselines: not a regular file"),
    ] {
      let run = try workplace.run("scan", "web", "--baseline", "machine", "--vm", file)
      #expect(run.status == 2, "\(file)")
      #expect(run.errorLines.count == 1, "\(run.error)")
      #expect(run.error.hasPrefix("brinell: " + message), "\(run.error)")
      #expect(run.output == "")
    }
  }

  @Test func belongsToOneTarget() throws {
    let workplace = try workplace()
    try workplace.write("vm.xml", try #require(MachineSamples.all["libvirt-hard"]))
    let run = try workplace.run("scan", "web", "web", "--baseline", "machine", "--vm", "vm.xml")
    #expect(run.status == 64)
    #expect(run.error.contains("--vm is the machine of one target"))
  }

  @Test func isReadOutOfAnArchive() throws {
    let workplace = try workplace()
    try workplace.write("vm.ovf", try #require(MachineSamples.all["ovf-hard"]))
    try workplace.write("disk1.vmdk", String(repeating: "x", count: 5_000))
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = [
      "tar", "-C", workplace.folder, "--format=ustar", "-cf", workplace.folder + "/vm.ova", "vm.ovf",
      "disk1.vmdk",
    ]
    try tar.run()
    tar.waitUntilExit()
    #expect(try workplace.run("scan", "web", "--baseline", "machine", "--vm", "vm.ova").status == 0)
    try workplace.write("vm.ovf", "<Envelope>")
    try tar.arguments.map { arguments in
      let again = Process()
      again.executableURL = tar.executableURL
      again.arguments = arguments
      try again.run()
      again.waitUntilExit()
    }
    let run = try workplace.run("scan", "web", "--baseline", "machine", "--vm", "vm.ova")
    #expect(run.status == 2)
    #expect(run.error.hasPrefix("brinell: vm.ova (vm.ovf):1: <Envelope> is not closed"), "\(run.error)")
  }
}
