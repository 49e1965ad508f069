import Foundation

/// A requirement on a value, shared by every kind that compares: `equals: "no"`, `at_most: 4`.
public struct Comparison: Sendable, Hashable {
  /// How the value is compared.
  public enum Operator: String, Sendable, Hashable, CaseIterable {
    case equals, notEquals = "not_equals"
    case isIn = "in", notIn = "not_in"
    case lessThan = "less_than", atMost = "at_most", greaterThan = "greater_than", atLeast = "at_least"
    case matches, notMatches = "not_matches"
    case subsetOf = "subset_of", supersetOf = "superset_of", contains, notContains = "not_contains"
  }

  /// One operator with its operands.
  public struct Term: Sendable, Hashable {
    public var `operator`: Operator
    public var operands: [String]
  }

  /// All of them have to hold.
  public var terms: [Term]
  /// Whether letters of either case are equal.
  public var ignoresCase: Bool

  /// The keys that a kind which compares adds to its parameters.
  public static let parameters: [ParameterSpecification] = [
    .init("equals", .text, "the value is this"),
    .init("not_equals", .text, "the value is anything but this"),
    .init("in", .textList, "the value is one of these"),
    .init("not_in", .textList, "the value is none of these"),
    .init("less_than", .integer, "the value is a number below this"),
    .init("at_most", .integer, "the value is a number not above this"),
    .init("greater_than", .integer, "the value is a number above this"),
    .init("at_least", .integer, "the value is a number not below this"),
    .init("matches", .text, "the regular expression matches somewhere in the value"),
    .init("not_matches", .text, "the regular expression matches nowhere in the value"),
    .init("subset_of", .textList, "every element of the value is one of these"),
    .init("superset_of", .textList, "each of these is an element of the value"),
    .init("contains", .textList, "each of these is an element of the value"),
    .init("not_contains", .textList, "none of these is an element of the value"),
  ]

  /// Reads the operators among the parameters.
  ///
  /// - Throws: if there is none, or a regular expression is malformed.
  public init(_ parameters: Parameters, ignoresCase: Bool = false) throws(ParameterError) {
    guard let comparison = try Comparison(optional: parameters, ignoresCase: ignoresCase) else {
      throw ParameterError(nil, "one of equals, in, at_most, at_least, matches … is missing")
    }
    self = comparison
  }

  /// Reads the operators among the parameters; nil if there is none.
  public init?(optional parameters: Parameters, ignoresCase: Bool = false) throws(ParameterError) {
    var terms: [Term] = []
    for `operator` in Operator.allCases {
      let key = `operator`.rawValue
      switch parameters.values[key] {
      case .text(let value):
        if `operator` == .matches || `operator` == .notMatches {
          guard (try? Regex<AnyRegexOutput>(value)) != nil else {
            throw ParameterError(key, "'\(value)' is not a regular expression")
          }
        }
        terms.append(Term(operator: `operator`, operands: [value]))
      case .integer(let value): terms.append(Term(operator: `operator`, operands: [String(value)]))
      case .list(let values): terms.append(Term(operator: `operator`, operands: values))
      default: continue
      }
    }
    if terms.isEmpty { return nil }
    self.terms = terms
    self.ignoresCase = ignoresCase
  }

  /// Makes a comparison in code.
  public init(_ operator: Operator, _ operands: String..., ignoresCase: Bool = false) {
    terms = [Term(operator: `operator`, operands: operands)]
    self.ignoresCase = ignoresCase
  }

  /// Whether there is one value that fulfils it, so that the words are that value.
  var isEquality: Bool { terms.count == 1 && terms[0].operator == .equals }

  /// Whether the value, taken as one element, fulfils all terms.
  public func holds(for value: String) -> Bool { holds(forElements: [value], whole: value) }

  /// Whether a list, joined by commas where it is compared as a whole, fulfils all terms.
  public func holds(forList elements: [String]) -> Bool {
    holds(forElements: elements, whole: elements.joined(separator: ","))
  }

  private func holds(forElements elements: [String], whole: String) -> Bool {
    let fold: (String) -> String = { ignoresCase ? $0.lowercased() : $0 }
    let whole = fold(whole)
    let elements = Set(elements.map(fold))
    return terms.allSatisfy { term in
      let operands = term.operands.map(fold)
      let first = operands.first ?? ""
      return switch term.operator {
      case .equals: equal(whole, first)
      case .notEquals: !equal(whole, first)
      case .isIn: operands.contains { equal(whole, $0) }
      case .notIn: !operands.contains { equal(whole, $0) }
      case .lessThan: compare(whole, first) { $0 < $1 }
      case .atMost: compare(whole, first) { $0 <= $1 }
      case .greaterThan: compare(whole, first) { $0 > $1 }
      case .atLeast: compare(whole, first) { $0 >= $1 }
      case .matches: matches(whole, term.operands[0])
      case .notMatches: !matches(whole, term.operands[0])
      case .subsetOf: elements.isSubset(of: operands)
      case .supersetOf, .contains: elements.isSuperset(of: operands)
      case .notContains: elements.isDisjoint(with: operands)
      }
    }
  }

  private func equal(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    if let left = Int(left), let right = Int(right) { return left == right }
    return false
  }

  private func compare(_ value: String, _ operand: String, _ test: (Int, Int) -> Bool) -> Bool {
    guard let value = Int(value), let operand = Int(operand) else { return false }
    return test(value, operand)
  }

  private func matches(_ value: String, _ pattern: String) -> Bool {
    guard let expression = try? Regex<AnyRegexOutput>(pattern).ignoresCase(ignoresCase) else { return false }
    return value.firstMatch(of: expression) != nil
  }

  /// The requirement in words after a subject: `no`, `one of a, b`, `at most 4`.
  public var words: String {
    terms.map { term in
      let list = term.operands.joined(separator: ", ")
      return switch term.operator {
      case .equals: list
      case .notEquals: "not \(list)"
      case .isIn: term.operands.count == 1 ? list : "one of \(list)"
      case .notIn: "none of \(list)"
      case .lessThan: "less than \(list)"
      case .atMost: "at most \(list)"
      case .greaterThan: "more than \(list)"
      case .atLeast: "at least \(list)"
      case .matches: "matching /\(list)/"
      case .notMatches: "not matching /\(list)/"
      case .subsetOf: "only \(list)"
      case .supersetOf, .contains: "with \(list)"
      case .notContains: "without \(list)"
      }
    }.joined(separator: " and ")
  }
}
