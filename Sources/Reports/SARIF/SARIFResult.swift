import Baselines

/// One result of a SARIF run.
package struct SARIFResult {
  /// What a result says.
  package enum Kind: String {
    case fail
    /// The question could not be decided.
    case open
  }

  /// A file of the guest.
  package struct Place {
    package var path: String
    package var line: Int?
    /// What is to be seen there.
    package var text: String

    /// Names a place.
    package init(path: String, line: Int?, text: String) {
      self.path = path
      self.line = line
      self.text = text
    }
  }

  package var check: String
  package var kind: Kind
  package var severity: Severity
  package var message: String
  /// The image, for results that lie in no file.
  package var target: String
  /// The image and the system in it, for people.
  package var system: String
  /// Tells results of several systems apart; empty where there is one, so that it is recognised in another file.
  package var scope: String
  package var places: [Place]
  package var fingerprint: String
  /// Why it is accepted.
  package var acceptance: String?
  /// Whether it is new since an earlier run; nil where nothing was compared.
  package var isNew: Bool?

  /// Describes a result.
  package init(
    check: String, kind: Kind, severity: Severity, message: String, target: String, system: String,
    scope: String, places: [Place], fingerprint: String, acceptance: String? = nil, isNew: Bool? = nil
  ) {
    self.check = check
    self.kind = kind
    self.severity = severity
    self.message = message
    self.target = target
    self.system = system
    self.scope = scope
    self.places = places
    self.fingerprint = fingerprint
    self.acceptance = acceptance
    self.isNew = isNew
  }

  private static let placeLimit = 10

  func json(rule: Int64?) -> JSONValue {
    var members: [JSONValue.Member] = [.init("ruleId", .string(printable(check)))]
    if let rule { members.append(.init("ruleIndex", .integer(rule))) }
    members += [
      .init("kind", .string(kind.rawValue)),
      .init("level", .string(kind == .fail ? severity.sarifLevel : "none")),
      .init("message", sarifText(message.isEmpty ? check : message)),
      .init("locations", .array([location(places.first, isPrimary: true)])),
    ]
    let further = places.dropFirst().prefix(Self.placeLimit)
    if !further.isEmpty {
      members.append(
        .init("relatedLocations", .array(further.map { location($0, isPrimary: false) })))
    }
    members.append(
      .init(
        "partialFingerprints",
        .object([
          .init("brinell/v1", .string(printable(fingerprint))),
          // The one that code scanning knows: images with the same finding must not share it.
          .init(
            "primaryLocationLineHash",
            .string(Finding.fingerprint(check: fingerprint, subject: scope) + ":1")),
        ])))
    if let acceptance {
      members.append(
        .init(
          "suppressions",
          .array([
            .object([
              .init("kind", .string("external")), .init("status", .string("accepted")),
              .init("justification", .string(printable(acceptance))),
            ])
          ])))
    }
    if let isNew { members.append(.init("baselineState", .string(isNew ? "new" : "unchanged"))) }
    members.append(.init("properties", .object([.init("severity", .string(severity.rawValue))])))
    return .object(members)
  }

  private func location(_ place: Place?, isPrimary: Bool) -> JSONValue {
    var artifact: [JSONValue.Member] = []
    let path = place.map { relativePath($0.path) } ?? ""
    if path.isEmpty {
      artifact.append(.init("uri", .string(uriPath(fileName(of: target)))))
    } else {
      artifact.append(.init("uri", .string(uriPath(path))))
      artifact.append(.init("uriBaseId", .string(SARIFLog.guestRoot)))
    }
    var region: [JSONValue.Member] = [
      .init("startLine", .integer(Int64(min(max(1, place?.line ?? 1), Int(Int32.max)))))
    ]
    if let text = place?.text, !text.isEmpty {
      region.append(.init("snippet", .object([.init("text", .string(printable(text, limit: 1000)))])))
    }
    var members: [JSONValue.Member] = [
      .init(
        "physicalLocation",
        .object([.init("artifactLocation", .object(artifact)), .init("region", .object(region))]))
    ]
    if isPrimary {
      members.append(
        .init(
          "logicalLocations",
          .array([
            .object([
              .init("fullyQualifiedName", .string(printable(system))), .init("kind", .string("module")),
            ])
          ])))
    }
    return .object(members)
  }
}

/// A guest's path as forges want it, relative to the root and without a way out of it: `etc/ssh/sshd_config`.
package func relativePath(_ path: String) -> String {
  // A mark that combines with a slash does not hide it.
  path.unicodeScalars.split(separator: "/").map { String($0) }.filter { $0 != "." && $0 != ".." }
    .joined(separator: "/")
}

/// The last part of a target's name.
package func fileName(of target: String) -> String {
  let name = relativePath(target).split(separator: "/").last.map(String.init) ?? ""
  return name.isEmpty ? "image" : name
}

/// A path in a URI (RFC 3986): all but unreserved characters and slashes is percent-encoded.
func uriPath(_ path: String) -> String {
  let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
  var result = ""
  for byte in path.utf8 {
    if plain.contains(byte) {
      result.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      let digits = String(byte, radix: 16, uppercase: true)
      result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }
  return result
}
