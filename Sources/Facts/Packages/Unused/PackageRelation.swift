/// One alternative of a relation between packages: `python3:any (>= 3.11~)` (deb-control(5), "Depends").
struct PackageRelation: Sendable, Hashable {
  /// How the version has to stand to the one that is named.
  enum Comparison: String, Sendable, Hashable {
    case earlier = "<<"
    case earlierOrEqual = "<="
    case equal = "="
    case laterOrEqual = ">="
    case later = ">>"
  }

  var name: String
  /// What follows the colon of the name; empty where there is none.
  var qualifier = ""
  /// Nil where any version will do.
  var comparison: Comparison?
  var version = ""

  /// Every alternative of a field, those of one group and those of all groups alike, as apt goes through them
  /// when it marks what is needed (apt-pkg/depcache.cc, `MarkPackage`).
  static func all(_ field: String?) -> [PackageRelation] {
    guard let field else { return [] }
    return field.split { $0 == "," || $0 == "|" }.compactMap { PackageRelation($0) }
  }

  /// Reads one alternative; nil if it names no package. What stands in brackets is of source packages.
  init?(_ text: Substring) {
    let head = text.drop { $0.isWhitespace }.prefix {
      !$0.isWhitespace && $0 != "(" && $0 != "[" && $0 != "<"
    }
    guard !head.isEmpty else { return nil }
    if let colon = head.lastIndex(of: ":") {
      name = String(head[..<colon])
      qualifier = String(head[head.index(after: colon)...])
    } else {
      name = String(head)
    }
    guard let open = text.firstIndex(of: "(") else { return }
    let inside = text[text.index(after: open)...].prefix { $0 != ")" }.drop { $0.isWhitespace }
    let sign = inside.prefix { "<>=".contains($0) }
    version = String(inside[sign.endIndex...].filter { !$0.isWhitespace })
    // One sign alone is the old way to write "or equal" (deb-control(5)).
    comparison =
      sign == "<" ? .earlierOrEqual : sign == ">" ? .laterOrEqual : Comparison(rawValue: String(sign))
  }

  /// Whether a version will do; nil is a name that is provided without a version, which suffices only where none is
  /// asked for (deb-control(5), "Provides").
  func isMet(by version: DpkgVersion?) -> Bool {
    guard let comparison else { return true }
    guard let version else { return false }
    let wanted = DpkgVersion(self.version)
    return switch comparison {
    case .earlier: version < wanted
    case .earlierOrEqual: !(wanted < version)
    case .equal: version == wanted
    case .laterOrEqual: !(version < wanted)
    case .later: wanted < version
    }
  }
}
