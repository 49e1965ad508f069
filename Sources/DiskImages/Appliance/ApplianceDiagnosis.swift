import Foundation

/// Finds out why an appliance cannot start at all on this machine, and how to mend it.
public enum ApplianceDiagnosis {
  /// A cause that a further try will not mend, in one line with the command that does; nil if none is seen.
  public static func explain() -> String? {
    if let fixed = ProcessInfo.processInfo.environment["LIBGUESTFS_PATH"], !fixed.isEmpty { return nil }
    let environment = ProcessInfo.processInfo.environment
    if let kernel = environment["SUPERMIN_KERNEL"] { return explain(kernels: [kernel]) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []
    return explain(kernels: names.filter { $0.hasPrefix("vmlinuz-") }.map { "/boot/" + $0 })
  }

  static func explain(kernels: [String]) -> String? {
    let present = kernels.filter { access($0, F_OK) == 0 }
    if present.isEmpty {
      return "no kernel for the libguestfs appliance in /boot; install one:"
        + " sudo apt-get install linux-image-cloud-amd64 (on Ubuntu: linux-image-virtual)"
    }
    if present.allSatisfy({ access($0, R_OK) != 0 }) {
      return "the kernel for the libguestfs appliance is not readable (\(present[0]));"
        + " make it so: sudo chmod 0644 /boot/vmlinuz-*"
    }
    return nil
  }
}
