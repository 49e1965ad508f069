import DiskImages
import Evidence
import Facts

/// Judges one setting of cloud-init's merged system configuration.
public struct CloudInitKind: CheckKind {
  public static let name = "cloud_init"
  public static let summary =
    "Reads /etc/cloud/cloud.cfg and cloud.cfg.d as cloud-init merges them and compares one setting; "
    + "what a data source adds at boot is not in the image."
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "key", .text, required: true, "dotted path, with * for any key or element: users.*.passwd"),
      .init("as", .choice(ValueForm.allCases.map(\.rawValue)), "how the value is read before it is compared"),
      .init("split", .text, "characters that separate the elements of a list in one value"),
      .init("ignore_case", .boolean, "letters of either case are equal"),
      .init("exists", .boolean, "the setting is made somewhere, or it is not"),
      .init("default", .text, "the value that counts where no file sets one"),
      .init("default_source", .text, "where that default is documented"),
      .init(
        "if_absent", .choice(["pass", "fail", "undecided"]),
        "the answer without value and default; fail unless given"),
    ] + Comparison.parameters

  private let query: ConfigQuery
  private let setting: SettingRequirement

  public init(_ parameters: Parameters) throws(ParameterError) {
    query = ConfigQuery(try parameters.required("key"), isTree: true)
    setting = try SettingRequirement(
      parameters, form: parameters.text("as").flatMap(ValueForm.init) ?? .text,
      exists: parameters.boolean("exists"))
  }

  public var plan: CollectionPlan { CollectionPlan([CloudConfig.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let settings = try facts.model(CloudConfig.self).settings(query)
    if settings.isEmpty { return [setting.judge(nil, subject: "cloud.cfg: \(query.name)", fallback: nil)] }
    return settings.map { setting.judge($0.value, subject: "cloud.cfg: \($0.name)", fallback: nil) }
  }

  /// A drop-in whose name sorts behind others and which therefore wins.
  public var fix: Fix? {
    guard let value = setting.wanted, !query.keys.contains("*") else { return nil }
    let path = "/etc/cloud/cloud.cfg.d/99-\(query.keys.joined(separator: "-")).cfg"
    var lines = query.keys.enumerated().map { String(repeating: "  ", count: $0.offset) + $0.element + ":" }
    lines[lines.count - 1] += " \(value == "yes" ? "true" : value == "no" ? "false" : yamlQuoted(value))"
    let shell = "printf '%s\\n' \(lines.map(shellQuoted).joined(separator: " ")) > \(shellQuoted(path))"
    let content = lines.map { "    \($0)" }.joined(separator: "\n")
    return Fix(
      shell: shell,
      ansible:
        "ansible.builtin.copy:\n  dest: \(yamlQuoted(path))\n  mode: \"0644\"\n  content: |\n\(content)")
  }
}
