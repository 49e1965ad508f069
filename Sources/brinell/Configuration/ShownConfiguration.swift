import Reports

/// What `--show-config` prints: every option of a scan, the value that it has and who says so.
struct ShownConfiguration {
  struct Row: Hashable {
    var name: String
    var value: String
    var origin: String
  }

  let rows: [Row]

  /// - Parameter commandLine: as it was given, not completed by the file.
  init(commandLine: ScanOptions, file: ConfigurationFile) {
    var effective = commandLine
    effective.complete(with: file.options)
    rows = ScanOptions.fields.map { field in
      let values = field.values(effective)
      let given = field.values(commandLine)
      let place = file.places[field.name]?.description ?? ConfigurationFile.name
      let origin =
        values.isEmpty
        ? "default"
        : given.isEmpty ? place : values.count > given.count ? "command line and \(place)" : "command line"
      return Row(
        name: field.name, value: values.isEmpty ? field.fallback : values.joined(separator: ", "),
        origin: origin)
    }
  }

  /// A table of three columns.
  var text: String {
    let all = [Row(name: "OPTION", value: "VALUE", origin: "FROM")] + rows
    let printed = all.map { [$0.name, printable($0.value), printable($0.origin)] }
    let widths = (0..<2).map { column in min(48, printed.map { $0[column].count }.max() ?? 0) + 1 }
    return printed.map { row in
      row[0].padded(to: widths[0] + 1) + row[1].padded(to: widths[1] + 1) + row[2] + "\n"
    }.joined()
  }
}
