/// A package in a distribution, as a product id of a CSAF document names it.
struct CSAFPackage {
  var ecosystem: String
  var name: String
  /// With release, and epoch if it is not 0.
  var version: String?
  /// Empty where none is given.
  var architecture: String
  /// `name:stream`
  var module: String?

  /// Relationships within relationships: a package of a module of a distribution.
  private static let depth = 4

  /// The failure is a few words, the same for the same kind of trouble.
  static func of(_ id: String, in document: CSAFDocument) -> Result<CSAFPackage, AdvisoryError> {
    guard let relationship = document.relationships[id] else {
      return .failure(AdvisoryError("a product without a package"))
    }
    guard let platform = platform(relationship.platform, document) else {
      return .failure(AdvisoryError("a product of an unknown distribution"))
    }
    return package(relationship.component, document, platform.ecosystem, platform.module)
  }

  private static func platform(
    _ id: String, _ document: CSAFDocument
  ) -> (ecosystem: String, module: String?)? {
    var id = id
    var module: String?
    for _ in 0..<depth {
      if let product = document.products[id], let ecosystem = ecosystem(product) {
        return (ecosystem, module)
      }
      guard let relationship = document.relationships[id] else { return nil }
      module =
        document.products[relationship.component]?.purl.flatMap(PackageURL.init).flatMap(stream) ?? module
      id = relationship.platform
    }
    return nil
  }

  /// By the CPE's vendor, else by the name.
  private static func ecosystem(_ product: CSAFDocument.Product) -> String? {
    if let cpe = product.cpe, let start = cpe.firstRange(of: ":redhat:") {
      return "Red Hat:" + cpe[start.upperBound...]
    }
    for vendor in ["SUSE", "openSUSE"] where product.name.hasPrefix(vendor + " ") {
      return vendor + ":" + product.name.dropFirst(vendor.count + 1)
    }
    return nil
  }

  /// `ruby:2.6` of `pkg:rpmmod/redhat/ruby@2.6:8060020220628150300:d63f516d`.
  private static func stream(_ purl: PackageURL) -> String? {
    guard purl.type == "rpmmod", let stream = purl.version?.split(separator: ":").first else { return nil }
    return purl.name + ":" + stream
  }

  private static func package(
    _ id: String, _ document: CSAFDocument, _ ecosystem: String, _ module: String?
  ) -> Result<CSAFPackage, AdvisoryError> {
    guard let text = document.products[id]?.purl else {
      return .success(named(document.products[id]?.name ?? id, ecosystem, module))
    }
    guard let purl = PackageURL(text), !purl.name.isEmpty else {
      return .failure(AdvisoryError("a malformed package URL"))
    }
    switch purl.type {
    case "rpm": return rpm(purl, ecosystem, module)
    case "rpmmod" where purl.namespace.contains("/"):
      // A package in a module that has no fix: pkg:rpmmod/redhat/ruby:2.6/ruby
      let module = purl.namespace.split(separator: "/").last.map(String.init)
      return .success(
        CSAFPackage(ecosystem: ecosystem, name: purl.name, version: nil, architecture: "src", module: module))
    case "rpmmod": return .failure(AdvisoryError("a module as a whole"))
    default: return .failure(AdvisoryError("a container image or another product that is no rpm package"))
    }
  }

  private static func rpm(
    _ purl: PackageURL, _ ecosystem: String, _ module: String?
  ) -> Result<CSAFPackage, AdvisoryError> {
    var package = CSAFPackage(
      ecosystem: ecosystem, name: purl.name, version: purl.version,
      architecture: purl.qualifiers["arch"] ?? "", module: module)
    if let version = purl.version, let epoch = purl.qualifiers["epoch"], epoch != "0" {
      package.version = epoch + ":" + version
    }
    if let text = purl.qualifiers["rpmmod"] {
      let parts = text.split(separator: ":")
      guard parts.count >= 2 else { return .failure(AdvisoryError("a module without a stream")) }
      package.module = parts[0] + ":" + parts[1]
    }
    return .success(package)
  }

  /// Without a package URL: `curl-0:7.76.1-26.el9_3.2.x86_64`, `libopenssl1_1` or `curl.src`.
  private static func named(_ text: String, _ ecosystem: String, _ module: String?) -> CSAFPackage {
    if let parts = RpmNames.parts(text) {
      return CSAFPackage(
        ecosystem: ecosystem, name: parts.name, version: parts.version, architecture: parts.architecture,
        module: module)
    }
    let isSource = text.hasSuffix(".src")
    return CSAFPackage(
      ecosystem: ecosystem, name: isSource ? String(text.dropLast(4)) : text, version: nil,
      architecture: isSource ? "src" : "", module: module)
  }
}
