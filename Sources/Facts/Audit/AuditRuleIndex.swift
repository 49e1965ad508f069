/// Finds the rules that can matter for a file among many.
struct AuditRuleIndex {
  private let rules: [AuditRule]
  /// Rules that are not confined to files, and all that keep events out.
  private var general: [Int] = []
  private var byFile: [String: [Int]] = [:]
  private var byTree: [String: [Int]] = [:]

  init(_ rules: [AuditRule]) {
    self.rules = rules
    for (position, rule) in rules.enumerated() {
      switch rule.scope {
      case .file(let path) where rule.action == .always: byFile[path, default: []].append(position)
      case .tree(let path) where rule.action == .always: byTree[path, default: []].append(position)
      default: general.append(position)
      }
    }
  }

  /// Rules that a requirement on the target, or on calls whatever they work on, has to be compared with, in their
  /// order.
  func candidates(for target: AuditTarget?) -> [AuditRule] {
    guard let target else { return general.map { rules[$0] } }
    var found = general + byFile[target.path, default: []]
    var path = Substring(target.path)
    while !path.isEmpty {
      found += byTree[String(path), default: []]
      path = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
    }
    found += byTree["/", default: []]
    return found.sorted().map { rules[$0] }
  }
}
