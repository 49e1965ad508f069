/// A format of disk images; the raw value is qemu's name of its driver.
public enum ImageFormat: String, Hashable, Sendable, CaseIterable {
  case raw, qcow2, vmdk, vdi, vpc, vhdx
}

/// An image file cannot be used, or must not be.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: which file, what is wrong, what to do next.
  public var description: String

  /// Describes the failure in one line.
  public init(_ description: String) { self.description = description }
}

/// What an image's own header says, before qemu sees it.
struct ImageHeader: Hashable, Sendable {
  /// Size of the disk that the guest sees, in bytes.
  var virtualSize: Int64
  /// Other files that the image names.
  var references: [ImageReference] = []
  /// The format of the backing file as the image names it.
  var backingFormat: String?
}

/// A file outside the image that the image names: qemu would open it on the host.
struct ImageReference: Hashable, Sendable {
  /// What the file is to the image, in words: `backing file`, `extent`, `parent`.
  var role: String
  /// As the image names it: a path, a `json:` description, an address.
  var name: String

  /// Whether the name is more than a path: qemu reads `nbd://…`, `json:{…}` and the like as other things. A
  /// protocol is what stands before the first colon, if no slash does (qemu's path_has_protocol).
  var isProtocol: Bool {
    guard let colon = name.firstIndex(of: ":") else { return false }
    return !name[..<colon].contains("/")
  }
}
