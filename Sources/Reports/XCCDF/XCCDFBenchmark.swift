import Baselines

/// A report as an XCCDF 1.2 benchmark that holds its results (NISTIR 7275 revision 4).
///
/// Each check is a rule in the group of its area: so the default scoring model of the standard gives the score that
/// Brinell gives.
struct XCCDFBenchmark {
  let report: Report
  /// Every check that a verdict names, described or not.
  let checks: [Report.CheckDescription]
  private let baselines: String

  /// For targets that could not be judged: a result needs a rule.
  static let readable = Report.CheckDescription(
    id: "brinell.target-readable", title: "The target can be read", severity: .high,
    rationale: "What could not be read was not judged.")

  init(_ report: Report) {
    self.report = report
    baselines = report.baselines.map(\.id).joined(separator: "+")
    var known: Set<String> = []
    var checks = report.checks.filter { known.insert($0.id).inserted }
    for verdict in report.targets.lazy.flatMap(\.guests).flatMap(\.verdicts)
    where known.insert(verdict.check).inserted {
      checks.append(.init(id: verdict.check, title: verdict.check, severity: .medium))
    }
    if report.targets.contains(where: { $0.guests.isEmpty }), known.insert(Self.readable.id).inserted {
      checks.append(Self.readable)
    }
    self.checks = checks
  }

  var document: String { element.document }

  private var element: XMLElement {
    let titles = report.baselines.map(\.title).joined(separator: ", ")
    let title = titles.isEmpty ? "Brinell" : "Brinell: " + titles
    var children = [
      XMLElement("status", [("date", report.asOf)], text: "accepted"), XMLElement("title", text: title),
      XMLElement(
        "description",
        text: "Checks that \(report.tool.name) \(report.tool.version) has judged, with their results."),
      XMLElement("platform", [("idref", "cpe:/o:linux:linux_kernel")]),
      XMLElement("version", text: version), metadata,
      XMLElement("model", [("system", "urn:xccdf:scoring:default")]),
      XMLElement("model", [("system", "urn:xccdf:scoring:flat")]),
    ]
    if !report.baselines.isEmpty {
      children.append(XMLElement("Profile", [("id", profile)], children: [XMLElement("title", text: titles)]))
    }
    children += groups
    children += results
    return XMLElement(
      "Benchmark",
      [
        ("xmlns", "http://checklists.nist.gov/xccdf/1.2"),
        ("id", XCCDFNames.identifier("benchmark", baselines.isEmpty ? "none" : baselines)),
        ("resolved", "true"), ("xml:lang", "en"),
      ], children: children)
  }

  private var metadata: XMLElement {
    XMLElement(
      "metadata",
      children: [
        XMLElement(
          "dc:creator", [("xmlns:dc", "http://purl.org/dc/elements/1.1/")],
          text: "\(report.tool.name) \(report.tool.version)")
      ])
  }

  private var version: String {
    let versions = report.baselines.map(\.version).joined(separator: "+")
    return versions.isEmpty ? report.tool.version : versions
  }

  private var profile: String { XCCDFNames.identifier("profile", baselines) }

  private var groups: [XMLElement] {
    let members = Dictionary(grouping: checks, by: Self.area)
    var seen: Set<String> = []
    let areas = checks.map(Self.area).filter { seen.insert($0).inserted }
    return areas.map { area in
      XMLElement(
        "Group", [("id", XCCDFNames.identifier("group", area))],
        children: [XMLElement("title", text: area)] + (members[area] ?? []).map(Self.rule))
    }
  }

  private static func area(_ check: Report.CheckDescription) -> String {
    CheckArea(check: check.id).id
  }

  private static func rule(_ check: Report.CheckDescription) -> XMLElement {
    var children = [XMLElement("title", text: check.title)]
    children += check.references.sorted { $0.key < $1.key }.map { key, sections in
      XMLElement(
        "reference", [("href", XCCDFNames.system(ofReference: key))], text: sections.joined(separator: ", "))
    }
    if !check.rationale.isEmpty { children.append(XMLElement("rationale", text: check.rationale)) }
    children += identifiers(check)
    if !check.remediation.isEmpty { children.append(XMLElement("fixtext", text: check.remediation)) }
    if let fix = check.fix {
      children.append(XMLElement("fix", [("system", "urn:xccdf:fix:script:sh")], text: fix.shell))
      children.append(XMLElement("fix", [("system", "urn:xccdf:fix:script:ansible")], text: fix.ansible))
    }
    children.append(question(check.id))
    return XMLElement(
      "Rule",
      [
        ("id", XCCDFNames.rule(check.id)), ("selected", "true"), ("weight", "1.0"),
        ("severity", XCCDFNames.severity(check.severity)),
      ], children: children)
  }

  /// Who answers a rule, and by which name.
  static func question(_ check: String) -> XMLElement {
    XMLElement(
      "check", [("system", "urn:brinell:check")], children: [XMLElement("check-content", text: check)])
  }

  /// The sections of benchmarks that ask the same.
  static func identifiers(_ check: Report.CheckDescription) -> [XMLElement] {
    check.references.sorted { $0.key < $1.key }.flatMap { key, sections in
      sections.map { XMLElement("ident", [("system", XCCDFNames.system(ofReference: key))], text: $0) }
    }
  }

  private var results: [XMLElement] {
    let described = Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
    var results: [XMLElement] = []
    for target in report.targets {
      let guests = target.guests.map(Optional.some)
      for guest in guests.isEmpty ? [nil] : guests {
        let result = XCCDFResult(report: report, target: target, guest: guest, checks: described)
        results.append(
          result.element(
            number: results.count + 1, version: version, profile: report.baselines.isEmpty ? nil : profile))
      }
    }
    return results
  }
}
