import Foundation

/// Validation against a JSON Schema with Python's jsonschema, where it is installed.
public enum JSONSchema {
  /// Whether it is; said once if not.
  public static let isAvailable: Bool = {
    let isThere = (try? Python.run("import jsonschema", on: ""))?.status == 0
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
    let script = """
      import json, sys, jsonschema
      document, schema = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:3])
      kind = jsonschema.validators.validator_for(schema)
      kind.check_schema(schema)
      errors = sorted(kind(schema).iter_errors(document), key=lambda error: list(map(str, error.path)))
      for error in errors[:5]: print('/'.join(map(str, error.path)), error.message[:300])
      sys.exit(len(errors) > 0)
      """
    let result = try Python.run(script, on: document, [schema.path])
    return result.status == 0 ? nil : result.output
  }
}
