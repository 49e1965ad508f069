import Baselines
import DiskImages
import Facts
import Foundation
import TestSupport
import Testing

@testable import Evidence
@testable import Reports
@testable import brinell

/// The guest of samples/secrets: everything that is planted is found, and nothing of it gets out.
@Suite struct SecretLeakTests {
  private struct Planted {
    var path: String
    var line: Int?
    var kind: String
    var value: String
  }

  private let folder: String
  private let planted: [Planted]
  private let harmless: [String]

  init() throws {
    let folder = NSTemporaryDirectory() + "brinell-secrets-\(UUID().uuidString)"
    self.folder = folder
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "samples/secrets/build").path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script, folder]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(
      process.terminationStatus == 0, "samples/secrets/build needs python3, openssl and ssh-keygen")
    func rows(_ name: String) throws -> [[String]] {
      try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
    planted = try rows("planted.tsv").map {
      Planted(path: $0[0], line: $0[1] == "0" ? nil : Int($0[1]), kind: $0[2], value: $0[3])
    }
    harmless = try rows("harmless.tsv").map { $0[0] }
  }

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  @Test func everythingPlantedIsFoundAndNothingElse() throws {
    defer { remove() }
    let evidence = try Collector(plan: CollectionPlan([Secrets.self])).collect(
      DirectoryFilesystem(path: folder + "/tree"))
    let answer = try evidence.answer(of: SecretsProbe.self)
    var found: Set<String> = []
    for (id, record) in answer.records {
      let path = try #require(evidence.index.entry(id: id)).path
      for finding in record.findings where finding.isEncrypted != true {
        found.insert("\(path):\(finding.line ?? 0) \(finding.kind.rawValue)")
      }
    }
    let expected = Set(planted.map { "\($0.path):\($0.line ?? 0) \($0.kind)" })
    #expect(expected.subtracting(found).sorted() == [])
    #expect(found.subtracting(expected).sorted() == [])
    #expect(planted.count >= 50)
    #expect(answer.unread.isEmpty)
    #expect(!harmless.isEmpty)
  }

  @Test func theKeyOfACertificateIsRecognised() throws {
    defer { remove() }
    let evidence = try Collector(plan: CollectionPlan([Secrets.self])).collect(
      DirectoryFilesystem(path: folder + "/tree"))
    let secrets = try GuestFacts(evidence, asOf: 0).model(Secrets.self).secrets
    let matched = secrets.filter { $0.certificate != nil }
    #expect(matched.map(\.path) == ["/etc/nginx/tls/server.key"])
    #expect(matched.first?.certificate == "/etc/nginx/tls/server.crt")
    #expect(matched.first?.isReadableByOthers == true)
  }

  @Test func noValueGetsIntoABundleOrAReport() throws {
    defer { remove() }
    var session = ScanSession(union: BaselineUnion(try BaselineLoader().load(["strict"])))
    session.request.defaultPasswords = DefaultPasswordsProbe()
    session.evidenceFile = folder + "/bundle.brinell"
    let path = folder + "/tree"
    let result = session.run([.success(.tree(path))], names: ["guest"])
    #expect(!result.hasFailure)
    var outputs: [(name: String, bytes: Data)] = []
    try ArchiveReader.read(folder + "/bundle.brinell") { name, bytes in outputs.append((name, Data(bytes))) }
    #expect(outputs.contains { $0.name.hasSuffix("answers/secrets") })
    #expect(outputs.contains { $0.name.hasSuffix("answers/default-passwords") })
    // OpenVEX states what waivers say, and there is none.
    for format in ReportFormats.all where format.name != "openvex" {
      outputs.append((format.name, Data(try format.render(result.report, TextStyle(width: 200)).utf8)))
    }
    for secret in planted {
      for (form, needle) in forms(of: secret.value) {
        for output in outputs where output.bytes.range(of: needle) != nil {
          Issue.record("\(secret.kind) of \(secret.path) as \(form) in \(output.name)")
        }
      }
    }
    let text = String(decoding: try #require(outputs.first { $0.name == "text" }).bytes, as: UTF8.self)
    #expect(text.contains("/etc/nginx/tls/server.key"))
    #expect(text.contains("one of the known default passwords"))
    #expect(text.contains("ubuntu"))
  }

  /// The value itself, and what would tell of it.
  private func forms(of value: String) -> [(String, Data)] {
    let bytes = Array(value.utf8)
    let digest = SHA256.digest(bytes)
    var forms = [("text", Data(bytes)), ("hash", Data(SHA256.hex(bytes).prefix(12).utf8))]
    forms.append(("hash in base64", Data(Data(digest).base64EncodedString().prefix(12).utf8)))
    forms.append(("base64", Data(Data(bytes.prefix(bytes.count / 3 * 3)).base64EncodedString().utf8)))
    forms.append(("beginning", Data(bytes.prefix(max(8, bytes.count * 3 / 4)))))
    if let raw = Data(base64Encoded: value), raw.count >= 8 { forms.append(("bytes", raw)) }
    return forms
  }
}
