extension LoadedBaseline {
  /// Everything that decides what is judged and what is said, in a fixed order, without the places in files
  /// and the origins of values. The digest is made of it.
  public var canonicalForm: JSONValue { form(withOrigins: false) }

  /// The same with origins, for listings.
  public var listing: JSONValue { form(withOrigins: true) }

  private func form(withOrigins: Bool) -> JSONValue {
    .members([
      "id": .string(identity.id),
      "version": .string(identity.version),
      "title": .string(identity.title),
      "digest": withOrigins ? .string(identity.digest) : nil,
      "description": description.map { .string($0) },
      "benchmark": benchmark.map {
        .members([
          "name": .string($0.name), "version": .string($0.version), "profile": $0.profile.map { .string($0) },
          "certified": .boolean($0.isCertified),
        ])
      },
      "file": withOrigins ? .string(file) : nil,
      "extends": withOrigins ? .strings(extends) : nil,
      "applies_to": appliesTo.map { $0.json },
      "values": withOrigins ? .array(values.map(\.json)) : nil,
      "disabled": withOrigins
        ? .array(
          disabled.map {
            .members(["check": .string($0.check), "reason": .string($0.reason), "by": .string($0.by)])
          }) : nil,
      "checks": .array(checks.map { $0.json(withOrigins: withOrigins) }),
    ])
  }
}

extension Check {
  /// The check as JSON; with `withOrigins` also where it and its values are defined.
  func json(withOrigins: Bool) -> JSONValue {
    .members([
      "id": .string(id),
      "title": .string(title),
      "severity": .string(severity.rawValue),
      "applies_to": appliesTo.isEmpty ? nil : .array(appliesTo.map(\.json)),
      "when": when.map { .string($0.words) },
      "requires": requires.isEmpty ? nil : .strings(requires),
      "question": question.json,
      "values": withOrigins && !values.isEmpty ? .array(values.map(\.json)) : nil,
      "references": .object(
        references.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .strings($0.value)) }),
      "rationale": .string(rationale),
      "remediation": .string(remediation),
      "defined_in": withOrigins ? .string(definedIn) : nil,
      "defined_at": withOrigins ? place.map { .string($0.description) } : nil,
    ])
  }
}

extension Applicability {
  var json: JSONValue {
    .members(["distribution": .strings(distributions), "version": .strings(versions)])
  }
}

extension ResolvedValue {
  var json: JSONValue {
    .members([
      "name": .string(name),
      "title": title.isEmpty ? nil : .string(title),
      "value": isList ? .strings(value) : .string(value.first ?? ""),
      "set_by": .string(setBy),
      "set_at": place.map { .string($0.description) },
    ])
  }
}

extension Question {
  /// As a baseline would write it, in JSON: `{"sshd": {"option": …}}`.
  public var json: JSONValue {
    switch self {
    case .kind(let name, let parameters): return .object([.init(key: name, value: parameters.json)])
    case .combination(let combination, let parts):
      let list = JSONValue.array(parts.map(\.json))
      guard case .count(let low, let high) = combination else {
        return .object([.init(key: combination.name, value: list)])
      }
      let limits = JSONValue.members([
        "of": list, "at_least": low.map { .integer($0) }, "at_most": high.map { .integer($0) },
      ])
      return .object([.init(key: combination.name, value: limits)])
    }
  }

  /// In one line, as YAML: `sshd: {option: PermitRootLogin, equals: "no"}`.
  public var line: String {
    guard case .object(let members) = json, let member = members.first else { return "" }
    return "\(member.key): \(member.value.flowYAML)"
  }
}

extension Parameters {
  /// In the order of the keys' names.
  var json: JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value.json) })
  }
}

extension ParameterValue {
  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .boolean(let value): .boolean(value)
    case .list(let elements): .strings(elements)
    case .mode(let mode): .string(ParameterReader.modeText(mode))
    case .mapping(let values): Parameters(values).json
    }
  }
}

extension JSONValue {
  /// YAML in flow style; texts have quotes only where YAML needs them or would read another type.
  var flowYAML: String {
    switch self {
    case .array(let elements): "[" + elements.map(\.flowYAML).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\($0.key): \($0.value.flowYAML)" }.joined(separator: ", ") + "}"
    case .string(let text): Self.isPlain(text) ? text : compact
    case .null, .boolean, .integer: compact
    }
  }

  private static func isPlain(_ text: String) -> Bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    guard let first = text.utf8.first, text.utf8.last != UInt8(ascii: " "), !words.contains(text.lowercased())
    else { return false }
    let isLetter = (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z")
    guard isLetter || first == UInt8(ascii: "/") || first == UInt8(ascii: "_") else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: " _-./@+=*".utf8.contains(byte)
      }
    }
  }
}
