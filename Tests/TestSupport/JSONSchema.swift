import Foundation

/// Validation against a JSON Schema with Python's jsonschema, where it is installed.
public enum JSONSchema {
  /// Whether it is; said once if not.
  public static let isAvailable: Bool = {
    let isThere = (try? run(["-c", "import jsonschema"]))?.status == 0
    if !isThere { print("skipped: validation against JSON Schemas, python3-jsonschema is not installed") }
    return isThere
  }()

  /// What is wrong with a document; nil if nothing is.
  ///
  /// - Parameter schema: the name of a file in docs/schema.
  public static func problem(of document: String, schema: String) throws -> String? {
    guard isAvailable else { return nil }
    let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/schema/\(schema)")
    let file = URL(filePath: NSTemporaryDirectory()).appending(path: "brinell-\(UUID().uuidString).json")
    try Data(document.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = """
      import json, sys, jsonschema
      document, schema = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:3])
      kind = jsonschema.validators.validator_for(schema)
      kind.check_schema(schema)
      errors = sorted(kind(schema).iter_errors(document), key=lambda error: list(map(str, error.path)))
      for error in errors[:5]: print('/'.join(map(str, error.path)), error.message[:300])
      sys.exit(len(errors) > 0)
      """
    let result = try run(["-c", script, file.path, schema.path])
    return result.status == 0 ? nil : result.output
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
