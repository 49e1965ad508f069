import Evidence
import Facts

/// Judges what the next boot mounts at a folder, and with which options.
public struct MountKind: CheckKind {
  public static let name = "mount"
  public static let summary = """
    Resolves fstab, mount units that the boot starts and what systemd mounts by itself; of contrary options the \
    later one counts.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("target", .text, "the folder, e.g. /tmp"),
    .init(
      "every", .choice(["nonroot-local"]),
      "instead of a target: every mount of a local disk but the root file system"),
    .init("separate", .boolean, "whether the folder is a file system of its own"),
    .init("options_all", .textList, "options that have to hold"),
    .init("options_none", .textList, "options that must not hold"),
    .init("fstype", .textList, "types of file system that may be there"),
    .init(
      "include_noauto", .boolean, "whether a line with noauto, which the boot leaves alone, counts as mounted"
    ),
    .init(
      "if_absent", .choice(["pass", "fail"]),
      "what options and fstype say of a folder where nothing is mounted, by default fail"),
  ]

  private let target: String?
  private let separate: Bool?
  private let optionsAll: [String]
  private let optionsNone: [String]
  private let types: [String]
  private let includesManual: Bool
  private let mayBeAbsent: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    target = parameters.text("target")
    separate = parameters.boolean("separate")
    optionsAll = parameters.list("options_all")
    optionsNone = parameters.list("options_none")
    types = parameters.list("fstype")
    includesManual = parameters.boolean("include_noauto") ?? false
    mayBeAbsent = parameters.text("if_absent") == "pass"
    if (target == nil) == (parameters.text("every") == nil) {
      throw ParameterError(nil, "give either 'target' or 'every'")
    }
    if let target, !target.hasPrefix("/") {
      throw ParameterError("target", "'\(target)' is no absolute path")
    }
    let asksContent = !optionsAll.isEmpty || !optionsNone.isEmpty || !types.isEmpty
    if separate == nil, !asksContent {
      throw ParameterError(nil, "one of separate, options_all, options_none, fstype is missing")
    }
    if target == nil, separate != nil || parameters.has("if_absent") {
      throw ParameterError("every", "'separate' and 'if_absent' go with 'target'")
    }
    if separate == false, asksContent {
      throw ParameterError("separate", "a folder without a file system of its own has no options")
    }
    if separate != nil, parameters.has("if_absent") {
      throw ParameterError("if_absent", "'separate' says already what holds of a folder that is not mounted")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([Mounts.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let mounts: Mounts = try facts.model()
    guard let target else {
      return mounts.all.filter { $0.isLocalDevice && $0.target != "/" && counts($0) }.map {
        judge($0, $0.target)
      }
    }
    let configured = try mounts.mount(at: target)
    let found = configured.flatMap { counts($0) ? $0 : nil }
    if let separate {
      let isSeparate = found.map(mounts.isSeparate) ?? false
      if isSeparate != separate || !separate {
        return [separation(isSeparate == separate, separate, found, configured, mounts)]
      }
    }
    guard let found else { return [absent(configured, mounts)] }
    return [judge(found, target)]
  }

  private func counts(_ mount: Mount) -> Bool { includesManual || mount.cause != .manual }

  private func separation(
    _ holds: Bool, _ separate: Bool, _ found: Mount?, _ configured: Mount?, _ mounts: Mounts
  ) -> Outcome {
    let words =
      if let found, mounts.isSeparate(found) { "mounted from \(described(found))" } else if let found {
        "shows \(found.source) of the root file system"
      } else { missing(configured, mounts) }
    return Outcome(
      holds ? .pass : .fail, subject: target ?? "/",
      expected: separate ? "a file system of its own" : "no file system of its own", actual: words,
      evidence: (found ?? configured)?.options.evidenceLines ?? [])
  }

  private func absent(_ configured: Mount?, _ mounts: Mounts) -> Outcome {
    Outcome(
      mayBeAbsent ? .pass : .fail, subject: target ?? "/", expected: expected,
      actual: missing(configured, mounts), evidence: configured?.options.evidenceLines ?? [])
  }

  private func missing(_ configured: Mount?, _ mounts: Mounts) -> String {
    if configured != nil { return "not mounted at boot (noauto)" }
    let holder = target.flatMap(mounts.mount(holding:))?.target ?? "/"
    return "no mount point, part of \(holder)"
  }

  private func judge(_ mount: Mount, _ subject: String) -> Outcome {
    let options = mount.options.value
    let lacking = optionsAll.filter { !options.contains($0) }
    let unwanted = optionsNone.filter(options.contains)
    let isWrongType = !types.isEmpty && !types.contains(mount.type)
    var words: [String] = []
    if !lacking.isEmpty { words.append("without \(lacking.joined(separator: ", "))") }
    if !unwanted.isEmpty { words.append("with \(unwanted.joined(separator: ", "))") }
    if isWrongType { words.append("of type \(mount.type.isEmpty ? "unknown" : mount.type)") }
    if words.isEmpty { words = ["mounted with \(shown(options))"] }
    let holds = lacking.isEmpty && unwanted.isEmpty && !isWrongType
    return Outcome(
      holds ? .pass : .fail, subject: subject, expected: expected, actual: words.joined(separator: "; "),
      evidence: mount.options.evidenceLines)
  }

  private func shown(_ options: MountOptions) -> String {
    options.written.isEmpty ? "default options" : options.written.prefix(16).joined(separator: ",")
  }

  private func described(_ mount: Mount) -> String { mount.source.isEmpty ? mount.type : mount.source }

  private var expected: String {
    var words: [String] = []
    if separate == true { words.append("a file system of its own") }
    if !types.isEmpty { words.append("type \(types.joined(separator: " or "))") }
    if !optionsAll.isEmpty { words.append("options \(optionsAll.joined(separator: ","))") }
    if !optionsNone.isEmpty { words.append("not \(optionsNone.joined(separator: ","))") }
    return words.joined(separator: ", ")
  }

  /// Adds the options to the line of fstab, where the last one counts. Without a line /dev/shm gets one,
  /// which systemd-remount-fs applies, and the distribution's unit of /tmp a drop-in. Anything else would
  /// take a partition.
  public var fix: Fix? {
    guard let target, !optionsAll.isEmpty, optionsNone.isEmpty, types.isEmpty else { return nil }
    let program =
      "$1 !~ /^#/ && $2 == t { n = split(o, want, \",\"); for (i = 1; i <= n; i++)"
      + " if (index(\",\" $4 \",\", \",\" want[i] \",\") == 0) $4 = $4 \",\" want[i] } { print }"
    let options = optionsAll.joined(separator: ",")
    var lines = [
      "touch /etc/fstab",
      "new=$(awk -v t=\(Fix.shellWord(target)) -v o=\(Fix.shellWord(options)) "
        + "\(Fix.shellWord(program)) /etc/fstab)",
      "printf '%s\\n' \"$new\" > /etc/fstab",
    ]
    let hasLine =
      "awk -v t=\(Fix.shellWord(target)) '$1 !~ /^#/ && $2 == t { f = 1 } END { exit !f }' /etc/fstab"
    switch target {
    case "/dev/shm":
      let all = ["nosuid", "nodev"] + optionsAll.filter { $0 != "nosuid" && $0 != "nodev" }
      let line = "tmpfs /dev/shm tmpfs \(all.joined(separator: ",")) 0 0"
      lines.append("\(hasLine) || echo \(Fix.shellWord(line)) >> /etc/fstab")
    case "/tmp":
      lines.append(
        """
        unit=/usr/lib/systemd/system/tmp.mount
        if [ -e $unit ] && ! \(hasLine); then
          folder=/etc/systemd/system/tmp.mount.d
          mkdir -p $folder
          old=$(cat $unit $folder/*.conf 2>/dev/null | sed -n 's/^Options=//p' | tail -n 1)
          printf '[Mount]\\nOptions=%s,%s\\n' "$old" \(Fix.shellWord(options)) > $folder/zz-options.conf
        fi
        """)
    default: break
    }
    let shell = lines.joined(separator: "\n")
    return Fix(
      shell: shell,
      ansible: "ansible.builtin.shell:\n  cmd: |\n"
        + shell.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
  }
}
