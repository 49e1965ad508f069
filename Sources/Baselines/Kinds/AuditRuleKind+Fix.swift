import Facts

extension AuditRuleKind {
  /// Rules that record what the check asks for, for b64 and b32.
  public var fix: Fix? {
    switch question {
    case .syscalls(let names):
      return Self.fix(requirement(syscalls: names).lines(key: key), file: "50-\(key).rules")
    case .watch(let paths, let permissions, _):
      let lines = paths.flatMap { requirement(path: $0, permissions).lines(key: key) }
      return Self.fix(lines, file: "50-\(key).rules")
    case .privileged: return privilegedFix
    }
  }

  /// Lists the programs where the fix runs.
  private var privilegedFix: Fix {
    let conditions = fields.map { " -F \($0)" }.joined()
    let command = """
      find / -xdev -type f -perm /6000 -perm /0111 \\
        -printf '-a always,exit -F path=%p -F perm=x\(conditions) -k \(key)\\n' > /etc/audit/rules.d/50-\(key).rules
      """
    let indented = command.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    return Fix(
      shell: "umask 0137\n" + command, ansible: "ansible.builtin.shell: |\n  umask 0137\n" + indented)
  }

  /// Adds lines to a file of the rules directory; nil if there are none.
  static func fix(_ lines: [String], file: String) -> Fix? {
    guard let first = lines.first else { return nil }
    let path = "/etc/audit/rules.d/" + file
    let shell = lines.map { line in
      "grep -qxF -- '\(line)' \(path) 2>/dev/null || printf '%s\\n' '\(line)' >> \(path)"
    }
    let block = lines.map { "    " + $0 }.joined(separator: "\n")
    return Fix(
      shell: "umask 0137\n" + shell.joined(separator: "\n"),
      ansible: """
        ansible.builtin.blockinfile:
          path: \(path)
          create: true
          mode: '0600'
          marker: '## {mark} \(first)'
          block: |
        \(block)
        """)
  }
}
