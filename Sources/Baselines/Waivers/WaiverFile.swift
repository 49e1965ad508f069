/// Reads a file of waivers.
public enum WaiverFile {
  static let keys = ["waivers"]
  static let waiverKeys = [
    "check", "scope", "reason", "owner", "ticket", "expires", "status", "justification",
  ]
  static let scopeKeys = ["image", "subject"]

  /// The waivers in a file.
  ///
  /// - Throws: everything that is wrong with it; then nothing may be judged, since a waiver that is not
  ///   understood would either hide a finding or raise a false alarm.
  public static func read(_ path: String) throws(BaselineErrors) -> [Waiver] {
    let problems = ProblemList()
    do {
      let waivers = waivers(in: try YAMLFile.read(path), problems)
      try problems.throwIfAny()
      return waivers
    } catch let problem as BaselineProblem {
      throw BaselineErrors(problems: [problem], omitted: 0)
    } catch let errors as BaselineErrors {
      throw errors
    } catch {
      throw BaselineErrors(problems: [BaselineProblem(nil, "\(path): \(whyUnreadable(path))")], omitted: 0)
    }
  }

  static func waivers(in node: SourceNode, _ problems: ProblemList) -> [Waiver] {
    guard let reader = MappingReader(node, "a file of waivers", keys: keys, problems) else { return [] }
    guard let list = reader["waivers"] else {
      if !reader.hasUnknownKeys { problems.add(node.place, "a file of waivers lacks 'waivers'") }
      return []
    }
    guard case .list(let elements) = list.content else {
      problems.add(list.place, "'waivers' is a list, not \(list.words)")
      return []
    }
    return elements.compactMap { waiver($0, problems) }
  }

  private static func waiver(_ node: SourceNode, _ problems: ProblemList) -> Waiver? {
    guard let reader = MappingReader(node, "a waiver", keys: waiverKeys, problems) else { return nil }
    let check = reader.text("check", required: true)
    let reason = reader.text("reason", required: true)
    let owner = reader.text("owner", required: true)
    let ticket = reader.text("ticket")
    let expires = expiry(reader, problems)
    let exposure = exposure(reader, problems)
    let scope = reader["scope"].map { self.scope($0, problems) } ?? Waiver.Scope()
    if let check, !isCheckID(check) {
      problems.add(reader["check"]?.place, "'\(check.prefix(60))' is not an id of a check")
    }
    guard let check, let reason, let owner, let expires, let scope else { return nil }
    return Waiver(
      check: check, scope: scope, reason: reason, owner: owner, ticket: ticket, expires: expires,
      exposure: exposure, place: node.place)
  }

  private static func exposure(_ reader: MappingReader, _ problems: ProblemList) -> Exposure? {
    let status: Exposure.Status? = word("status", reader, problems)
    let justification: Exposure.Justification? = word("justification", reader, problems)
    if let place = reader["justification"]?.place, status != .notAffected {
      problems.add(place, "'justification' stands beside 'status: not_affected' only")
    }
    return status.map { Exposure($0, justification: justification) }
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ reader: MappingReader, _ problems: ProblemList
  ) -> Word? {
    guard let text = reader.text(key) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    problems.add(reader[key]?.place, "'\(key)' is one of \(words), not '\(text.prefix(60))'")
    return nil
  }

  private static func expiry(_ reader: MappingReader, _ problems: ProblemList) -> CalendarDate? {
    guard let text = reader.text("expires", required: true) else { return nil }
    if let date = CalendarDate(text) { return date }
    problems.add(reader["expires"]?.place, "'expires' is a day, YYYY-MM-DD, not '\(text.prefix(60))'")
    return nil
  }

  private static func scope(_ node: SourceNode, _ problems: ProblemList) -> Waiver.Scope? {
    guard let reader = MappingReader(node, "the scope of a waiver", keys: scopeKeys, problems) else {
      return nil
    }
    if node.entries?.isEmpty == true {
      problems.add(node.place, "an empty scope; leave it out for every image and subject")
    }
    return Waiver.Scope(image: reader.text("image"), subject: reader.text("subject"))
  }

  /// An id, or one with `@BASELINE`.
  private static func isCheckID(_ text: String) -> Bool {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return CheckSource.isID(parts[0]) && (parts.count == 1 || !parts[1].isEmpty)
  }
}
