import Facts
import TestSupport
import Testing

@testable import Baselines

/// For each format that can answer a question both ways there is a sample that passes and one that fails.
@Suite struct MachineCoverageTests {
  /// The formats in which a definition can pass and can fail: l libvirt, o OVF, v VMX, q QEMU.
  ///
  /// The others say nothing of it, or only one half: VMware and VirtualBox never translate, an OVF descriptor and QEMU's
  /// arguments cannot trust a card, `virsh dumpxml` leaves passwords out.
  private static let expressible = [
    "acceleration": "lq", "channel-encryption": "lvq", "clipboard": "lovq", "confinement": "l",
    "cpu-mitigations": "lovq", "device-passthrough": "lovq", "disk-cache": "lq", "disk-discard": "lq",
    "disk-encryption": "lvq", "disk-transport": "lq", "display-address": "lvq", "display-password": "vq",
    "display-tls": "lvq", "entropy": "lq", "file-transfer": "lovq", "guest-agent": "lq", "host-ports": "lvq",
    "legacy-devices": "lovq", "memory-dump": "lq", "memory-merging": "lovq", "migration": "q",
    "monitor": "lq",
    "nested-virtualisation": "lovq", "network-filter": "l", "network-trust": "lv", "plain-secrets": "lovq",
    "raw-arguments": "l", "sandbox": "q", "secure-boot": "lovq", "shared-folders": "lovq", "tpm": "lovq",
    "usb-redirection": "lq", "vmware-isolation": "v", "vmware-logging": "v",
  ]

  /// Questions that object to what is there and are silent where it is not.
  private static let objections: Set<String> = [
    "device-passthrough", "disk-discard", "guest-agent", "host-ports", "legacy-devices", "memory-dump",
    "monitor",
    "plain-secrets", "raw-arguments", "shared-folders", "usb-redirection",
  ]

  private enum Answer: Hashable { case passes, fails, objectsToNothing, isOpen }

  private static func answers(_ question: any MachineQuestion.Type, _ format: Character) throws -> Set<Answer>
  {
    var found: Set<Answer> = []
    for (name, text) in MachineSamples.all where name.first == format {
      let verdicts = question.answer(try MachineDefinition.read(Array(text.utf8), path: "vm")).map(\.verdict)
      let answer: Answer =
        if verdicts.isEmpty {
          .objectsToNothing
        } else if verdicts.contains(.fail) {
          .fails
        } else {
          verdicts.allSatisfy { $0 == .pass } ? .passes : .isOpen
        }
      found.insert(answer)
    }
    return found
  }

  @Test(arguments: MachineQuestions.names)
  func bothWaysInEveryFormat(_ name: String) throws {
    let question = try #require(MachineQuestions.all.first { $0.name == name })
    let formats = try #require(Self.expressible[name], "say in which formats \(name) is answered both ways")
    let pass: Answer = Self.objections.contains(name) ? .objectsToNothing : .passes
    for format in "lovq" {
      let found = try Self.answers(question, format)
      let isBoth = found.isSuperset(of: [pass, .fails])
      #expect(isBoth == formats.contains(format), "\(format): \(found)")
      if pass == .objectsToNothing { #expect(!found.contains(.passes), "\(format)") }
    }
  }

  @Test func noQuestionIsGone() {
    #expect(Set(Self.expressible.keys) == Set(MachineQuestions.names))
    #expect(Self.objections.isSubset(of: MachineQuestions.names))
  }

  /// Descriptions of whole machines.
  @Test func thereAreTwelveOfLibvirtAndOVF() {
    #expect(MachineSamples.all.keys.filter { "lo".contains($0.prefix(1)) }.count >= 12)
  }
}
