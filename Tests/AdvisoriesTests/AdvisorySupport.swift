import Advisories
import Facts
import Foundation
import TestSupport

/// A folder for files that are imported, and the database beside them.
final class ImportFolder {
  let path: String
  var database: String { path + "/advisories.sqlite" }

  init() throws {
    path = NSTemporaryDirectory() + "brinell-advisories-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult func write(_ name: String, _ text: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  @discardableResult func importing(
    _ names: String..., limits: ImportLimits = ImportLimits()
  ) throws -> [AdvisoryImport.Outcome] {
    var work = AdvisoryImport(database: database, now: 1_795_478_400)
    work.limits = limits
    return try work.run(names.map { path + "/" + $0 })
  }

  func store() throws -> AdvisoryStore { try AdvisoryStore(path: database) }

  /// The message of what is thrown; empty if nothing is.
  func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return String(describing: error) }
    return ""
  }
}

/// One record of OSV.
func osv(
  _ id: String, _ ecosystem: String, _ name: String, fixed: String? = nil, introduced: String = "0",
  published: String = "2026-01-02", cvss: String? = nil, aliases: [String] = [], extra: String = ""
) -> String {
  let events = [#"{"introduced":"\#(introduced)"}"#] + (fixed.map { [#"{"fixed":"\#($0)"}"#] } ?? [])
  let severity = cvss.map { #""severity":[{"type":"CVSS_V3","score":"\#($0)"}],"# } ?? ""
  let names = aliases.map { "\"\($0)\"" }.joined(separator: ",")
  return #"""
    {"id":"\#(id)","modified":"2026-11-20T01:02:03Z","published":"\#(published)T00:00:00Z","aliases":[\#(names)],
    \#(severity)"summary":"about \#(id)","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},
    "ranges":[{"type":"ECOSYSTEM","events":[\#(events.joined(separator: ","))]}]\#(extra)}]}
    """#
}

/// Collects what a source hands over.
struct Collected: AdvisoryReceiver {
  var advisories: [Advisory] = []
  var skipped: [String: Int] = [:]
  var date: String?

  mutating func take(_ advisory: Advisory) { advisories.append(advisory) }
  mutating func skip(_ record: String, reason: String) { skipped[reason, default: 0] += 1 }
  mutating func takeExploited(cve: String, added: String, due: String?, ransomware: Bool) {}
  mutating func takeProbability(cve: String, probability: Double) {}
  mutating func takeDate(_ date: String) { self.date = date }
}
