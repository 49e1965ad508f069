/// A bill of materials in SPDX 2.3 (spdx.github.io/spdx-spec/v2.3, as JSON).
struct SPDXDocument {
  let bill: BillOfMaterials
  /// Texts that are no expression, each with a reference of its own.
  private let otherLicences: [String]
  private let otherNumbers: [String: Int]
  /// References to advisories, for each system by the position of the package.
  private let advisories: [[Int: [JSONValue]]]

  init(_ bill: BillOfMaterials) {
    self.bill = bill
    advisories = bill.systems.map(Self.advisories)
    let texts = bill.systems.flatMap(\.components).flatMap(\.licences)
    otherLicences = Set(texts.filter { !$0.isEmpty && !LicenceExpression.isValid($0) }).sorted()
    otherNumbers = Dictionary(uniqueKeysWithValues: otherLicences.enumerated().map { ($1, $0 + 1) })
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("spdxVersion", .string("SPDX-2.3")), .init("dataLicense", .string("CC0-1.0")),
      .init("SPDXID", .string("SPDXRef-DOCUMENT")), .init("name", .string(bill.subject)),
      .init("documentNamespace", .string("https://spdx.org/spdxdocs/brinell-" + bill.uuid)),
      .init(
        "creationInfo",
        .object([
          .init("created", .string(bill.created)),
          .init("creators", .array([.string("Tool: \(bill.tool.name)-\(bill.tool.version)")])),
        ])),
    ]
    members.append(.init("packages", .array(bill.systems.enumerated().flatMap(packages))))
    if !otherLicences.isEmpty {
      members.append(.init("hasExtractedLicensingInfos", .array(otherLicences.map(extracted))))
    }
    let described = bill.systems.enumerated().flatMap(relationships)
    // A document has to describe something, if nothing at all (SPDX 2.3, 11.1).
    members.append(
      .init(
        "relationships",
        .array(described.isEmpty ? [Self.relationship("SPDXRef-DOCUMENT", "DESCRIBES", "NONE")] : described)))
    return .object(members)
  }

  private static let unknown = JSONValue.string("NOASSERTION")

  private static func reference(_ system: Int, _ position: Int? = nil) -> String {
    "SPDXRef-System-\(system + 1)" + (position.map { "-Package-\($0 + 1)" } ?? "")
  }

  private func packages(_ number: Int, _ system: BillOfMaterials.System) -> [JSONValue] {
    var members: [JSONValue.Member] = [
      .init("SPDXID", .string(Self.reference(number))), .init("name", .string(system.distribution)),
    ]
    if let version = system.version { members.append(.init("versionInfo", .string(version))) }
    members += [
      .init("downloadLocation", Self.unknown), .init("filesAnalyzed", .bool(false)),
      .init("licenseConcluded", Self.unknown), .init("licenseDeclared", Self.unknown),
      .init("copyrightText", Self.unknown), .init("description", .string(system.name)),
      .init("primaryPackagePurpose", .string("OPERATING-SYSTEM")),
    ]
    return [.object(members)]
      + system.components.enumerated().map {
        package($1, Self.reference(number, $0), advisories[number][$0] ?? [])
      }
  }

  private func package(
    _ component: BillOfMaterials.Component, _ reference: String, _ advisories: [JSONValue]
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("SPDXID", .string(reference)), .init("name", .string(component.name)),
      .init("versionInfo", .string(component.version)),
      .init("supplier", component.supplier.map { .string("Organization: \($0)") } ?? Self.unknown),
      .init("downloadLocation", Self.unknown), .init("filesAnalyzed", .bool(false)),
      .init("licenseConcluded", Self.unknown), .init("licenseDeclared", declared(component.licences)),
      .init("copyrightText", Self.unknown),
    ]
    var origin: [String] = []
    if !component.foundAt.isEmpty { origin.append("listed in " + component.foundAt) }
    if !component.source.isEmpty { origin.append("built from the source package " + component.source) }
    if !origin.isEmpty { members.append(.init("sourceInfo", .string(origin.joined(separator: ", ")))) }
    members.append(
      .init(
        "externalRefs",
        .array(
          [
            .object([
              .init("referenceCategory", .string("PACKAGE-MANAGER")), .init("referenceType", .string("purl")),
              .init("referenceLocator", .string(component.purl)),
            ])
          ] + advisories)))
    return .object(members)
  }

  /// Vulnerabilities as annex K.1.1 has them; one that is published nowhere on the web cannot be named.
  private static func advisories(of system: BillOfMaterials.System) -> [Int: [JSONValue]] {
    var result: [Int: [JSONValue]] = [:]
    for entry in system.vulnerabilities {
      let known = WebAddress.publisher(of: entry.vulnerability.name)?.address
      guard let address = known ?? entry.vulnerability.references.lazy.compactMap(WebAddress.valid).first
      else {
        continue
      }
      let reference = JSONValue.object([
        .init("referenceCategory", .string("SECURITY")), .init("referenceType", .string("advisory")),
        .init("referenceLocator", .string(address)), .init("comment", .string(comment(on: entry))),
      ])
      for position in entry.affected { result[position, default: []].append(reference) }
    }
    return result
  }

  private static func comment(on entry: BillOfMaterials.Vulnerability) -> String {
    var words = ["\(entry.vulnerability.name): \(entry.ratingWords)", entry.recommendation]
    if let statement = entry.statement {
      words.append("\(statement.status.rawValue.replacing("_", with: " ")): \(statement.notes)")
    }
    if entry.further > 0 { words.append("\(counted(entry.further, "further package")) not named") }
    return words.joined(separator: "; ")
  }

  /// Several licences hold together.
  private func declared(_ licences: [String]) -> JSONValue {
    let known = licences.filter { !$0.isEmpty }
    if known.isEmpty { return Self.unknown }
    let expressions = known.map { text in otherNumbers[text].map(Self.licenceReference) ?? text }
    if expressions.count == 1 { return .string(expressions[0]) }
    return .string(expressions.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " AND "))
  }

  private static func licenceReference(_ number: Int) -> String { "LicenseRef-\(number)" }

  private func extracted(_ text: String) -> JSONValue {
    .object([
      .init("licenseId", .string(Self.licenceReference(otherNumbers[text] ?? 0))),
      .init("extractedText", .string(text)), .init("name", .string(text)),
    ])
  }

  private func relationships(_ number: Int, _ system: BillOfMaterials.System) -> [JSONValue] {
    let own = Self.reference(number)
    return [Self.relationship("SPDXRef-DOCUMENT", "DESCRIBES", own)]
      + system.components.indices.map { Self.relationship(own, "CONTAINS", Self.reference(number, $0)) }
  }

  private static func relationship(_ from: String, _ kind: String, _ to: String) -> JSONValue {
    .object([
      .init("spdxElementId", .string(from)), .init("relationshipType", .string(kind)),
      .init("relatedSpdxElement", .string(to)),
    ])
  }
}
