import Foundation
import TestSupport
import Testing

@testable import Facts

/// Files that come from anybody: hostile, damaged, in odd encodings.
@Suite struct MachineFileTests {
  private func read(_ text: String) throws -> MachineDefinition {
    try MachineDefinition.read(Array(text.utf8), path: "vm")
  }

  private func message(_ bytes: [UInt8]) -> String? {
    do {
      _ = try MachineDefinition.read(bytes, path: "vm")
      return nil
    } catch {
      return error.description
    }
  }

  @Test func formats() throws {
    for (name, text) in MachineSamples.all {
      #expect(try read(text).format.rawValue == String(name.prefix { $0 != "-" }), "\(name)")
    }
  }

  /// One line, in no time, and no file is opened.
  @Test func aBombOfEntities() {
    var bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE domain [\n<!ENTITY a \"aaaaaaaaaa\">\n"
    for (new, old) in zip("bcdefghij", "abcdefghi") {
      bomb += "<!ENTITY \(new) \"" + String(repeating: "&\(old);", count: 10) + "\">\n"
    }
    bomb += "]>\n<domain type='kvm'><name>&j;</name></domain>\n"
    #expect(message(Array(bomb.utf8)) == "vm:3: a document type with declarations")
  }

  @Test(arguments: [
    (
      "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><domain type='kvm'>&x;</domain>",
      "vm:1: a document type with declarations"
    ),
    (
      "<!DOCTYPE d SYSTEM \"http://127.0.0.1:9/x.dtd\">\n<domain type='kvm'><name>&x;</name></domain>",
      "vm:2: an entity that is not predefined"
    ),
    ("<domain type='kvm'>\n<name>x</name>", "vm:1: <domain> is not closed"),
    ("<domain type='kvm'><name>x</domain>", "vm:1: </domain> closes nothing"),
    ("<domain type='kvm", "vm:1: a value without an end"),
    ("<domain><name>x</name></domain>", "vm:1: <domain> lacks its type"),
    (
      "<network><name>x</name></network>",
      "vm: this XML is neither a libvirt domain nor an OVF descriptor; its root is <network>"
    ),
    ("<Envelope><References/></Envelope>", "vm:1: the envelope has no <VirtualSystem>"),
    (
      "<Envelope><VirtualSystemCollection><VirtualSystem/><VirtualSystem id='b'/></VirtualSystemCollection></Envelope>",
      "vm:1: a second <VirtualSystem>; give a descriptor with one machine"
    ),
    ("", "vm: the file is empty"), (" \n\n", "vm: the file is empty"),
    ("config.version = \"8\"\nname = \"cut", "vm:2: the quote after name is not closed"),
    ("config.version = \"8\"\nnonsense\n", "vm:2: not of the form name = \"value\""),
    ("config.version = \"8\"\na = \"1\"\nA = \"2\"\n", "vm:3: A is set twice, which VMware refuses to open"),
    (
      "hello world\n",
      "vm: neither a libvirt domain, an OVF descriptor, a VMX file nor a command line of QEMU"
    ),
    ("qemu-system-x86_64 -name 'cut\n-m 1\n", "vm:1: a quote is not closed"),
    (
      "qemu-system-x86_64 -m 1\nqemu-system-x86_64 -m 2\n",
      "vm:2: a second command line of QEMU; give a file with one"
    ),
    (
      "qemu-system-x86_64 \\\n -readconfig x.cfg\n",
      "vm:2: -readconfig names a further file, which is not read"
    ),
  ])
  func whatIsDamaged(_ text: String, _ expected: String) {
    #expect(message(Array(text.utf8)) == expected)
  }

  @Test func whatIsNoText() {
    #expect(message([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]) == "vm: not a definition of a machine: not text")
    #expect(message(Array("bash\u{0}-c\u{0}".utf8)) == "vm: the arguments of a process that is not QEMU")
    let large = [UInt8](repeating: 0x20, count: MachineDefinition.sizeLimit + 1)
    #expect(message(large) == "vm: larger than 16 MiB, which no definition of a machine is")
  }

  @Test func depthAndNumberAreBounded() {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(message(Array(deep.utf8)) == "vm:1: too many elements within elements")
    let wide = "<domain type='kvm'>" + String(repeating: "<a/>", count: 300_000) + "</domain>"
    #expect(message(Array(wide.utf8)) == "vm:1: too many elements")
  }

  @Test func aVMXOfManyLines() throws {
    var text = "config.version = \"8\"\nvtpm.present = \"TRUE\"\n"
    for number in 0..<100_000 { text += "guestinfo.x\(number) = \"y\"\n" }
    let start = ThreadClock.now
    let machine = try read(text)
    #expect(machine.settings.count == 100_002)
    #expect(machine.tpms.map(\.version) == ["2.0"])
    #expect(ThreadClock.now - start < .seconds(20))
  }

  @Test func utf16() throws {
    let text = try #require(MachineSamples.all["ovf-hard"])
    let little: [UInt8] = [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    let big: [UInt8] = [0xfe, 0xff] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    let plain = try read(text)
    for bytes in [little, big, Array(little.dropFirst(2)), [0xef, 0xbb, 0xbf] + Array(text.utf8)] {
      #expect(try MachineDefinition.read(bytes, path: "vm") == plain)
    }
    // Cut in the middle of a unit.
    #expect(message(Array(little.dropLast(401))) != nil)
    #expect(message([0xff, 0xfe]) == "vm: the file is empty")
    #expect(message([0xff, 0xfe, 0x3c]) == "vm: the file is empty")
  }

  @Test func singleByteEncodings() throws {
    var bytes = Array(".encoding = \"windows-1252\"\nconfig.version = \"8\"\ndisplayName = \"B".utf8)
    bytes += [0xfc, 0x72, 0x6f, 0x22, 0x0a]
    #expect(try MachineDefinition.read(bytes, path: "vm").settings["displayname"]?.value == "Büro")
    var xml = Array("<?xml version='1.0' encoding='ISO-8859-1'?><domain type='kvm'><cpu><model>".utf8)
    xml += [0xe9] + Array("</model></cpu></domain>".utf8)
    #expect(try MachineDefinition.read(xml, path: "vm").processor?.model == .named("é"))
    // Bytes that are no UTF-8 are replaced, not fatal.
    #expect(
      try MachineDefinition.read(Array("config.version = \"8\"\nx = \"".utf8) + [0xff, 0x22], path: "vm")
        .format == .vmx)
  }

  @Test func argumentsOfAProcess() throws {
    let words = ["/usr/bin/qemu-system-x86_64", "-cpu", "host", "-vnc", ":1", "-hda", "a b.img"]
    let bytes: [UInt8] = words.reduce(into: []) { $0 += Array($1.utf8) + [0] }
    let machine = try MachineDefinition.read(bytes, path: "cmdline")
    #expect(machine.displays.map(\.listening) == [.everywhere])
    #expect(machine.displays.first?.origin.line == 4)
    #expect(machine.architecture == "x86_64")
  }

  /// Many devices take time in proportion.
  @Test(arguments: [
    "graphics type='spice'", "interface type='user'", "controller type='fdc'", "disk type='file'", "channel",
  ])
  func manyDevices(_ element: String) throws {
    let devices = String(repeating: "<\(element)/>", count: 20_000)
    let start = ThreadClock.now
    _ = try read("<domain type='kvm'><devices>\(devices)</devices></domain>")
    #expect(ThreadClock.now - start < .seconds(20))
  }

  @Test func manyCardsOfVMware() throws {
    var text = "config.version = \"8\"\n"
    for number in 0..<5_000 {
      text += "ethernet\(number).present = \"TRUE\"\nethernet\(number).filter0.name = \"f\(number)\"\n"
    }
    let start = ThreadClock.now
    let machine = try read(text)
    #expect(machine.interfaces.count == 5_000)
    #expect(machine.interfaces.allSatisfy { $0.filter?.value == "f" + ($0.device ?? "").dropFirst(8) })
    #expect(ThreadClock.now - start < .seconds(20))
  }

  @Test func scriptsThatDoMore() throws {
    let machine = try read(
      """
      #!/bin/sh
      set -e
      sudo modprobe kvm
      apt-get install qemu-system-x86
      command -v qemu-system-x86_64
      A=1 taskset -c 0-3 qemu-system-x86_64 -unknown-switch -vnc :0 -m 1024
      """)
    #expect(machine.displays.map(\.listening) == [.everywhere])
    #expect(machine.displays.first?.origin.line == 6)
  }

  @Test func domainsOfXen() throws {
    let machine = try read(
      "<domain type='xen'><os><type>hvm</type><loader>/usr/lib/xen/boot/hvmloader</loader></os></domain>")
    #expect(machine.firmware.kind == .bios)
    #expect(machine.processor == nil)
    #expect(machine.silences[.processor] != nil)
  }
}
