/// `updateinfo.xml`, the list of updates in the `repodata` of rpm repositories: Fedora, SUSE, AlmaLinux, Rocky, Oracle,
/// Amazon, Red Hat. The elements are those that createrepo_c reads and writes (`xml_parser_updateinfo.c`).
///
/// Only updates of type `security` count; one that the vendor has taken back (`status="retracted"`) does not. A package
/// in an update is fixed in its version, and every older one is taken as affected, which is how dnf and zypper see it.
/// Source and debug packages are left out: nothing of them runs. Fedora names the CVEs only in the titles of bugs.
public enum UpdateInfoSource: AdvisorySource {
  public static let name = "updateinfo"

  /// The root element is `updates`.
  public static func recognises(name: String, head: [UInt8]) -> Bool {
    guard head.prefix(16).contains(UInt8(ascii: "<")),
      var scanner = try? FeedXML(AdvisoryFile(name: name, bytes: head)), let event = try? scanner.next(),
      case .start("updates") = event
    else { return false }
    return true
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var scanner = try FeedXML(file)
    let context = UpdateInfoEcosystem.stated(in: file.name)
    var update = Update()
    while let event = try scanner.next() {
      switch event {
      case .start("update"): update = Update(scanner.attributes)
      case .start(let element): update.begin(element, scanner.attributes)
      case .end("update"): try take(update, context, &receiver)
      case .end(let element): update.end(element, in: scanner.parent, text: scanner.text)
      }
    }
  }

  private static func take(
    _ update: Update, _ context: String?, _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    guard update.type == "security" else { return }
    guard !update.id.isEmpty else { return receiver.skip("update", reason: "an update without a name") }
    guard update.status != "retracted" else {
      return receiver.skip(update.id, reason: "retracted by its vendor")
    }
    var advisory = update.advisory
    advisory.affected = affected(update, context, &receiver)
    if !advisory.affected.isEmpty { try receiver.take(advisory) }
  }

  /// One entry for each package and version, with the architectures that it is there for.
  private static func affected(
    _ update: Update, _ context: String?, _ receiver: inout some AdvisoryReceiver
  ) -> [AffectedPackage] {
    var entries: [AffectedPackage] = []
    var positions: [AffectedPackage: Int] = [:]
    var architectures: [[String]] = []
    for package in update.packages where package.isInstallable {
      guard let version = package.fixed else {
        receiver.skip(update.id, reason: "a package without a name or version")
        continue
      }
      guard let ecosystem = UpdateInfoEcosystem.of(package, in: update) ?? context else {
        receiver.skip(update.id, reason: "a package whose distribution is not told")
        continue
      }
      var entry = AffectedPackage(ecosystem: ecosystem, name: package.name)
      entry.ranges = [.init(fixed: version)]
      entry.module = package.module
      if let position = positions[entry] {
        if !architectures[position].contains(package.architecture) {
          architectures[position].append(package.architecture)
        }
      } else {
        positions[entry] = entries.count
        entries.append(entry)
        architectures.append([package.architecture])
      }
    }
    for position in entries.indices where !architectures[position].contains("noarch") {
      entries[position].architectures = architectures[position].filter { !$0.isEmpty }.sorted()
    }
    return entries
  }
}

extension UpdateInfoSource {
  /// One package of an update.
  struct Package {
    var name: String
    var epoch: String
    var version: String
    var release: String
    var architecture: String
    /// `name:stream`
    var module: String?
    /// The name of the collection that it stands in.
    var collection = ""

    /// `1:2.4.57-5.el9`; the epoch 0 is not written. Nil where something is missing.
    var fixed: String? {
      guard !name.isEmpty, !version.isEmpty, !release.isEmpty else { return nil }
      let isZero = epoch.isEmpty || epoch == "0" || epoch == "None"
      return (isZero ? "" : epoch + ":") + version + "-" + release
    }

    /// Whether it is more than sources or what a debugger reads.
    var isInstallable: Bool {
      architecture != "src" && architecture != "nosrc" && !RpmNames.isForDebugging(name)
    }
  }

  /// An update as far as it has been read.
  struct Update {
    var type = ""
    var status = ""
    var from = ""
    var id = ""
    var title = ""
    var release = ""
    var severity = ""
    var issued: String?
    var cves: [String] = []
    var references: [String] = []
    var packages: [Package] = []
    private var module: String?
    /// Where the packages of the collection begin that is open.
    private var collectionStart = 0
    private var collectionName = ""

    init() {}

    init(_ attributes: [String: String]) {
      type = attributes["type"] ?? ""
      status = attributes["status"] ?? ""
      from = attributes["from"] ?? ""
    }

    mutating func begin(_ element: String, _ attributes: [String: String]) {
      switch element {
      case "issued": issued = attributes["date"].flatMap(AdvisoryText.day)
      case "reference": addReference(attributes)
      case "collection":
        module = nil
        collectionStart = packages.count
        collectionName = ""
      case "module":
        if let name = attributes["name"], let stream = attributes["stream"] { module = name + ":" + stream }
      case "package":
        packages.append(
          Package(
            name: attributes["name"] ?? "", epoch: attributes["epoch"] ?? "",
            version: attributes["version"] ?? "", release: attributes["release"] ?? "",
            architecture: attributes["arch"] ?? "", module: module))
      default: break
      }
    }

    private mutating func addReference(_ attributes: [String: String]) {
      let words = [attributes["id"] ?? "", attributes["title"] ?? ""].joined(separator: " ")
      for cve in AdvisoryText.cves(in: words) where !cves.contains(cve) && cves.count < 1000 {
        cves.append(cve)
      }
      guard attributes["type"] == "self", let address = attributes["href"] else { return }
      references.append(address)
    }

    mutating func end(_ element: String, in parent: String, text: String) {
      switch (parent, element) {
      case ("update", "id"): id = text
      case ("update", "title"): title = AdvisoryText.firstLine(text)
      case ("update", "release"): release = text
      case ("update", "severity"): severity = text
      case ("update", "issued"): if issued == nil { issued = AdvisoryText.day(text) }
      case ("collection", "name"): collectionName = text
      case ("pkglist", "collection"):
        // The name may stand after the packages, and so may the module.
        for position in packages.indices.suffix(from: min(collectionStart, packages.endIndex)) {
          packages[position].collection = collectionName
          packages[position].module = packages[position].module ?? module
        }
      default: break
      }
    }

    /// The advisory without its packages.
    var advisory: Advisory {
      var advisory = Advisory(id: id)
      advisory.aliases = cves.filter { $0 != id }
      advisory.summary = String(title.prefix(AdvisoryLimits.summary))
      advisory.published = issued
      let word = severity.lowercased()
      advisory.statedSeverity = ["", "none", "unspecified", "n/a"].contains(word) ? nil : word
      advisory.references = references
      return advisory
    }
  }
}
