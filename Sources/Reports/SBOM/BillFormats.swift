/// A form in which a bill of materials can be written.
public enum BillFormat: String, Sendable, CaseIterable {
  case cyclonedx, spdx

  /// The bill in this form.
  public func render(_ bill: BillOfMaterials) -> String {
    switch self {
    case .cyclonedx: CycloneDXDocument(bill: bill).json.text
    case .spdx: SPDXDocument(bill).json.text
    }
  }
}

/// The packages of a report's guests as a CycloneDX bill of materials.
public enum CycloneDXFormat: ReportFormat {
  public static let name = BillFormat.cyclonedx.rawValue
  public static let summary = "packages and their vulnerabilities as a CycloneDX 1.6 bill of materials"

  public static func render(_ report: Report, _ style: TextStyle) throws -> String {
    BillFormat.cyclonedx.render(BillOfMaterials(report))
  }
}

/// The packages of a report's guests as an SPDX bill of materials.
public enum SPDXFormat: ReportFormat {
  public static let name = BillFormat.spdx.rawValue
  public static let summary = "packages and their vulnerabilities as an SPDX 2.3 bill of materials"

  public static func render(_ report: Report, _ style: TextStyle) throws -> String {
    BillFormat.spdx.render(BillOfMaterials(report))
  }
}
