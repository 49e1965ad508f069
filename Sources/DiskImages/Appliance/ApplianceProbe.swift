import Foundation

/// Finds out whether and how appliances run on this machine, for `brinell doctor`.
public enum ApplianceProbe {
  /// What a look at /dev/kvm tells, without a try.
  public enum Virtualization: Sendable, Hashable {
    /// There is no /dev/kvm.
    case absent
    /// It does not open; the reason.
    case closed(String)
    /// It opens, which does not yet mean that a virtual machine runs.
    case opens
    /// The environment asks for emulation.
    case unwanted
  }

  /// Version of libguestfs, e.g. `1.48.6`; nil if it cannot be initialised.
  public static var version: String? { (try? GuestfsHandle(verbose: false))?.version }

  /// Bytes that an appliance takes.
  public static var memory: Int64? { (try? GuestfsHandle(verbose: false))?.memory }

  /// What a look at /dev/kvm tells.
  public static var virtualization: Virtualization {
    let settings = ProcessInfo.processInfo.environment["LIBGUESTFS_BACKEND_SETTINGS"] ?? ""
    if settings.contains("force_tcg") { return .unwanted }
    let descriptor = open("/dev/kvm", O_RDWR | O_CLOEXEC)
    if descriptor >= 0 {
      close(descriptor)
      return .opens
    }
    return errno == ENOENT ? .absent : .closed(errorText(errno))
  }

  /// Starts an appliance with an empty disk and ends it.
  ///
  /// - Returns: whether it ran on hardware virtualisation.
  public static func start(_ options: ApplianceOptions) throws(ApplianceError) -> Bool {
    let path = options.temporaryDirectory + "/brinell-probe-\(UUID().uuidString)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, 1 << 20) == 0 else {
      throw ApplianceError("\(options.temporaryDirectory): no file can be written: \(errorText(errno))")
    }
    close(descriptor)
    defer { unlink(path) }
    return try Appliance.launch(drives: [(path, "raw")], options: options).usesKVM
  }
}
