/// The registry of check kinds.
public enum CheckKinds {
  /// Every kind; a new one adds a line.
  public static let all: [any CheckKind.Type] = [
    AideKind.self,
    AntivirusKind.self,
    AppArmorKind.self,
    AptConfigKind.self,
    ArchitectureKind.self,
    AuditConfigKind.self,
    AuditRuleKind.self,
    AuditSettingKind.self,
    AutomaticUpdatesKind.self,
    BannerKind.self,
    BootPasswordKind.self,
    CloudInitKind.self,
    ConfigKind.self,
    ContentKind.self,
    CronKind.self,
    FileKind.self,
    FileScanKind.self,
    FirewallKind.self,
    KernelArgKind.self,
    KernelConfigKind.self,
    ListenerKind.self,
    LoggingKind.self,
    LogrotateKind.self,
    PackageKind.self,
    PamKind.self,
    RepoKind.self,
    RsyslogKind.self,
    SELinuxKind.self,
    SshClientKind.self,
    SshdKind.self,
    StartedUnitsKind.self,
    SudoersKind.self,
    SupportKind.self,
    TimeSyncKind.self,
    UnitKind.self,
    UnitSandboxKind.self,
  ]

  /// The kind with the given name.
  public static func named(_ name: String) -> (any CheckKind.Type)? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
