import DiskImages
import Evidence

/// Packages that came for others and that nothing needs any more: what `apt-get autoremove` would remove.
///
/// The rules are those of apt (apt-pkg/depcache.cc, `MarkRequired` and `MarkPackage`): whatever is not marked as
/// automatic, essential, protected, of priority required, on hold, named by `APT::NeverAutoRemove` or one of the
/// protected kernels is a root; from there on Pre-Depends and Depends are followed, Recommends and Suggests too
/// unless `APT::AutoRemove::RecommendsImportant` and `::SuggestsImportant` say no, to every alternative that is
/// installed and every package that provides it. What is not reached is unused.
///
/// The kernel that runs is taken to be the one that boots. What repositories say (another priority of the same
/// version) is not taken into account. Where two packages of one source but of different versions provide the same
/// name, apt may mark fewer of them, depending on the order in which it comes by.
public struct UnusedPackages: FactModel {
  /// One package that is not needed.
  public struct Item: Sendable, Hashable {
    public var package: Package
    /// Of its files as the package says, in bytes.
    public var size: Int64
  }

  public static let needs: [ContentNeed] =
    InstalledPackages.needs + AptConfiguration.needs + BootEntries.needs

  /// More comparisons of packages with relations than this are no real system.
  static let lookLimit = 4_000_000

  /// By name.
  public let items: [Item]
  /// Packages of other architectures are named with theirs.
  public let nativeArchitecture: String
  /// Whether apt has noted which packages came for others; without it all count as asked for.
  public let marksAreKnown: Bool

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let packages: InstalledPackages = try facts.model()
    guard packages.formats.contains("dpkg") else {
      throw EvidenceGap(path: "/var/lib/dpkg/status", reason: "no package database of dpkg")
    }
    marksAreKnown = packages.packages.contains { $0.isAutomatic != nil }
    guard let status = try facts.evidence.text(at: "/var/lib/dpkg/status") else {
      items = []
      nativeArchitecture = ""
      return
    }
    let graph = DependencyGraph([status], packages)
    nativeArchitecture = graph.native
    let apt: AptConfiguration = try facts.model()
    let booting = try? facts.model(BootEntries.self).bootingKernel
    var marking = AutomaticMarking(graph, apt, KernelProtection(graph.nodes, apt, booting: booting))
    try marking.run()
    items = marking.unused.map { Item(package: graph.nodes[$0].package, size: graph.nodes[$0].installedSize) }
      .sorted { ($0.package.name, $0.package.architecture) < ($1.package.name, $1.package.architecture) }
  }
}

/// Marks what roots need, one package after the other.
private struct AutomaticMarking {
  private struct Question: Hashable {
    var relation: PackageRelation
    var architecture: String
  }

  private let graph: DependencyGraph
  private let kernels: KernelProtection
  private let neverRemoved: [SafePattern]
  private let followsRecommends: Bool
  private let followsSuggests: Bool
  private let ignoresHold: Bool
  private var isMarked: [Bool]
  private var answered: Set<Question> = []
  private var looks = 0

  init(_ graph: DependencyGraph, _ apt: AptConfiguration, _ kernels: KernelProtection) {
    let isOn = { (name: String, usual: Bool) in
      apt.value(name).flatMap { AptConfiguration.boolean($0.value) } ?? usual
    }
    self.graph = graph
    self.kernels = kernels
    // Searched for anywhere in the name, letters of either case alike (`Configuration::MatchAgainstConfig`).
    neverRemoved = apt.list("APT::NeverAutoRemove").prefix(KernelProtection.patternLimit).compactMap {
      SafePattern(".*(\($0.value.lowercased()))")
    }
    followsRecommends = isOn("APT::AutoRemove::RecommendsImportant", true)
    followsSuggests = isOn("APT::AutoRemove::SuggestsImportant", true)
    ignoresHold = isOn("APT::Ignore-Hold", false)
    isMarked = Array(repeating: false, count: graph.nodes.count)
  }

  /// Packages that were not reached, without those of priority required.
  var unused: [Int] { graph.nodes.indices.filter { !isMarked[$0] && !graph.nodes[$0].isRequired } }

  mutating func run() throws(EvidenceGap) {
    var pending = graph.nodes.indices.filter { isRoot(graph.nodes[$0]) }
    for root in pending { isMarked[root] = true }
    while let next = pending.popLast() {
      let node = graph.nodes[next]
      var relations = node.depends
      if followsRecommends { relations += node.recommends }
      if followsSuggests { relations += node.suggests }
      for relation in relations {
        let question = Question(relation: relation, architecture: node.architecture)
        guard answered.insert(question).inserted else { continue }
        for needed in needed(by: question) where !isMarked[needed] {
          isMarked[needed] = true
          pending.append(needed)
        }
        if looks > UnusedPackages.lookLimit {
          throw EvidenceGap(path: "/var/lib/dpkg/status", reason: "too many packages provide the same name")
        }
      }
    }
  }

  private func isRoot(_ node: DependencyGraph.Node) -> Bool {
    if node.package.isAutomatic != true || node.isEssential || node.isProtected || node.isRequired {
      return true
    }
    if node.package.isHeld && !ignoresHold { return true }
    let name = node.package.name
    return kernels.protects(name) || neverRemoved.contains { $0.matchesStart(of: name.lowercased()) }
  }

  private mutating func needed(by question: Question) -> [Int] {
    let bySource = graph.satisfying(question.relation, of: question.architecture, looks: &looks)
    return bySource.values.flatMap { newest(of: $0) }
  }

  /// Of several packages of one source those of its newest version; of several kernels' packages those of the
  /// protected kernels, if one of them is.
  private func newest(of nodes: [Int]) -> [Int] {
    if nodes.count < 2 { return nodes }
    let versions = nodes.map { DpkgVersion(graph.nodes[$0].package.sourceVersion) }
    guard let highest = versions.max() else { return nodes }
    let latest = zip(nodes, versions).filter { $0.1 == highest }.map(\.0)
    guard latest.count > 1, latest.allSatisfy({ kernels.isVersioned(graph.nodes[$0].package.name) }) else {
      return latest
    }
    let protected = latest.filter { kernels.protects(graph.nodes[$0].package.name) }
    return protected.isEmpty ? latest : protected
  }
}
