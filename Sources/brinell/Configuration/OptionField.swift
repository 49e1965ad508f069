import ArgumentParser

/// How a value is written in the file.
enum OptionForm {
  /// `key: value`
  case single
  /// `key: value` or `key: [value, value]`
  case repeated
  /// `key: {left: right}` or `key: [left=right]`
  case pairs
  /// `key: true`
  case flag
  /// `key: true` or `key: false`
  case toggle
}

/// One option as the configuration file and `--show-config` know it.
struct OptionField<Group> {
  /// As on the command line, without the dashes.
  var name: String
  var form: OptionForm
  /// What holds where nobody says anything, in words.
  var fallback: String
  /// What loosens safety, or names what is judged, is given on the command line alone.
  var isForFile = true
  /// The values that were given; empty if none was.
  var values: (Group) -> [String]
  /// Takes over what the file says and the command line does not.
  var complete: (inout Group, Group) -> Void

  static func single<Value>(
    _ name: String, _ path: WritableKeyPath<Group, Value?>, default fallback: String
  ) -> OptionField {
    OptionField(
      name: name, form: .single, fallback: fallback,
      values: { $0[keyPath: path].map { [text($0)] } ?? [] },
      complete: { $0[keyPath: path] = $0[keyPath: path] ?? $1[keyPath: path] })
  }

  static func list(
    _ name: String, _ path: WritableKeyPath<Group, [String]>, _ form: OptionForm = .repeated,
    default fallback: String = "none"
  ) -> OptionField {
    OptionField(
      name: name, form: form, fallback: fallback, values: { $0[keyPath: path] },
      complete: { if $0[keyPath: path].isEmpty { $0[keyPath: path] = $1[keyPath: path] } })
  }

  static func flag(_ name: String, _ path: WritableKeyPath<Group, Bool>) -> OptionField {
    OptionField(
      name: name, form: .flag, fallback: "no", values: { $0[keyPath: path] ? ["yes"] : [] },
      complete: { $0[keyPath: path] = $0[keyPath: path] || $1[keyPath: path] })
  }

  static func toggle(
    _ name: String, _ path: WritableKeyPath<Group, Bool?>, default fallback: String
  ) -> OptionField {
    OptionField(
      name: name, form: .toggle, fallback: fallback,
      values: { $0[keyPath: path].map { [$0 ? "yes" : "no"] } ?? [] },
      complete: { $0[keyPath: path] = $0[keyPath: path] ?? $1[keyPath: path] })
  }

  /// The same option, which the file cannot hold.
  var onCommandLineAlone: OptionField {
    var field = self
    field.isForFile = false
    return field
  }

  /// The option of a group that is a part of a larger one.
  func within<Whole>(_ path: WritableKeyPath<Whole, Group>) -> OptionField<Whole> {
    OptionField<Whole>(
      name: name, form: form, fallback: fallback, isForFile: isForFile,
      values: { values($0[keyPath: path]) },
      complete: { complete(&$0[keyPath: path], $1[keyPath: path]) })
  }

  private static func text(_ value: some Any) -> String {
    let text = "\(value)"
    return value is Double && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A group of options that the configuration file can complete.
protocol ConfigurableOptions: ParsableArguments {
  /// Every option of the group; a new one adds a line.
  static var fields: [OptionField<Self>] { get }
}

extension ConfigurableOptions {
  /// The command line's options, completed by those of the file.
  mutating func complete(with file: Self) {
    for field in Self.fields { field.complete(&self, file) }
  }
}
