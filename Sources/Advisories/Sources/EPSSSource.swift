/// FIRST's probabilities of exploitation (<https://www.first.org/epss/data_stats>): CSV, after a first line such as
/// `#model_version:v2025.03.14,score_date:2026-07-28T12:00:27Z`.
public enum EPSSSource: AdvisorySource {
  public static let name = "epss"

  public static func recognises(name: String, head: [UInt8]) -> Bool {
    head.starts(with: "#model_version:".utf8) || head.starts(with: "cve,epss,".utf8)
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    try AdvisoryLimits.check(file)
    var columns: (cve: Int, probability: Int)?
    for line in file.bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      if line.first == UInt8(ascii: "#") {
        if let date = date(in: String(decoding: line.prefix(1024), as: UTF8.self)) { receiver.takeDate(date) }
        continue
      }
      let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 8, omittingEmptySubsequences: false)
      guard let known = columns else {
        let names = fields.map { String(decoding: $0, as: UTF8.self) }
        guard let cve = names.firstIndex(of: "cve"), let probability = names.firstIndex(of: "epss") else {
          throw AdvisoryError("\(file.name): the columns 'cve' and 'epss' are missing")
        }
        columns = (cve, probability)
        continue
      }
      try take(fields, known, &receiver)
    }
  }

  private static func take(
    _ fields: [ArraySlice<UInt8>], _ columns: (cve: Int, probability: Int),
    _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    let text = { (column: Int) in
      fields.indices.contains(column) ? String(decoding: fields[column].prefix(64), as: UTF8.self) : ""
    }
    let cve = text(columns.cve)
    guard AdvisoryText.isCVE(cve) else {
      return receiver.skip(cve, reason: "a line without a CVE number")
    }
    guard let probability = Double(text(columns.probability)), (0...1).contains(probability) else {
      return receiver.skip(cve, reason: "not a probability")
    }
    try receiver.takeProbability(cve: cve, probability: probability)
  }

  private static func date(in line: String) -> String? {
    line.split(separator: ",").first { $0.hasPrefix("score_date:") }.map {
      String($0.dropFirst("score_date:".count))
    }
  }
}
