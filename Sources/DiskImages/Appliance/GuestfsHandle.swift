import CGuestfs
import CShims
import Foundation

/// A request to libguestfs failed; `message` is its own last error.
struct GuestfsError: Error, CustomStringConvertible {
  var call: String
  var message: String
  var description: String { message.isEmpty ? "\(call) failed" : message }
}

/// libguestfs's handle. It belongs to the thread that made it: libguestfs keeps the last error per thread.
final class GuestfsHandle {
  private let handle: OpaquePointer
  /// Number of requests so far.
  private(set) var requests = 0

  init(verbose: Bool) throws(GuestfsError) {
    guard let handle = guestfs_create() else {
      throw GuestfsError(call: "guestfs_create", message: "libguestfs could not be initialised")
    }
    self.handle = handle
    guestfs_set_error_handler(handle, nil, nil)
    guestfs_set_verbose(handle, verbose ? 1 : 0)
  }

  deinit { guestfs_close(handle) }

  /// `1.48.6`.
  var version: String? {
    guard let version = guestfs_version(handle) else { return nil }
    defer { guestfs_free_version(version) }
    return "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.release)"
  }

  /// Bytes that the appliance gets.
  var memory: Int64? {
    let megabytes = guestfs_get_memsize(handle)
    return megabytes > 0 ? Int64(megabytes) << 20 : nil
  }

  // MARK: Before the launch

  func setBackendSetting(_ name: String, _ value: String) throws(GuestfsError) {
    try check("set_backend_setting") { guestfs_set_backend_setting($0, name, value) }
  }

  func setTemporaryDirectory(_ path: String) throws(GuestfsError) {
    try check("set_tmpdir") { guestfs_set_tmpdir($0, path) }
  }

  func addDriveReadOnly(_ path: String, format: String) throws(GuestfsError) {
    try check("add_drive") { handle in
      format.withCString { format in
        var options = guestfs_add_drive_opts_argv()
        options.bitmask = 1 << 0 | 1 << 1  // READONLY, FORMAT
        options.readonly = 1
        options.format = format
        return guestfs_add_drive_opts_argv(handle, path, &options)
      }
    }
  }

  func setProcessors(_ count: Int) throws(GuestfsError) {
    try check("set_smp") { guestfs_set_smp($0, Int32(count)) }
  }

  func launch() throws(GuestfsError) { try check("launch", guestfs_launch) }

  // MARK: Devices

  func listDevices() throws(GuestfsError) -> [String] { try strings("list_devices", guestfs_list_devices) }
  func listPartitions() throws(GuestfsError) -> [String] {
    try strings("list_partitions", guestfs_list_partitions)
  }
  func listRaidDevices() throws(GuestfsError) -> [String] {
    try strings("list_md_devices", guestfs_list_md_devices)
  }
  func listLogicalVolumes() throws(GuestfsError) -> [String] { try strings("lvs", guestfs_lvs) }

  func physicalVolumeUUIDs(ofGroup group: String) throws(GuestfsError) -> [String] {
    try strings("vgpvuuids") { guestfs_vgpvuuids($0, group) }
  }

  func activateLogicalVolumes() throws(GuestfsError) {
    try check("lvm_scan") { guestfs_lvm_scan($0, 1) }
  }

  func size(ofDevice device: String) throws(GuestfsError) -> Int64 {
    requests += 1
    let size = guestfs_blockdev_getsize64(handle, device)
    if size < 0 { throw lastError("blockdev_getsize64") }
    return size
  }

  /// What blkid(8) says of a device: TYPE, UUID, LABEL, PART_ENTRY_TYPE …
  func blkid(_ device: String) throws(GuestfsError) -> [String: String] {
    let pairs = try strings("blkid") { guestfs_blkid($0, device) }
    var result: [String: String] = [:]
    for index in stride(from: 0, to: pairs.count - 1, by: 2) { result[pairs[index]] = pairs[index + 1] }
    return result
  }

  /// Bytes of a device from `offset`, in requests of 2 MiB; fewer at its end.
  func read(device: String, count: Int, offset: Int64) throws(GuestfsError) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      requests += 1
      var size = 0
      let wanted = Int32(min(count - result.count, 2 << 20))
      guard let bytes = guestfs_pread_device(handle, device, wanted, offset + Int64(result.count), &size)
      else {
        throw lastError("pread_device")
      }
      defer { free(bytes) }
      if size == 0 { break }
      result += UnsafeRawBufferPointer(start: bytes, count: size)
    }
    return result
  }

  func disk(ofPartition partition: String) throws(GuestfsError) -> String {
    try string("part_to_dev") { guestfs_part_to_dev($0, partition) }
  }

  func openLUKS(_ device: String, key: String, as name: String) throws(GuestfsError) {
    try check("cryptsetup_open") { handle in
      var options = guestfs_cryptsetup_open_argv()
      options.bitmask = 1 << 0  // READONLY
      options.readonly = 1
      return guestfs_cryptsetup_open_argv(handle, device, key, name, &options)
    }
  }

  /// Paths of a btrfs file system's subvolumes, relative to its top level.
  func btrfsSubvolumes(of device: String) throws(GuestfsError) -> [String] {
    requests += 1
    guard let list = guestfs_btrfs_subvolume_list(handle, device) else {
      throw lastError("btrfs_subvolume_list")
    }
    defer { guestfs_free_btrfssubvolume_list(list) }
    return (0..<Int(list.pointee.len)).compactMap { index in
      list.pointee.val[index].btrfssubvolume_path.map { String(cString: $0) }
    }
  }

  // MARK: Mounts

  func mountReadOnly(_ device: String, at mountpoint: String) throws(GuestfsError) {
    try check("mount_ro") { guestfs_mount_ro($0, device, mountpoint) }
  }

  /// Names in a directory, without `.` and `..`.
  func list(_ directory: String) throws(GuestfsError) -> [String] {
    try strings("ls") { guestfs_ls($0, directory) }
  }
  func unmountAll() throws(GuestfsError) { try check("umount_all", guestfs_umount_all) }

  // MARK: Files

  func lstat(_ path: String) throws(GuestfsError) -> FileMetadata {
    requests += 1
    guard let stat = guestfs_lstatns(handle, path) else { throw lastError("lstatns") }
    defer { guestfs_free_statns(stat) }
    return FileMetadata(stat.pointee)
  }

  /// lstat(2) for names within one directory; nil where there is nothing.
  func lstat(_ names: [[UInt8]], in directory: [UInt8]) throws(GuestfsError) -> [FileMetadata?] {
    requests += 1
    let list = withCStrings(names) { names in
      withCString(directory) { guestfs_lstatnslist(handle, $0, names) }
    }
    guard let list else { throw lastError("lstatnslist") }
    defer { guestfs_free_statns_list(list) }
    return (0..<Int(list.pointee.len)).map { index in
      let stat = list.pointee.val[index]
      return stat.st_ino == -1 ? nil : FileMetadata(stat)
    }
  }

  /// The extended attributes for names within one directory.
  func extendedAttributes(
    _ names: [[UInt8]], in directory: [UInt8]
  ) throws(GuestfsError) -> [[ExtendedAttribute]] {
    requests += 1
    let list = withCStrings(names) { names in
      withCString(directory) { guestfs_lxattrlist(handle, $0, names) }
    }
    guard let list else { throw lastError("lxattrlist") }
    defer { guestfs_free_xattr_list(list) }
    // For each file one element with an empty name, whose value is the number of attributes that follow.
    var result: [[ExtendedAttribute]] = []
    for index in 0..<Int(list.pointee.len) {
      let item = list.pointee.val[index]
      let name = item.attrname.map { String(cString: $0) } ?? ""
      if name.isEmpty {
        result.append([])
      } else if !result.isEmpty {
        let bytes = UnsafeRawBufferPointer(start: item.attrval, count: Int(item.attrval_len))
        result[result.count - 1].append(ExtendedAttribute(name: name, value: Array(bytes)))
      }
    }
    return result
  }

  /// The targets of symbolic links within one directory; empty for what is not one.
  func linkTargets(_ names: [[UInt8]], in directory: [UInt8]) throws(GuestfsError) -> [[UInt8]] {
    requests += 1
    let list = withCStrings(names) { names in
      withCString(directory) { guestfs_readlinklist(handle, $0, names) }
    }
    guard let list else { throw lastError("readlinklist") }
    return takeStrings(list)
  }

  /// Up to 2 MiB of a file from `offset`.
  func read(_ path: [UInt8], count: Int, offset: Int64) throws(GuestfsError) -> [UInt8] {
    requests += 1
    var size = 0
    let bytes = withCString(path) { guestfs_pread(handle, $0, Int32(min(count, 2 << 20)), offset, &size) }
    guard let bytes else { throw lastError("pread") }
    defer { free(bytes) }
    return Array(UnsafeRawBufferPointer(start: bytes, count: size))
  }

  /// Writes the paths below `directory`, each ended by NUL, to a file descriptor.
  func find(_ directory: String, to descriptor: Int32) throws(GuestfsError) {
    try check("find0") { guestfs_find0($0, directory, "/dev/fd/\(descriptor)") }
  }

  /// Writes a tar archive of `directory` to a file descriptor.
  func tar(_ directory: [UInt8], to descriptor: Int32) throws(GuestfsError) {
    try check("tar_out") { handle in
      var options = guestfs_tar_out_opts_argv()
      options.bitmask = 1 << 1  // NUMERICOWNER
      options.numericowner = 1
      return withCString(directory) {
        guestfs_tar_out_opts_argv(handle, $0, "/dev/fd/\(descriptor)", &options)
      }
    }
  }

  /// How many sectors of 512 bytes the appliance's kernel reads ahead of whoever reads the device in order.
  func setReadAhead(_ sectors: Int, of device: String) throws(GuestfsError) {
    try check("blockdev_setra") { guestfs_blockdev_setra($0, device, Int32(sectors)) }
  }

  /// The digest of a file; `algorithm` as guestfs(3) names it under "checksum".
  func checksum(_ path: [UInt8], _ algorithm: String) throws(GuestfsError) -> String {
    try string("checksum") { handle in withCString(path) { guestfs_checksum(handle, algorithm, $0) } }
  }

  /// Writes the digests of all regular files below a directory to a file descriptor, as md5sum(1) prints them.
  func checksums(
    of directory: [UInt8], _ algorithm: String, to descriptor: Int32
  ) throws(GuestfsError) {
    try check("checksums_out") { handle in
      withCString(directory) { guestfs_checksums_out(handle, algorithm, $0, "/dev/fd/\(descriptor)") }
    }
  }

  // MARK: Results

  private func check(_ call: String, _ body: (OpaquePointer) -> Int32) throws(GuestfsError) {
    requests += 1
    if body(handle) != 0 { throw lastError(call) }
  }

  private func string(
    _ call: String, _ body: (OpaquePointer) -> UnsafeMutablePointer<CChar>?
  ) throws(GuestfsError) -> String {
    requests += 1
    guard let result = body(handle) else { throw lastError(call) }
    defer { free(result) }
    return String(cString: result)
  }

  private func strings(
    _ call: String,
    _ body: (OpaquePointer) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) throws(GuestfsError) -> [String] {
    requests += 1
    guard let list = body(handle) else { throw lastError(call) }
    return takeStrings(list).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Copies a list that ends with a null pointer and frees it.
  private func takeStrings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> [[UInt8]] {
    defer { free(list) }
    var result: [[UInt8]] = []
    var next = list
    while let string = next.pointee {
      result.append(Array(UnsafeRawBufferPointer(start: string, count: strlen(string))))
      free(string)
      next += 1
    }
    return result
  }

  private func lastError(_ call: String) -> GuestfsError {
    let message = guestfs_last_error(handle).map { String(cString: $0) } ?? ""
    return GuestfsError(call: call, message: message)
  }
}

extension FileMetadata {
  init(_ stat: guestfs_statns) {
    self.init(
      mode: UInt32(truncatingIfNeeded: stat.st_mode), uid: UInt32(truncatingIfNeeded: stat.st_uid),
      gid: UInt32(truncatingIfNeeded: stat.st_gid), size: stat.st_size,
      links: UInt32(truncatingIfNeeded: stat.st_nlink), inode: UInt64(bitPattern: stat.st_ino),
      device: UInt64(bitPattern: stat.st_dev), specialDevice: UInt64(bitPattern: stat.st_rdev),
      accessed: stat.st_atime_sec, modified: stat.st_mtime_sec, changed: stat.st_ctime_sec)
  }
}

/// Lends bytes as a C string.
private func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  var terminated = bytes.map { CChar(bitPattern: $0) }
  terminated.append(0)
  return terminated.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("a terminated string is never empty") }
    return body(base)
  }
}

/// Lends byte strings as a C array that ends with a null pointer.
private func withCStrings<Result>(
  _ strings: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var storage: [CChar] = []
  storage.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
  var offsets: [Int] = []
  for string in strings {
    offsets.append(storage.count)
    storage.append(contentsOf: string.lazy.map { CChar(bitPattern: $0) })
    storage.append(0)
  }
  return storage.withUnsafeMutableBufferPointer { buffer in
    var pointers: [UnsafeMutablePointer<CChar>?] = offsets.map { offset in
      buffer.baseAddress.map { $0 + offset }
    }
    pointers.append(nil)
    return pointers.withUnsafeMutableBufferPointer { list in
      guard let base = list.baseAddress else { preconditionFailure("the list ends with a null pointer") }
      return body(base)
    }
  }
}
