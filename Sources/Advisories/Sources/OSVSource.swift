/// Records of the Open Source Vulnerability format (ossf.github.io/osv-schema), one in a file or several in an array.
public enum OSVSource: AdvisorySource {
  public static let name = "osv"

  /// The keys that together no other form has; the schema demands `id` and `modified`.
  public static func recognises(name: String, head: [UInt8]) -> Bool {
    var json = JSONScanner(bytes: head, name: name)
    var marks = Marks()
    do {
      if json.isAtList {
        try json.beginList()
        while try !marks.areAll && json.nextElement() { try marks.look(&json) }
      } else {
        try marks.look(&json)
      }
    } catch {
      // The head of a long file is cut off.
    }
    return marks.areAll
  }

  /// Keys of the form that were seen.
  private struct Marks {
    var hasID = false
    var hasOther = false
    var areAll: Bool { hasID && hasOther }

    /// Looks at the next value as far as need be.
    mutating func look(_ json: inout JSONScanner) throws(AdvisoryError) {
      guard try json.entersObject() else { return }
      while let key = try json.nextKey() {
        switch key {
        case "id": hasID = json.isAtString
        case "modified", "schema_version", "affected": hasOther = true
        default: break
        }
        if areAll { return }
        try json.skip()
      }
    }
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var records: [OSVRecord] = []
    var damage: AdvisoryError?
    var json = try JSONScanner(file)
    do {
      if json.isAtList {
        try json.beginList()
        while try json.nextElement() { records.append(try OSVRecord(&json)) }
      } else {
        records.append(try OSVRecord(&json))
      }
      try json.finish()
    } catch {
      damage = error
    }
    for record in records {
      if let modified = record.modified { receiver.takeDate(modified) }
      if let reason = record.objection {
        receiver.skip(record.advisory.id.isEmpty ? file.name : record.advisory.id, reason: reason)
      } else {
        try receiver.take(record.advisory)
      }
    }
    if let damage { receiver.skip(file.name, reason: "damaged JSON: \(damage.reason)") }
  }
}
