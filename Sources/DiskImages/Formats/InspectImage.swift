import Foundation

/// Finds out what an image file is, by its content, and refuses what must not reach qemu.
///
/// - Parameters:
///   - forced: take the image as this format; `raw` is the user's word that the bytes are a disk.
///   - allowing: files outside the image that it may refer to. Everything else that it names is refused, in the
///     image's own folder too: a name in an image is the word of whoever made the image.
public func inspectImage(
  at path: String, as forced: ImageFormat? = nil, allowing: [String] = []
) throws(ImageError) -> DiskDescription {
  let allowed = Set(allowing.map(canonicalPath))
  var chain: [String] = []
  let (format, header) = try inspect(path, as: forced, allowed: allowed, chain: &chain, depth: 0)
  return DiskDescription(
    path: path, format: format.rawValue, virtualSize: header.virtualSize, backingChain: chain)
}

private func inspect(
  _ path: String, as forced: ImageFormat?, allowed: Set<String>, chain: inout [String], depth: Int
) throws(ImageError) -> (ImageFormat, ImageHeader) {
  let reader = try ImageReader(path: path)
  if reader.size == 0 { throw ImageError("\(path): the file is empty") }
  let format = if let forced { forced } else { try recognise(reader) }
  let header = try readHeader(reader, format)
  for reference in header.references {
    let target = try permitted(reference, of: path, allowed: allowed)
    guard depth < 16, !chain.contains(target), target != canonicalPath(path) else {
      throw ImageError("\(path): its chain of backing files is circular or longer than 16")
    }
    chain.append(target)
    let backingFormat = header.backingFormat.flatMap(ImageFormat.init)
    // An extent is raw data of the disk, not an image of its own.
    if reference.role == "backing file" || reference.role == "parent" {
      _ = try inspect(target, as: backingFormat, allowed: allowed, chain: &chain, depth: depth + 1)
    }
  }
  return (format, header)
}

/// Whether the content is that of an image or a disk.
func isDiskImage(_ reader: ImageReader) -> Bool { (try? recognise(reader)) != nil }

private func recognise(_ reader: ImageReader) throws(ImageError) -> ImageFormat {
  if Qcow2Header.matches(reader) { return .qcow2 }
  if VHDXHeader.matches(reader) { return .vhdx }
  if VDIHeader.matches(reader) { return .vdi }
  if VMDKHeader.matches(reader) { return .vmdk }
  if VHDHeader.matches(reader) { return .vpc }
  let unsupported: [(String, String)] = [
    ("QED\0", "QED"), ("WithoutFreeSpace", "Parallels"), ("SSEU", "QEMU bochs"),
  ]
  for (magic, name) in unsupported where reader.has(magic, at: 0) {
    throw ImageError(
      "\(reader.path): \(name) images are not supported; convert it with qemu-img convert -O qcow2")
  }
  if RawContent.recognise(reader) != nil { return .raw }
  if reader.has("{", at: 0) {
    throw ImageError("\(reader.path): not a disk image but JSON; brinell report shows a saved report")
  }
  throw ImageError(
    "\(reader.path): not a disk image: neither a known image format nor a partition table or file system;"
      + " if it is one, say --image-format raw")
}

private func readHeader(_ reader: ImageReader, _ format: ImageFormat) throws(ImageError) -> ImageHeader {
  switch format {
  case .raw: return ImageHeader(virtualSize: reader.size)
  case .qcow2 where Qcow2Header.matches(reader): return try Qcow2Header.read(reader)
  case .vmdk where VMDKHeader.matches(reader): return try VMDKHeader.read(reader)
  case .vdi where VDIHeader.matches(reader): return try VDIHeader.read(reader)
  case .vpc where VHDHeader.matches(reader): return try VHDHeader.read(reader)
  case .vhdx where VHDXHeader.matches(reader): return try VHDXHeader.read(reader)
  default:
    throw ImageError("\(reader.path): not a \(format.rawValue) image; leave out --image-format to find out")
  }
}

/// The host path of a reference that the user allowed.
private func permitted(
  _ reference: ImageReference, of path: String, allowed: Set<String>
) throws(ImageError) -> String {
  let shown = displayText(reference.name.utf8)
  if reference.isProtocol {
    throw ImageError(
      "\(path): refers to '\(shown)' as its \(reference.role); such references are never followed")
  }
  let folder = (canonicalPath(path) as NSString).deletingLastPathComponent
  let target = canonicalPath(reference.name.hasPrefix("/") ? reference.name : folder + "/" + reference.name)
  guard allowed.contains(target) else {
    throw ImageError(
      "\(path): refers to another file as its \(reference.role), '\(shown)', which is not followed;"
        + " if you trust it: --allow-backing \(displayText(target.utf8))")
  }
  return target
}

/// The path without symbolic links; the path itself where nothing is there.
private func canonicalPath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return URL(fileURLWithPath: path).standardizedFileURL.path }
  defer { free(resolved) }
  return String(cString: resolved)
}
