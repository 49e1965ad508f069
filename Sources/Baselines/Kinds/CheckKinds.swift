import Evidence

/// The registry of check kinds.
public enum CheckKinds {
  /// Every kind; a new one adds a line.
  public static let all: [any CheckKind.Type] = [
    KernelModuleKind.self,
    SysctlKind.self,
  ]

  /// The kind with the given name.
  public static func named(_ name: String) -> (any CheckKind.Type)? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
extension CheckKinds {
  public static var everyNeed: CollectionPlan {
    CollectionPlan(needs: [
      "/etc/**", "/usr/lib/systemd/**", "/usr/lib/sysctl.d/*",
      ContentNeed("/var/lib/dpkg/status", limit: 64 << 20), "/boot/config-*",
    ])
  }
}
