/// Red Hat's and SUSE's CSAF 2.0 documents: VEX (one document for each CVE) and security advisories.
///
/// A package counts in the ecosystem that its distribution's CPE or name gives:
///
/// - Red Hat: `Red Hat:` and the CPE after its vendor, as OSV writes it: `Red Hat:enterprise_linux:9::appstream`,
///   `Red Hat:rhel_eus:9.0::baseos`; for what has no fix the CPE has no repository: `Red Hat:enterprise_linux:8`. So a
///   guest with RHEL 9 is spoken of by `Red Hat:enterprise_linux:9` and all that starts with it and `::`.
/// - SUSE: `SUSE:` or `openSUSE:` and the product's name without it: `SUSE:Linux Enterprise Server 15 SP5`,
///   `openSUSE:Leap 15.5`.
///
/// The module is `name:stream`, from the package URL's `rpmmod` or from the module that the package is a part of
/// (`pkg:rpmmod/…`). A name with the architecture `src` is that of a source package, which Red Hat gives alone for
/// some that have no fix. Container images and products that are no packages are skipped and counted.
/// Red Hat describes its documents in
/// redhatproductsecurity.github.io/security-data-guidelines/csaf-vex.
public enum CSAFSource: AdvisorySource {
  public static let name = "csaf"

  public static func recognises(name: String, head: [UInt8]) -> Bool {
    guard head.prefix(64).contains(UInt8(ascii: "{")) else { return false }
    return String(decoding: head, as: UTF8.self).contains("\"csaf_version\"")
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    let document = try CSAFDocument(file)
    guard !document.vulnerabilities.isEmpty else {
      return receiver.skip(document.id.isEmpty ? file.name : document.id, reason: "no vulnerability")
    }
    if document.category == "csaf_security_advisory" {
      try takeAdvisory(document, file.name, &receiver)
    } else {
      for vulnerability in document.vulnerabilities { try take(vulnerability, document, &receiver) }
    }
  }

  /// One statement of a VEX document, under the name of the vulnerability.
  private static func take(
    _ vulnerability: CSAFDocument.Vulnerability, _ document: CSAFDocument,
    _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    guard let id = vulnerability.cve ?? (document.id.isEmpty ? nil : document.id) else {
      return receiver.skip("document", reason: "a vulnerability without a name")
    }
    var advisory = Advisory(id: id)
    advisory.summary = AdvisoryText.firstLine(vulnerability.title ?? document.title)
    advisory.published = vulnerability.published ?? document.published
    advisory.cvss = vulnerability.vectors
    advisory.statedSeverity = document.severity?.lowercased()
    advisory.references = vulnerability.references
    var products = CSAFProducts(document)
    products.add(vulnerability)
    for skipped in products.skipped { receiver.skip(id, reason: skipped) }
    advisory.affected = products.affected
    if !advisory.affected.isEmpty { try receiver.take(advisory) }
  }

  /// All of an advisory, which is one set of updates for several vulnerabilities.
  private static func takeAdvisory(
    _ document: CSAFDocument, _ file: String, _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    guard !document.id.isEmpty else { return receiver.skip(file, reason: "an advisory without a name") }
    var advisory = Advisory(id: document.id)
    advisory.summary = AdvisoryText.firstLine(document.title)
    advisory.published = document.published
    advisory.statedSeverity = document.severity?.lowercased()
    var products = CSAFProducts(document)
    for vulnerability in document.vulnerabilities {
      if let cve = vulnerability.cve, !advisory.aliases.contains(cve) { advisory.aliases.append(cve) }
      advisory.cvss += vulnerability.vectors.filter { !advisory.cvss.contains($0) }
      advisory.references += vulnerability.references.filter { !advisory.references.contains($0) }
      products.add(vulnerability)
    }
    for skipped in products.skipped { receiver.skip(document.id, reason: skipped) }
    advisory.affected = products.affected
    if !advisory.affected.isEmpty { try receiver.take(advisory) }
  }
}
