import DiskImages
import Evidence
import Facts
import Foundation
import Testing

extension RealImages {
  /// Layers of encryption through an appliance, with and without keys.
  @Suite struct EncryptionImageTests {
    private func collected(_ name: String, keys: DeviceKeys = DeviceKeys()) throws -> CollectedTarget {
      try collectImages(name, keys: keys, plan: CollectionPlan([SwapSpaces.self, UnlockingKeys.self]))
    }

    private func stack(_ target: CollectedTarget) throws -> (VolumeStack, SwapSpaces) {
      let guest = try #require(target.guests.first)
      let facts = GuestFacts(guest.evidence, asOf: 0)
      return (try facts.model(), try facts.model())
    }

    @Test func lvmOnLUKSIsEncryptedAndItsHeaderIsRead() throws {
      let target = try collected("lvm-on-luks.raw", keys: DeviceKeys([("all", "brinell")]))
      let container = try #require(target.storage.first { $0.content == "crypto_LUKS" })
      #expect(container.encryption?.words == "LUKS2 aes-xts-plain64, 512 bits, pbkdf2")
      #expect(container.encryption?.problems == [])
      #expect(container.encryption?.uuid == container.uuid)
      let (stack, _) = try stack(target)
      for place in stack.places {
        guard case .encrypted(let volumes) = place.protection else {
          Issue.record("\(place.target) is \(place.protection)")
          continue
        }
        #expect(volumes.map(\.device) == [container.name])
      }
      #expect(stack.places.map(\.target) == ["/", "/var"])
    }

    @Test func aHeaderIsReadWithoutItsKey() throws {
      do {
        _ = try collected("lvm-on-luks.raw")
        Issue.record("opened without a key")
      } catch let error as CollectionError {
        let container = error.storage.first { $0.content == "crypto_LUKS" }
        #expect(container?.encryption?.keySlots.first?.kdf?.iterations == 1000)
      }
    }

    @Test func luksOnLVMIsToldApartFromTheRestOfTheGroup() throws {
      let target = try collected("luks-on-lvm.raw")
      let home = try #require(target.storage.first { $0.name == "/dev/outer/home" })
      #expect(home.encryption?.words == "LUKS2 aes-xts-plain64, 512 bits, argon2id, systemd-tpm2")
      #expect(home.encryption?.tokens.first?.pcrs == [7])
      let (stack, swap) = try stack(target)
      if case .plain = stack.protection(holding: "/") {} else { Issue.record("/ is not in the clear") }
      if case .encrypted = stack.protection(holding: "/home") {
      } else {
        Issue.record("/home is in the clear")
      }
      if case .randomKey = swap.spaces.first?.state {} else { Issue.record("swap has no random key") }
    }
  }
}
