import Baselines
import DiskImages
import Facts
import Foundation
import Glibc

/// Reads definitions of machines from this machine's files.
enum MachineReading {
  /// The definition in a file, which can also be an OVA.
  ///
  /// - Throws: a `Failure` in one line for a file that is no definition, or a damaged one.
  static func read(_ path: String) throws -> MachineDefinition {
    do {
      if let machine = try descriptor(inArchive: path) { return machine }
      return try MachineDefinition.read(try content(of: path), path: path)
    } catch {
      throw Failure(error.description)
    }
  }

  /// The descriptor that an OVA brings along; nil for every other file.
  static func descriptor(inArchive path: String) throws(MachineError) -> MachineDefinition? {
    let member: ApplianceDescriptor.Member?
    do {
      member = try ApplianceDescriptor.read(path, limit: MachineDefinition.sizeLimit)
    } catch {
      throw MachineError(path: path, error.description)
    }
    guard let member else { return nil }
    return try MachineDefinition.read(member.bytes, path: "\(path) (\(member.name))")
  }

  /// The bytes of a regular file of a sensible size; a pipe or a device would block or never end.
  private static func content(of path: String) throws(MachineError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw MachineError(path: path, whyUnreadable(path)) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw MachineError(path: path, "not a regular file")
    }
    guard let data = try? handle.read(upToCount: MachineDefinition.sizeLimit + 1) else {
      throw status.st_size == 0
        ? MachineError(path: path, "the file is empty") : MachineError(path: path, "cannot be read")
    }
    return Array(data)
  }
}
