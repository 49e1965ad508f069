import Advisories
import Baselines

extension CycloneDXDocument {
  /// An entry for each vulnerability of each package: severity, fix and analysis differ among packages.
  var vulnerabilities: [JSONValue] {
    bill.systems.enumerated().flatMap { number, system in
      system.vulnerabilities.enumerated().map { position, entry in
        Self.vulnerability(entry, system, number, position)
      }
    }
  }

  private static func vulnerability(
    _ entry: BillOfMaterials.Vulnerability, _ system: BillOfMaterials.System, _ number: Int, _ position: Int
  ) -> JSONValue {
    let vulnerability = entry.vulnerability
    var members: [JSONValue.Member] = [
      .init("bom-ref", .string("\(reference(number))-vulnerability-\(position + 1)")),
      .init("id", .string(vulnerability.name)),
    ]
    if let publisher = WebAddress.publisher(of: vulnerability.name) {
      members.append(
        .init(
          "source",
          .object([.init("name", .string(publisher.name)), .init("url", .string(publisher.address))])))
    }
    members.append(.init("ratings", .array(ratings(vulnerability))))
    if !vulnerability.summary.isEmpty {
      members.append(.init("description", .string(vulnerability.summary)))
    }
    members.append(.init("recommendation", .string(entry.recommendation)))
    let addresses = vulnerability.references.compactMap(WebAddress.valid)
    if !addresses.isEmpty {
      members.append(.init("advisories", .array(addresses.map { .object([.init("url", .string($0))]) })))
    }
    if let statement = entry.statement { members.append(.init("analysis", analysis(statement))) }
    members.append(
      .init("affects", .array(entry.affected.map { affected(system.components[$0], number, $0) })))
    members.append(.init("properties", .array(properties(entry))))
    return .object(members)
  }

  /// That of CVSS, and Brinell's own where it says something else.
  private static func ratings(_ vulnerability: GuestReport.Vulnerability) -> [JSONValue] {
    var ratings: [JSONValue] = []
    let scored = vulnerability.score.flatMap { Severity(rawValue: AdvisorySeverity(score: $0).word) }
    if let score = vulnerability.score, let scored {
      var members: [JSONValue.Member] = [
        .init("score", .number(score)), .init("severity", .string(scored.rawValue)),
        .init("method", .string(method(vulnerability.vector ?? ""))),
      ]
      if let vector = vulnerability.vector { members.append(.init("vector", .string(vector))) }
      ratings.append(.object(members))
    }
    if vulnerability.severity != scored || ratings.isEmpty {
      ratings.append(
        .object([
          .init("severity", .string(vulnerability.severity?.rawValue ?? "unknown")),
          .init("method", .string("other")), .init("justification", .string(vulnerability.rating)),
        ]))
    }
    return ratings
  }

  private static func method(_ vector: String) -> String {
    let methods = ["CVSS:3.0/": "CVSSv3", "CVSS:3.1/": "CVSSv31", "CVSS:4.0/": "CVSSv4"]
    return methods[String(vector.prefix(9))] ?? "other"
  }

  private static func affected(
    _ component: BillOfMaterials.Component, _ number: Int, _ position: Int
  ) -> JSONValue {
    let version = JSONValue.object([
      .init("version", .string(component.version)), .init("status", .string("affected")),
    ])
    return .object([
      .init("ref", .string(reference(number, position))), .init("versions", .array([version])),
    ])
  }

  /// In the words of CycloneDX; a justification that it does not know stands in the detail.
  private static func analysis(_ statement: VulnerabilityStatements.Statement) -> JSONValue {
    var members: [JSONValue.Member] = [.init("state", .string(state(statement.status)))]
    if let justification = statement.justification.flatMap(justification) {
      members.append(.init("justification", .string(justification)))
    }
    let words = statement.justification.map { $0.rawValue.replacing("_", with: " ") + ": " } ?? ""
    members.append(.init("detail", .string(words + statement.notes)))
    return .object(members)
  }

  private static func state(_ status: Exposure.Status) -> String {
    switch status {
    case .affected: "exploitable"
    case .underInvestigation: "in_triage"
    case .notAffected: "not_affected"
    }
  }

  private static func justification(_ justification: Exposure.Justification) -> String? {
    switch justification {
    case .componentNotPresent, .codeNotPresent: "code_not_present"
    case .codeNotInExecutePath: "code_not_reachable"
    case .inlineMitigations: "protected_by_mitigating_control"
    case .codeNotControlledByAdversary: nil
    }
  }

  private static func properties(_ entry: BillOfMaterials.Vulnerability) -> [JSONValue] {
    let vulnerability = entry.vulnerability
    var properties = [property("package", entry.package.name)]
    if entry.package.role != .software { properties.append(property("role", entry.package.role.rawValue)) }
    if entry.further > 0 { properties.append(property("further-packages", String(entry.further))) }
    properties += vulnerability.fixed.map { [property("fixed-version", $0)] } ?? []
    properties += vulnerability.since.map { [property("known-since", $0)] } ?? []
    properties += vulnerability.probability.map { [property("epss", String($0))] } ?? []
    if let exploited = vulnerability.exploited {
      properties.append(property("exploited-since", exploited.added))
      if let due = exploited.due { properties.append(property("exploited-due", due)) }
      if exploited.ransomware { properties.append(property("exploited-by-ransomware", "true")) }
    }
    properties += vulnerability.advisories.map { property("advisory", $0) }
    return properties + vulnerability.findings.map { property("finding", $0) }
  }
}
