import Facts

/// Commands that set one value in a configuration file.
struct ConfigFix {
  let format: ConfigFormat
  let layers: ConfigLayers
  let query: ConfigQuery
  let value: String

  private var key: String { query.keys.last ?? "" }

  /// Nil for formats that no line-wise tool edits.
  var fix: Fix? {
    switch format {
    case .systemd: layers.dropIns.isEmpty ? nil : systemd
    case .keyValue: keyValue
    case .ini: ini
    case .json, .yaml, .toml, .xml: nil
    }
  }

  /// A drop-in of its own, which sorts behind those of distributions.
  private var systemd: Fix? {
    guard let section = query.section else { return nil }
    let directory = layers.dropIns[0]
    let path = "\(directory)/99-\(key).conf"
    let shell =
      "mkdir -p \(shellQuoted(directory)) && printf '%s\\n' \(shellQuoted("[\(section)]")) "
      + "\(shellQuoted("\(key)=\(value)")) > \(shellQuoted(path))"
    return Fix(shell: shell, ansible: iniTask(path, section))
  }

  private var ini: Fix? {
    guard let section = query.section else { return nil }
    let path = layers.paths[0]
    // Takes the key out of its section and puts it at the section's head; adds the section where it is
    // missing.
    let program =
      "$0 == h { print; print l; d = 1; s = 1; next } /^\\[/ { s = 0 } s && $0 ~ k { next } { print } "
      + "END { if (!d) { print h; print l } }"
    let (file, copy) = (shellQuoted(path), shellQuoted(path + ".new"))
    let variables = [
      "-v h=\(shellQuoted("[\(section)]"))", "-v l=\(shellQuoted("\(key) = \(value)"))",
      "-v k=\(shellQuoted("^[ \\t]*\(key)[ \\t]*="))",
    ].joined(separator: " ")
    let shell =
      "touch \(file) && awk \(variables) \(shellQuoted(program)) \(file) > \(copy) "
      + "&& cat \(copy) > \(file) && rm -f \(copy)"
    return Fix(shell: shell, ansible: iniTask(path, section))
  }

  private func iniTask(_ path: String, _ section: String) -> String {
    [
      "community.general.ini_file:", "  path: \(yamlQuoted(path))", "  section: \(yamlQuoted(section))",
      "  option: \(yamlQuoted(key))", "  value: \(yamlQuoted(value))", "  no_extra_spaces: true",
    ].joined(separator: "\n")
  }

  private var keyValue: Fix? {
    let path = layers.paths[0]
    let line = "\(key)=\(value)"
    let shell =
      "touch \(shellQuoted(path)) && sed -i \(shellQuoted("/^[ \\t]*\(key)[ \\t=:]/d")) \(shellQuoted(path)) "
      + "&& printf '%s\\n' \(shellQuoted(line)) >> \(shellQuoted(path))"
    let ansible = [
      "ansible.builtin.lineinfile:", "  path: \(yamlQuoted(path))",
      "  regexp: \(yamlQuoted("^\\s*\(key)[\\s=:]"))",
      "  line: \(yamlQuoted(line))", "  create: true",
    ].joined(separator: "\n")
    return Fix(shell: shell, ansible: ansible)
  }
}
