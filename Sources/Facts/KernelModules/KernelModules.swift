import DiskImages
import Evidence

/// The modules that a guest's kernels have and what modprobe would do with them.
public struct KernelModules: FactModel {
  /// A modules.dep of a kernel with all drivers has about 700 KB.
  private static let listLimit = 16 << 20
  /// More kernels than that are a gap, not a reason to read on.
  private static let kernelLimit = 64

  private static let loadFolder = LayeredFolder(places: [
    "/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d", "/usr/lib/modules-load.d",
    "/lib/modules-load.d",
  ])

  public static let needs: [ContentNeed] =
    ModprobeConfiguration.folder.needs + loadFolder.needs + BootEntries.needs + ["/etc/modules"]
    + ["/lib", "/usr/lib"].flatMap { place in
      ["modules.dep", "modules.builtin"].map { ContentNeed("\(place)/modules/*/\($0)", limit: listLimit) }
    }

  /// One kernel's modules, names with underscores.
  struct Kernel {
    var release: String
    var loadable: [String: String]
    var builtIn: Set<String>
    /// Where the lists are.
    var path: String
  }

  /// What a guest has of a module.
  public struct Module: Sendable, Hashable {
    /// The name with underscores.
    public var name: String
    /// Kernels that have it as a file, with the file.
    public var loadable: [String: String]
    /// Kernels that have it built in.
    public var builtIn: [String]
    /// The command that modprobe runs in place of loading it.
    public var install: Effective<String>?
    /// Whether that command loads nothing for sure.
    public var isBlocked: Bool
    /// Where the kernel's command line makes the kernel refuse it.
    public var refused: Origin?
    /// Where it is blacklisted, which only stops loading by an alias.
    public var blacklist: Origin?
    /// Where modules-load.d asks for it at boot.
    public var loadedAtBoot: Origin?
    /// Aliases of modprobe.d that stand for it.
    public var aliases: [Origin]
  }

  private let kernels: [Kernel]
  private let configuration: ModprobeConfiguration
  private let loads: [String: Origin]
  /// Modules of `module_blacklist=`, of which the last counts; names as the kernel has them, with underscores
  /// (`blacklisted` in kernel/module/main.c).
  private let refused: [String: Origin]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var files: [TextFile] = []
    for entry in try ModprobeConfiguration.folder.files(evidence) {
      files.append(try evidence.text(of: entry))
    }
    let commandLine = try KernelCommandLine(try facts.model())
    configuration = ModprobeConfiguration(files, commandLine)
    let refusals = commandLine.last("module_blacklist")
    refused = Dictionary(
      (refusals?.value ?? "").split(separator: ",").compactMap { name in
        refusals.map { (String(name), $0.origin) }
      }, uniquingKeysWith: { first, _ in first })
    loads = try Self.readLoads(evidence)
    kernels = try Self.readKernels(evidence)
  }

  /// Names of modules about which a file or the command line says something.
  public var configuredNames: [String] {
    let named =
      configuration.installs.map(\.pattern) + configuration.blacklist.keys + loads.keys + refused.keys
    return Set(named).sorted()
  }

  /// Names of the kernels that have modules, the newest first.
  public var releases: [String] { kernels.map(\.release) }

  /// The module with the name.
  public func module(_ name: String) -> Module {
    let name = ModuleName.normal(name)
    var loadable: [String: String] = [:]
    for kernel in kernels {
      if let file = kernel.loadable[name] { loadable[kernel.release] = "\(kernel.path)/\(file)" }
    }
    let install = configuration.install(for: name)
    return Module(
      name: name, loadable: loadable,
      builtIn: kernels.filter { $0.builtIn.contains(name) }.map(\.release), install: install,
      isBlocked: install.map { ModprobeConfiguration.loadsNothing($0.value) } ?? false,
      refused: refused[name], blacklist: configuration.blacklist[name], loadedAtBoot: loads[name],
      aliases: configuration.aliases.filter { $0.module == name }.map(\.origin))
  }

  private static func readLoads(_ evidence: Evidence) throws(EvidenceGap) -> [String: Origin] {
    var loads: [String: Origin] = [:]
    for entry in try loadFolder.files(evidence) {
      let file = try evidence.text(of: entry)
      for line in file.lines {
        let text = line.text.trimmingBlanks()
        guard let first = text.first, first != "#", first != ";" else { continue }
        let name = ModuleName.normal(text.prefix { $0 != " " && $0 != "\t" })
        let kind: Origin.Kind = file.path.hasPrefix("/etc/") ? .dropIn : .vendor
        if loads[name] == nil {
          loads[name] = Origin(path: file.path, line: line.number, kind: kind, text: String(text))
        }
      }
    }
    return loads
  }

  private static func readKernels(_ evidence: Evidence) throws(EvidenceGap) -> [Kernel] {
    var folders: [String: String] = [:]
    for place in ["/usr/lib/modules", "/lib/modules"] {
      guard let directory = try evidence.entry(at: place) else { continue }
      if let gap = evidence.index.gap(hiding: directory.path) {
        throw EvidenceGap(path: gap.path, reason: gap.reason)
      }
      for entry in directory.children where entry.type == .directory {
        folders[entry.name] = "\(place)/\(entry.name)"
      }
    }
    var kernels: [Kernel] = []
    for (release, path) in folders.sorted(by: { naturallyPrecedes($1.key, $0.key) }) {
      if let kernel = try readKernel(release, path, evidence) { kernels.append(kernel) }
      if kernels.count > kernelLimit {
        throw EvidenceGap(path: "/lib/modules", reason: "more than \(kernelLimit) kernels")
      }
    }
    return kernels
  }

  /// Nil for a folder that holds no module, as a removed kernel leaves behind.
  private static func readKernel(
    _ release: String, _ path: String, _ evidence: Evidence
  ) throws(EvidenceGap) -> Kernel? {
    var kernel = Kernel(release: release, loadable: [:], builtIn: [], path: path)
    var hasLists = false
    if let file = try evidence.text(at: "\(path)/modules.builtin") {
      hasLists = true
      for line in file.lines { kernel.builtIn.formUnion(ModuleName.ofFile(line.text).map { [$0] } ?? []) }
    }
    if let file = try evidence.text(at: "\(path)/modules.dep") {
      hasLists = true
      for line in file.lines {
        let name = line.text.prefix { $0 != ":" }
        if let module = ModuleName.ofFile(name) { kernel.loadable[module] = String(name) }
      }
    } else if let folder = try evidence.entry(at: path) {
      // depmod has not run: the files themselves tell what it would find.
      if let gap = evidence.index.gap(hiding: folder.path) {
        throw EvidenceGap(path: gap.path, reason: gap.reason)
      }
      for entry in folder.subtree where entry.type == .regular {
        guard let module = ModuleName.ofFile(entry.name) else { continue }
        kernel.loadable[module] = String(entry.path.dropFirst(folder.path.count + 1))
      }
    }
    return hasLists || !kernel.loadable.isEmpty ? kernel : nil
  }
}
