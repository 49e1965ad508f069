/// CISA's catalogue of known exploited vulnerabilities, as JSON or CSV
/// (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>). Only the JSON says when it was made.
public enum KEVSource: AdvisorySource {
  public static let name = "cisa-kev"

  public static func recognises(name: String, head: [UInt8]) -> Bool {
    let text = String(decoding: head.prefix(4096), as: UTF8.self)
    if isTable(text) { return true }
    return text.contains("\"catalogVersion\"") || text.contains("\"cveID\"") && text.contains("\"dateAdded\"")
  }

  private static func isTable(_ head: String) -> Bool {
    head.split(whereSeparator: \.isNewline).first.map {
      $0.contains("cveID") && $0.contains("dateAdded") && !$0.contains("{")
    } ?? false
  }

  private struct Entry {
    var cve: String?
    var added: String?
    var due: String?
    var ransomware: String?
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    try AdvisoryLimits.check(file)
    if isTable(String(decoding: file.bytes.prefix(4096), as: UTF8.self)) {
      try readTable(file, &receiver)
    } else {
      try readCatalogue(file, &receiver)
    }
  }

  private static func readCatalogue(
    _ file: AdvisoryFile, _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var scanner = try JSONScanner(file)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "dateReleased":
        if let date = try scanner.text() { receiver.takeDate(date) }
      case "vulnerabilities" where scanner.isAtList:
        try scanner.beginList()
        while try scanner.nextElement() { try take(try entry(&scanner), &receiver) }
      default: try scanner.skip()
      }
    }
    try scanner.finish()
  }

  private static func entry(_ scanner: inout JSONScanner) throws(AdvisoryError) -> Entry {
    var entry = Entry()
    guard scanner.isAtObject else {
      try scanner.skip()
      return entry
    }
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "cveID": entry.cve = try scanner.text()
      case "dateAdded": entry.added = try scanner.text()
      case "dueDate": entry.due = try scanner.text()
      case "knownRansomwareCampaignUse": entry.ransomware = try scanner.text()
      default: try scanner.skip()
      }
    }
    return entry
  }

  private static func readTable(
    _ file: AdvisoryFile, _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var table = CSVScanner(file)
    let header = try table.nextRow() ?? []
    let columns = Dictionary(header.enumerated().map { ($1, $0) }) { first, _ in first }
    while let row = try table.nextRow() {
      let field = { (name: String) in
        columns[name].flatMap { row.indices.contains($0) ? row[$0] : nil }
      }
      try take(
        Entry(
          cve: field("cveID"), added: field("dateAdded"), due: field("dueDate"),
          ransomware: field("knownRansomwareCampaignUse")),
        &receiver)
    }
  }

  private static func take(_ entry: Entry, _ receiver: inout some AdvisoryReceiver) throws(AdvisoryError) {
    guard let cve = entry.cve.map({ AdvisoryText.trimmed($0) }), AdvisoryText.isCVE(cve) else {
      return receiver.skip(entry.cve ?? "", reason: "an entry without a CVE number")
    }
    guard let added = entry.added.flatMap(AdvisoryText.day) else {
      return receiver.skip(cve, reason: "an entry without a date")
    }
    try receiver.takeExploited(
      cve: cve, added: added, due: entry.due.flatMap(AdvisoryText.day),
      ransomware: entry.ransomware == "Known")
  }
}
