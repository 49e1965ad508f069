import ArgumentParser
import Baselines
import DiskImages
import Evidence
import Foundation

/// What is opened and how; shared by every command that reads one guest at a time.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .customLong("disk"),
    help: ArgumentHelp(
      "One disk of a guest that has several; repeat it. Stands in place of a target.", valueName: "file"))
  var disks: [String] = []

  @OptionGroup var opening: OpeningOptions

  /// The targets of a command line: each of the given paths, or the one guest with the given disks.
  func targets(_ paths: [String]) throws -> [Result<Target, CollectionError>] {
    if disks.isEmpty {
      guard !paths.isEmpty else {
        throw ValidationError("Nothing to open. Give an image, a directory or a bundle, or --disk FILE.")
      }
      return paths.map { path in Result { () throws(CollectionError) in try Target(path: path) } }
    }
    guard paths.isEmpty else {
      throw ValidationError("Give either targets or --disk, not both: --disk names the disks of one guest.")
    }
    return [.success(.image(disks))]
  }

  /// The targets' names for reports, one for each of `targets(_:)`.
  func names(_ paths: [String]) -> [String] {
    disks.isEmpty ? paths : [Target.image(disks).name]
  }
}

/// How images are opened, whichever they are.
struct OpeningOptions: ParsableArguments {
  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "Passphrase for a LUKS container, read from a file. SELECTOR is a device, a LUKS UUID or 'all'; repeat it.",
      valueName: "selector=file"))
  var keys: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take images as this format (raw, qcow2, vmdk, vdi, vpc, vhdx) instead of finding it out.",
      valueName: "format"))
  var imageFormat: String?

  @Option(
    name: .customLong("allow-backing"),
    help: ArgumentHelp(
      "A file that an image may refer to, such as its backing file; others are refused. Repeat it.",
      valueName: "path"))
  var allowedBacking: [String] = []

  func validate() throws {
    if let imageFormat, ImageFormat(rawValue: imageFormat) == nil {
      throw wrongValue(
        "--image-format", imageFormat, isNot: "an image format",
        among: ["raw", "qcow2", "vmdk", "vdi", "vpc", "vhdx"])
    }
    for key in keys where !key.contains("=") {
      throw ValidationError("'--key \(key)' has no '='. Write --key /dev/sda2=FILE or --key all=FILE.")
    }
  }

  /// - Throws: a `CollectionError` for a key file that cannot be read.
  func openOptions(_ output: OutputOptions, progress: ProgressDisplay) throws -> OpenOptions {
    var options = OpenOptions()
    options.forcedFormat = imageFormat.flatMap(ImageFormat.init)
    options.allowedBacking = allowedBacking
    options.keys = try readKeys()
    options.appliance.isVerbose = output.verbose
    options.appliance.notice = { progress.notice($0) }
    options.stage = { progress.begin($0.words) }
    return options
  }

  /// A final line feed does not belong to the passphrase, as with cryptsetup(8) at a terminal.
  private func readKeys() throws -> DeviceKeys {
    var keys: [(selector: String, passphrase: String)] = []
    for key in self.keys {
      let parts = key.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let data = FileManager.default.contents(atPath: parts[1]), data.count <= 8 << 20
      else {
        let reason = parts.count == 2 ? whyUnreadable(parts[1]) : "there is no file"
        throw CollectionError("'--key \(key)' names a file that cannot be read: \(reason)")
      }
      var text = String(decoding: data, as: UTF8.self)
      if text.hasSuffix("\n") { text.removeLast() }
      keys.append((parts[0], text))
    }
    return DeviceKeys(keys)
  }
}
