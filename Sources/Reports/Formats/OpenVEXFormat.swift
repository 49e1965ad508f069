import Baselines

/// What waivers say of vulnerabilities, for scanners that take such statements (OpenVEX 0.2.0,
/// github.com/openvex/spec): a statement for each vulnerability of each package that a waiver accepts.
///
/// A statement is the assertion of an author, who is a person or an organisation, and a document groups one or more of
/// them. So what Brinell alone has found is none, and where no waiver says anything there is no document.
public enum OpenVEXFormat: ReportFormat {
  public static let name = "openvex"
  public static let summary = "what waivers say of vulnerabilities, for other scanners"

  public static func render(_ report: Report, _ style: TextStyle) throws(NothingToExport) -> String {
    var owners: Set<String> = []
    var statements: [JSONValue] = []
    var seen: Set<JSONValue> = []
    for target in report.targets {
      for system in target.guests.map(BillOfMaterials.System.init) {
        for entry in system.vulnerabilities {
          guard let said = entry.statement else { continue }
          owners.insert(said.owner)
          let statement = statement(entry, said, system, target.target)
          if seen.insert(statement).inserted { statements.append(statement) }
        }
      }
    }
    if statements.isEmpty {
      throw NothingToExport(description: "nothing to state: no waiver accepts a known vulnerability")
    }
    return document(report, statements, author: owners.sorted().joined(separator: ", ")).text
  }

  private static func document(_ report: Report, _ statements: [JSONValue], author: String) -> JSONValue {
    let tool = "\(report.tool.name) \(report.tool.version)"
    let targets = report.targets.map(\.target).joined(separator: "\n")
    let identity = [tool, report.startedAt, targets, JSONValue.array(statements).text]
    return .object([
      .init("@context", .string("https://openvex.dev/ns/v0.2.0")),
      .init("@id", .string("urn:uuid:" + nameBasedUUID(identity.joined(separator: "\n")))),
      .init("author", .string(author)),
      .init("timestamp", .string(report.startedAt)), .init("version", .integer(1)),
      .init("tooling", .string(tool)), .init("statements", .array(statements)),
    ])
  }

  private static func statement(
    _ entry: BillOfMaterials.Vulnerability, _ said: VulnerabilityStatements.Statement,
    _ system: BillOfMaterials.System, _ target: String
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("vulnerability", vulnerability(entry.vulnerability)),
      .init("products", .array(products(entry, system))), .init("status", .string(said.status.rawValue)),
    ]
    let notes = "in \(target): \(said.notes)"
    // The schema wants one of the two beside not_affected, and forbids both.
    if said.status == .notAffected, said.justification == nil {
      members.append(.init("impact_statement", .string(notes)))
    } else {
      members.append(.init("status_notes", .string(notes)))
    }
    if let justification = said.justification {
      members.append(.init("justification", .string(justification.rawValue)))
    }
    if said.status == .affected { members.append(.init("action_statement", .string(entry.recommendation))) }
    return .object(members)
  }

  private static func vulnerability(_ vulnerability: GuestReport.Vulnerability) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let publisher = WebAddress.publisher(of: vulnerability.name) {
      members.append(.init("@id", .string(publisher.address)))
    }
    members.append(.init("name", .string(vulnerability.name)))
    if !vulnerability.summary.isEmpty {
      members.append(.init("description", .string(vulnerability.summary)))
    }
    return .object(members)
  }

  /// The affected packages by their URLs, by which other scanners know them too.
  private static func products(
    _ entry: BillOfMaterials.Vulnerability, _ system: BillOfMaterials.System
  ) -> [JSONValue] {
    var seen: Set<String> = []
    return entry.affected.map { system.components[$0].purl }.filter { seen.insert($0).inserted }.map { purl in
      .object([
        .init("@id", .string(purl)), .init("identifiers", .object([.init("purl", .string(purl))])),
      ])
    }
  }
}
