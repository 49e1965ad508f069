/// The language as a JSON Schema (draft 2020-12), for editors. Derived from the kinds' specifications, so
/// that it cannot drift from what is read; what it accepts can still be refused, such as a name that does not
/// exist.
public enum BaselineSchema {
  /// The schema of baselines, libraries and files of waivers.
  public static func schema(_ kinds: KindRegistry = .standard) -> JSONValue {
    .members([
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:brinell:baseline:1",
      "title": "Brinell baseline, library or file of waivers",
      "anyOf": .array([reference("baseline"), reference("library"), reference("waivers")]),
      "$defs": .object(definitions(kinds)),
    ])
  }

  private static func definitions(_ kinds: KindRegistry) -> [JSONValue.Member] {
    let structure: [(String, JSONValue)] = [
      ("baseline", baseline), ("library", library), ("waivers", waivers),
      ("check", check(kinds, isInLibrary: false)), ("libraryCheck", check(kinds, isInLibrary: true)),
      ("question", question(kinds)), ("when", when), ("value", value), ("appliesTo", appliesTo),
    ]
    let basic: [(String, JSONValue)] = [
      ("text", .members(["type": .strings(["string", "number", "boolean"])])),
      ("texts", anyOf(reference("text"), .members(["type": "array", "items": reference("text")]))),
      ("variable", .members(["type": "string", "pattern": "^\\$\\{[a-z][a-z0-9_]*\\}$"])),
      ("severity", words(Severity.self)),
      ("checkId", .members(["type": "string", "pattern": "^[a-z0-9][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)+$"])),
    ]
    let kinds = kinds.kinds.map { ("kind-\($0.name)", parameters($0.parameters, $0.summary)) }
    return (structure + basic + kinds).map { .init(key: $0.0, value: $0.1) }
  }

  private static var baseline: JSONValue {
    object(
      [
        ("id", reference("text")), ("version", reference("text")), ("title", reference("text")),
        ("description", reference("text")),
        (
          "benchmark",
          object(
            [
              ("name", reference("text")), ("version", reference("text")), ("profile", reference("text")),
              ("certified", .members(["type": "boolean"])),
            ], required: ["name", "version", "certified"])
        ),
        ("extends", reference("texts")), ("library", reference("texts")),
        ("applies_to", reference("appliesTo")),
        ("values", map(reference("value"))), ("set", map(reference("texts"))), ("select", reference("texts")),
        (
          "disable",
          array(
            object(
              [("check", reference("text")), ("reason", reference("text"))], required: ["check", "reason"]))
        ),
        ("severities", map(reference("severity"))), ("checks", array(reference("check"))),
      ], required: ["id", "version", "title"])
  }

  private static var library: JSONValue {
    object(
      [
        ("library", reference("text")), ("values", map(reference("value"))),
        ("set", map(map(reference("texts")))), ("checks", array(reference("libraryCheck"))),
      ], required: ["library"])
  }

  private static var waivers: JSONValue {
    let scope = object([("image", reference("text")), ("subject", reference("text"))], required: [])
    let waiver = object(
      [
        ("check", reference("text")), ("scope", scope), ("reason", reference("text")),
        ("owner", reference("text")), ("ticket", reference("text")),
        ("expires", .members(["type": "string", "format": "date"])),
        ("status", words(Exposure.Status.self)), ("justification", words(Exposure.Justification.self)),
      ], required: ["check", "reason", "owner", "expires"])
    return object([("waivers", array(waiver))], required: ["waivers"])
  }

  private static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONValue {
    .members(["enum": .strings(Word.allCases.map(\.rawValue))])
  }

  private static var value: JSONValue {
    object(
      [
        ("type", words(ValueDeclaration.ValueType.self)),
        ("default", reference("texts")), ("min", .members(["type": "integer"])),
        ("max", .members(["type": "integer"])), ("choices", reference("texts")), ("title", reference("text")),
      ], required: ["type", "default"])
  }

  private static var appliesTo: JSONValue {
    object(
      [
        ("os", .members(["const": "linux"])), ("distribution", reference("texts")),
        ("version", reference("texts")),
      ],
      required: [])
  }

  private static var when: JSONValue {
    object(
      [
        ("package", reference("texts")), ("unit", reference("texts")), ("file", reference("texts")),
        ("distribution", reference("texts")), ("verify", reference("texts")), ("asked", reference("texts")),
        ("value", map(reference("texts"))), ("check", reference("question")), ("machine", reference("texts")),
        ("not", reference("when")),
        ("any", array(reference("when"))),
      ], required: [])
  }

  private static func check(_ kinds: KindRegistry, isInLibrary: Bool) -> JSONValue {
    let own: [(String, JSONValue)] = [
      ("id", reference("checkId")), ("title", reference("text")), ("severity", reference("severity")),
      ("when", reference("when")), ("requires", reference("texts")), ("references", map(reference("texts"))),
      ("rationale", reference("text")), ("remediation", reference("text")),
    ]
    let special: (String, JSONValue) =
      isInLibrary ? ("baselines", reference("texts")) : ("override", .members(["type": "boolean"]))
    return object(own + [special] + questions(kinds), required: ["id"])
  }

  private static func question(_ kinds: KindRegistry) -> JSONValue {
    guard case .object(let members) = object(questions(kinds), required: []) else { return .null }
    return .object(
      members + [
        .init(key: "minProperties", value: .integer(1)), .init(key: "maxProperties", value: .integer(1)),
      ])
  }

  private static func questions(_ kinds: KindRegistry) -> [(String, JSONValue)] {
    let list = array(reference("question"))
    let number = JSONValue.members(["type": "integer"])
    return [
      ("all", list), ("any", list), ("none", list),
      ("count", object([("of", list), ("at_least", number), ("at_most", number)], required: ["of"])),
    ] + kinds.names.map { ($0, reference("kind-\($0)")) }
  }

  private static func parameters(_ specifications: [ParameterSpecification], _ summary: String) -> JSONValue {
    let members = specifications.map { ($0.key, described(type($0.type), $0.summary)) }
    let required = specifications.filter(\.isRequired).map(\.key)
    return described(object(members, required: required), summary)
  }

  private static func type(_ type: ParameterSpecification.ValueType) -> JSONValue {
    switch type {
    case .text: reference("text")
    case .integer: anyOf(.members(["type": "integer"]), reference("variable"))
    case .boolean: anyOf(.members(["type": "boolean"]), reference("variable"))
    case .textList: reference("texts")
    case .choice(let choices): anyOf(.members(["enum": .strings(choices)]), reference("variable"))
    case .mode:
      anyOf(
        .members(["type": "string", "pattern": "^(0o)?[0-7]{3,5}$"]),
        .members(["type": "integer", "minimum": .integer(0)]), reference("variable"))
    case .mapping(let inner): parameters(inner, "")
    }
  }

  private static func described(_ schema: JSONValue, _ summary: String) -> JSONValue {
    guard !summary.isEmpty, case .object(let members) = schema else { return schema }
    return .object([.init(key: "description", value: .string(summary))] + members)
  }

  private static func reference(_ name: String) -> JSONValue {
    .members(["$ref": .string("#/$defs/\(name)")])
  }

  private static func anyOf(_ schemas: JSONValue...) -> JSONValue { .members(["anyOf": .array(schemas)]) }

  private static func array(_ items: JSONValue) -> JSONValue { .members(["type": "array", "items": items]) }

  private static func map(_ values: JSONValue) -> JSONValue {
    .members(["type": "object", "additionalProperties": values])
  }

  private static func object(_ members: [(String, JSONValue)], required: [String]) -> JSONValue {
    .members([
      "type": "object",
      "properties": .object(members.map { .init(key: $0.0, value: $0.1) }),
      "required": required.isEmpty ? nil : .strings(required),
      "additionalProperties": .boolean(false),
    ])
  }
}
