/// Base scores of CVSS 4.0 (FIRST, "Common Vulnerability Scoring System version 4.0: Specification Document", section
/// 8), by macrovectors and the distance within them. The metrics of threat and environment are left out, which the
/// specification takes as the worst case.
enum CVSS4 {
  private static let levels: [String: [String]] = [
    "AV": ["N", "A", "L", "P"], "PR": ["N", "L", "H"], "UI": ["N", "P", "A"], "AC": ["L", "H"],
    "AT": ["N", "P"], "VC": ["H", "L", "N"], "VI": ["H", "L", "N"], "VA": ["H", "L", "N"],
    "SC": ["H", "L", "N"], "SI": ["H", "L", "N"], "SA": ["H", "L", "N"],
  ]

  /// 0.0...10.0; nil for a vector in which a base metric is missing or has a value that does not exist.
  static func baseScore(_ metrics: [String: String]) -> Double? {
    var values: [String: Int] = [:]
    for (metric, order) in levels {
      guard let value = metrics[metric], let level = order.firstIndex(of: value) else { return nil }
      values[metric] = level
    }
    func level(_ metric: String) -> Int { values[metric] ?? 0 }
    let impacts = ["VC", "VI", "VA", "SC", "SI", "SA"].map(level)
    if impacts.allSatisfy({ $0 == 2 }) { return 0 }
    let groups = [
      exploitability(level("AV"), level("PR"), level("UI")),
      complexity(level("AC"), level("AT")),
      impact(level("VC"), level("VI"), level("VA")),
      subsequent(level("SC"), level("SI"), level("SA")),
    ]
    return score(groups)
  }

  /// A group of metrics: its level in the macrovector, how far the vector is from the worst one of that level, how
  /// far it could be, and the levels of the next lower macrovectors.
  private struct Group {
    var level: Int
    var distance: Int
    var depth: Int
  }

  /// Table 24 (EQ1).
  private static func exploitability(_ vector: Int, _ privileges: Int, _ interaction: Int) -> Group {
    let metrics = [vector, privileges, interaction]
    let level: Int
    if metrics.allSatisfy({ $0 == 0 }) {
      level = 0
    } else {
      level = vector != 3 && metrics.contains(0) ? 1 : 2
    }
    let worst = [[[0, 0, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 0, 0], [1, 1, 1]]][level]
    return Group(level: level, distance: distance(metrics, worst), depth: [1, 4, 5][level])
  }

  /// Table 25 (EQ2).
  private static func complexity(_ complexity: Int, _ requirements: Int) -> Group {
    let metrics = [complexity, requirements]
    let level = metrics == [0, 0] ? 0 : 1
    return Group(
      level: level, distance: distance(metrics, level == 0 ? [[0, 0]] : [[1, 0], [0, 1]]),
      depth: [1, 2][level])
  }

  /// Tables 26, 29 and 30 (EQ3 and EQ6), all requirements being high.
  private static func impact(_ confidentiality: Int, _ integrity: Int, _ availability: Int) -> Group {
    let metrics = [confidentiality, integrity, availability]
    let level: Int
    if confidentiality == 0 && integrity == 0 {
      level = 0
    } else {
      level = metrics.contains(0) ? 1 : 2
    }
    let worst = [[[0, 0, 0]], [[1, 0, 0], [0, 1, 0]], [[1, 1, 1]]][level]
    return Group(level: level, distance: distance(metrics, worst), depth: [7, 8, 10][level])
  }

  /// Table 27 (EQ4); the value Safety, level 0, belongs to the environment.
  private static func subsequent(_ confidentiality: Int, _ integrity: Int, _ availability: Int) -> Group {
    let metrics = [confidentiality, integrity, availability]
    let level = metrics.contains(0) ? 1 : 2
    return Group(
      level: level, distance: distance(metrics, level == 1 ? [[0, 0, 0]] : [[1, 1, 1]]),
      depth: level == 1 ? 5 : 4)
  }

  /// Steps from the first of the worst vectors that is not milder in any metric.
  private static func distance(_ metrics: [Int], _ worst: [[Int]]) -> Int {
    for vector in worst where zip(metrics, vector).allSatisfy({ $0 >= $1 }) {
      return zip(metrics, vector).reduce(0) { $0 + $1.0 - $1.1 }
    }
    return 0
  }

  /// The macrovector's score less the mean of the groups' parts of the way to the next lower ones.
  private static func score(_ groups: [Group]) -> Double {
    let own = groups.map(\.level)
    guard let value = entry(own[0], own[1], own[2], own[3], 0, required(own[2])) else { return 0 }
    let lower: [Int?] = [
      entry(own[0] + 1, own[1], own[2], own[3], 0, required(own[2])),
      entry(own[0], own[1] + 1, own[2], own[3], 0, required(own[2])),
      nextImpact(own), entry(own[0], own[1], own[2], own[3] + 1, 0, required(own[2])),
    ]
    var parts = 0.0
    // EQ5, the threat, is at its worst: it counts among the groups and has no part.
    var count = entry(own[0], own[1], own[2], own[3], 1, required(own[2])) == nil ? 0 : 1
    for (group, next) in zip(groups, lower) {
      guard let next, next <= value else { continue }
      count += 1
      parts += Double(value - next) * Double(group.distance) / Double(group.depth)
    }
    let score = Double(value) - (count == 0 ? 0 : parts / Double(count))
    return ((max(0, min(100, score)) / 10 + 1e-6) * 10).rounded() / 10
  }

  /// EQ6 with all requirements high: at its worst where any impact on the vulnerable system is high.
  private static func required(_ impact: Int) -> Int { impact == 2 ? 1 : 0 }

  /// The next lower macrovector of EQ3 and EQ6 together; of two the higher one.
  private static func nextImpact(_ own: [Int]) -> Int? {
    switch own[2] {
    case 0:
      let left = entry(own[0], own[1], 0, own[3], 0, 1)
      let right = entry(own[0], own[1], 1, own[3], 0, 0)
      return [left, right].compactMap { $0 }.max()
    case 1: return entry(own[0], own[1], 1, own[3], 0, 1)
    default: return nil
    }
  }

  /// The score of a macrovector in tenths; nil if there is none.
  private static func entry(_ eq1: Int, _ eq2: Int, _ eq3: Int, _ eq4: Int, _ eq5: Int, _ eq6: Int) -> Int? {
    guard eq1 < 3, eq2 < 2, eq3 < 3, eq4 < 3, eq5 < 3, eq6 < 2 else { return nil }
    let value = table[(eq1 * 2 + eq2) * 3 + eq3][(eq4 * 3 + eq5) * 2 + eq6]
    return value < 0 ? nil : value
  }

  /// The scores of the 270 macrovectors in tenths (section 8.3): a row for each EQ1, EQ2, EQ3, in it EQ4, EQ5, EQ6.
  private static let table: [[Int]] = [
    [100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68],
    [98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48],
    [-1, 92, -1, 82, -1, 72, -1, 79, -1, 69, -1, 50, -1, 69, -1, 55, -1, 27],
    [99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53],
    [95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30],
    [-1, 86, -1, 75, -1, 52, -1, 71, -1, 52, -1, 29, -1, 63, -1, 29, -1, 17],
    [98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49],
    [94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25],
    [-1, 83, -1, 70, -1, 54, -1, 65, -1, 58, -1, 26, -1, 53, -1, 21, -1, 13],
    [95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30],
    [89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16],
    [-1, 71, -1, 59, -1, 30, -1, 58, -1, 26, -1, 15, -1, 23, -1, 13, -1, 6],
    [93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22],
    [85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8],
    [-1, 64, -1, 51, -1, 20, -1, 47, -1, 21, -1, 11, -1, 24, -1, 9, -1, 4],
    [88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11],
    [75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2],
    [-1, 53, -1, 24, -1, 14, -1, 24, -1, 12, -1, 5, -1, 10, -1, 3, -1, 1],
  ]
}
