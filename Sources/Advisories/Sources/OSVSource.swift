/// Records of the Open Source Vulnerability format (ossf.github.io/osv-schema), one in a file or several in an array.
public enum OSVSource: AdvisorySource {
  public static let name = "osv"

  /// The keys that together no other form has; the schema demands `id` and `modified`.
  public static func recognises(name: String, head: [UInt8]) -> Bool {
    var json = JSONReader(head)
    var (hasID, hasOther) = (false, false)
    func look(_ json: inout JSONReader) throws(JSONError) {
      try json.members { key, json throws(JSONError) in
        switch key {
        case "id": hasID = try json.kind() == .string
        case "modified", "schema_version", "affected": hasOther = true
        default: break
        }
        // The rest need not be read.
        if hasID && hasOther { throw JSONError(0, "recognised") }
        try json.skip()
      }
    }
    do {
      if try json.kind() == .array {
        try json.elements { json throws(JSONError) in try look(&json) }
      } else {
        try look(&json)
      }
    } catch {
      // The head of a long file is cut off.
    }
    return hasID && hasOther
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var records: [OSVRecord] = []
    var damage: JSONError?
    do {
      var json = JSONReader(file.bytes)
      if try json.kind() == .array {
        try json.elements { json throws(JSONError) in records.append(try OSVRecord(&json)) }
      } else {
        records.append(try OSVRecord(&json))
      }
      try json.end()
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
