/// A bill of materials in CycloneDX 1.6 (cyclonedx.org/docs/1.6/json).
struct CycloneDXDocument {
  let bill: BillOfMaterials

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("$schema", .string("http://cyclonedx.org/schema/bom-1.6.schema.json")),
      .init("bomFormat", .string("CycloneDX")), .init("specVersion", .string("1.6")),
      .init("serialNumber", .string("urn:uuid:" + bill.uuid)), .init("version", .integer(1)),
      .init("metadata", metadata), .init("components", .array(bill.systems.enumerated().flatMap(components))),
      .init("dependencies", .array(dependencies)),
    ]
    // An empty list says that there are none, which only advisories can tell.
    if bill.systems.contains(where: { $0.lookedUp ?? 0 > 0 }) {
      members.append(.init("vulnerabilities", .array(vulnerabilities)))
    }
    return .object(members)
  }

  private static let subjectReference = "target"

  private var metadata: JSONValue {
    var members: [JSONValue.Member] = [
      .init("timestamp", .string(bill.created)),
      .init(
        "tools",
        .object([
          .init(
            "components",
            .array([
              .object([
                .init("type", .string("application")), .init("name", .string(bill.tool.name)),
                .init("version", .string(bill.tool.version)),
              ])
            ]))
        ])),
      .init(
        "component",
        .object([
          .init("type", .string("file")), .init("bom-ref", .string(Self.subjectReference)),
          .init("name", .string(bill.subject)),
        ])),
    ]
    if !bill.advisories.isEmpty {
      let sources = bill.advisories.map { "\($0.source) of \($0.date), \($0.digest)" }
      members.append(.init("properties", .array(sources.map { Self.property("advisories", $0) })))
    }
    return .object(members)
  }

  private func components(_ number: Int, _ system: BillOfMaterials.System) -> [JSONValue] {
    var members: [JSONValue.Member] = [
      .init("type", .string("operating-system")), .init("bom-ref", .string(Self.reference(number))),
      .init("name", .string(system.distribution)),
    ]
    if let version = system.version { members.append(.init("version", .string(version))) }
    members.append(.init("description", .string(system.name)))
    var properties = [Self.property("root", system.root)]
    // Without them a bill would look like one of packages that have no vulnerabilities.
    properties += system.lookedUp.map { [Self.property("looked-up-packages", String($0))] } ?? []
    properties += system.notLookedUp.map { Self.property("not-looked-up", $0) }
    members.append(.init("properties", .array(properties)))
    return [.object(members)]
      + system.components.enumerated().map { position, component in
        Self.component(component, Self.reference(number, position))
      }
  }

  static func reference(_ system: Int) -> String { "system-\(system + 1)" }

  static func reference(_ system: Int, _ position: Int) -> String {
    "system-\(system + 1)-package-\(position + 1)"
  }

  private static func component(_ component: BillOfMaterials.Component, _ reference: String) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("type", .string("library")), .init("bom-ref", .string(reference)),
    ]
    if let supplier = component.supplier {
      members.append(.init("supplier", .object([.init("name", .string(supplier))])))
    }
    members.append(.init("name", .string(component.name)))
    members.append(.init("version", .string(component.version)))
    let licences = licences(component.licences)
    if !licences.isEmpty { members.append(.init("licenses", .array(licences))) }
    members.append(.init("purl", .string(component.purl)))
    if !component.foundAt.isEmpty {
      let place = JSONValue.object([.init("location", .string(component.foundAt))])
      members.append(.init("evidence", .object([.init("occurrences", .array([place]))])))
    }
    let properties = [("architecture", component.architecture), ("source-package", component.source)]
    let given = properties.filter { !$0.1.isEmpty }.map { property($0.0, $0.1) }
    if !given.isEmpty { members.append(.init("properties", .array(given))) }
    return .object(members)
  }

  static func property(_ name: String, _ value: String) -> JSONValue {
    .object([.init("name", .string("brinell:" + name)), .init("value", .string(value))])
  }

  /// Either one expression or names, as the schema has it.
  private static func licences(_ texts: [String]) -> [JSONValue] {
    if texts.count == 1, LicenceExpression.isValid(texts[0]) {
      return [.object([.init("expression", .string(texts[0]))])]
    }
    return texts.filter { !$0.isEmpty }.map { text in
      .object([.init("license", .object([.init("name", .string(text))]))])
    }
  }

  /// The target contains systems, and these contain packages; what packages need of each other is not told.
  private var dependencies: [JSONValue] {
    func node(_ reference: String, _ parts: [String]) -> JSONValue {
      .object([
        .init("ref", .string(reference)), .init("dependsOn", .array(parts.map(JSONValue.string))),
      ])
    }
    let systems = bill.systems.indices.map(Self.reference)
    return [node(Self.subjectReference, systems)]
      + bill.systems.enumerated().map { number, system in
        node(Self.reference(number), system.components.indices.map { Self.reference(number, $0) })
      }
  }
}
