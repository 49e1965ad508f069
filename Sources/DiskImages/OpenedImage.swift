import Foundation
import Logging

/// How an image is opened.
public struct OpenOptions: Sendable {
  /// qemu's name of the format where the content cannot tell, e.g. `raw`.
  public var forcedFormat: ImageFormat?
  /// Files outside the image that it may name.
  public var allowedBacking: [String] = []
  public var keys = DeviceKeys()
  public var appliance = ApplianceOptions()
  /// Called when a stage begins.
  public var stage: @Sendable (Stage) -> Void = { _ in }

  /// The usual options.
  public init() {}
}

/// An image could not be opened or holds nothing to judge.
public struct OpenError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed, on which file, what to do next.
  public var description: String
  /// What was found on the disks before that.
  public var disks: [DiskDescription]
  public var storage: [StorageDevice]

  /// Describes the failure in one line.
  public init(_ description: String, disks: [DiskDescription] = [], storage: [StorageDevice] = []) {
    self.description = description
    self.disks = disks
    self.storage = storage
  }
}

/// A running appliance with the disks of one target, read-only.
public final class OpenedImage {
  public let disks: [DiskDescription]
  /// What lies on the disks, with mount points as far as systems have been visited.
  public private(set) var storage: [StorageDevice]
  /// Whether the appliance runs on hardware virtualisation.
  public var usesKVM: Bool { appliance.usesKVM }
  /// Requests to the appliance so far.
  public var requests: Int { appliance.guestfs.requests }

  private let appliance: Appliance
  private let roots: [String]
  /// Kept as long as the appliance reads what was unpacked.
  private let packed: [PackedImage]

  /// Opens the disks of one guest.
  ///
  /// The images' own headers are read first, by Brinell: a reference to another file is refused before qemu
  /// could follow it.
  public init(disks paths: [String], options: OpenOptions) throws(OpenError) {
    let drives: Drives
    do {
      drives = try Drives(paths, options: options)
    } catch {
      throw OpenError(error.description)
    }
    packed = drives.packed
    disks = drives.disks
    do {
      options.stage(.launch)
      appliance = try Appliance.launch(
        drives: zip(drives.files, drives.disks).map { (URL(fileURLWithPath: $0).path, $1.format) },
        options: options.appliance)
    } catch {
      throw OpenError("\(paths[0]): \(error)", disks: disks)
    }
    do {
      options.stage(.partitions)
      var scan = StorageScan(appliance, keys: options.keys)
      var storage = try scan.run()
      options.stage(.systems)
      roots = try GuestDiscovery(appliance: appliance).findSystems(in: &storage)
      self.storage = storage
      let logger = Logger(label: "brinell.storage")
      for device in storage {
        logger.debug(
          "found", metadata: ["device": "\(device.name)", "content": "\(device.content ?? "nothing known")"])
      }
    } catch {
      throw OpenError("\(paths[0]): the disks could not be read: \(error)", disks: disks)
    }
    if roots.isEmpty {
      throw OpenError("\(paths[0]): \(Self.whyNothing(storage))", disks: disks, storage: storage)
    }
  }

  /// Visits every system in turn, mounted as its own fstab says.
  public func withEachGuest<Failure: Error>(
    _ body: (GuestSystem, any GuestFilesystem) throws(Failure) -> Void
  ) throws(GuestVisitError<Failure>) {
    for root in roots {
      let system: GuestSystem
      do {
        system = try GuestDiscovery(appliance: appliance).mount(root: root, in: &storage)
      } catch {
        throw .appliance("\(root) could not be mounted: \(error)")
      }
      do {
        try body(system, ApplianceFilesystem(appliance, system: system))
      } catch {
        throw .body(error)
      }
    }
  }

  /// Why no system was found, the most telling reason first.
  private static func whyNothing(_ storage: [StorageDevice]) -> String {
    let encrypted = storage.first { $0.content == "crypto_LUKS" && $0.problem != nil }
    if let encrypted { return "\(encrypted.name) is \(encrypted.problem ?? "")" }
    if let locked = storage.first(where: { $0.content == "BitLocker" }) {
      return "\(locked.name) is encrypted with BitLocker, which Brinell does not open"
    }
    if let windows = storage.first(where: { $0.content == "ntfs" }) {
      return "no operating system that Brinell knows; \(windows.name) is an NTFS file system, perhaps Windows"
    }
    if let broken = storage.first(where: { $0.problem != nil }) {
      return "no operating system found; \(broken.name) \(broken.problem ?? "")"
    }
    if storage.allSatisfy({ $0.content == nil || $0.kind == .disk && $0.content == nil }) {
      return "no operating system found: no file system on any partition"
    }
    let found = storage.compactMap { device in device.content.map { "\(device.name) \($0)" } }
    return "no operating system found in \(found.joined(separator: ", "))"
  }
}

/// The files that an appliance gets as drives, each inspected before.
private struct Drives {
  var disks: [DiskDescription] = []
  var files: [String] = []
  var packed: [PackedImage] = []

  init(_ paths: [String], options: OpenOptions) throws(ImageError) {
    for path in paths {
      guard options.forcedFormat == nil, PackedImage.matches(path) else {
        try add(path, named: path, options)
        continue
      }
      options.stage(.unpack)
      let archive = try PackedImage.unpack(path, temporaryDirectory: options.appliance.temporaryDirectory)
      packed.append(archive)
      for disk in archive.disks { try add(disk.path, named: disk.name, options) }
    }
  }

  private mutating func add(_ file: String, named name: String, _ options: OpenOptions) throws(ImageError) {
    do {
      var disk = try inspectImage(at: file, as: options.forcedFormat, allowing: options.allowedBacking)
      disk.path = name
      disks.append(disk)
      files.append(file)
    } catch {
      throw ImageError(error.description.replacing(file, with: name))
    }
  }
}

/// A visit to the guests of an image ended early.
public enum GuestVisitError<Failure: Error>: Error {
  case appliance(String)
  case body(Failure)
}
