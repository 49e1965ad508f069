import DiskImages
import Evidence
import Facts
import TestSupport

/// A guest on the devices of an image, collected as a scan does.
struct EncryptionGuest {
  var fixture: GuestFixture
  var storage: [StorageDevice] = []
  var root = "/"

  init(_ files: [String: String] = [:], _ storage: [StorageDevice] = [], root: String? = nil) {
    fixture = GuestFixture(files)
    self.storage = storage
    self.root = root ?? (storage.isEmpty ? "/" : "/dev/sda1")
  }

  func facts(_ models: [any FactModel.Type]) throws -> GuestFacts {
    var evidence = try Collector(plan: CollectionPlan(models)).collect(fixture.filesystem)
    evidence.storage = storage
    evidence.rootDevice = root
    return GuestFacts(evidence, asOf: fixture.asOf)
  }

  func model<Model: FactModel>(_ type: Model.Type = Model.self) throws -> Model {
    try facts([type]).model(type)
  }
}

let disk = StorageDevice(name: "/dev/sda", kind: .disk)

func partition(_ number: Int, _ content: String?, uuid: String? = nil, _ header: [UInt8]? = nil)
  -> StorageDevice
{
  StorageDevice(
    name: "/dev/sda\(number)", kind: .partition, parents: ["/dev/sda"], content: content, uuid: uuid,
    encryption: header.flatMap { EncryptionHeader.read(DeviceBytes($0)) })
}

func opened(_ number: Int, on parent: String, _ content: String, uuid: String? = nil) -> StorageDevice {
  StorageDevice(
    name: "/dev/mapper/brinell\(number)", kind: .luks, parents: [parent], content: content, uuid: uuid,
    isEncrypted: true)
}

func volume(_ name: String, on parents: [String], _ content: String) -> StorageDevice {
  StorageDevice(name: name, kind: .logicalVolume, parents: parents, content: content)
}
