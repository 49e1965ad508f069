/// What a set of conditions, all of which hold, lets through. Answers whether further conditions follow from them or
/// contradict them.
struct AuditConditions {
  /// The values that a numeric field can still have.
  private struct Range {
    var low: UInt32 = 0
    var high = UInt32.max
    var excluded: Set<UInt32> = []
    var isEmpty = false

    mutating func apply(_ operation: AuditField.Operator, _ value: UInt32) {
      switch operation {
      case .equal:
        low = max(low, value)
        high = min(high, value)
      case .notEqual: excluded.insert(value)
      case .less: if value == 0 { isEmpty = true } else { high = min(high, value - 1) }
      case .atMost: high = min(high, value)
      case .greater: if value == .max { isEmpty = true } else { low = max(low, value + 1) }
      case .atLeast: low = max(low, value)
      case .anyBit, .allBits: break
      }
    }

    mutating func shrink() {
      while !isEmpty, low <= high, excluded.contains(low) {
        if low == high { isEmpty = true } else { low += 1 }
      }
      while !isEmpty, low <= high, excluded.contains(high) {
        if low == high { isEmpty = true } else { high -= 1 }
      }
      if low > high { isEmpty = true }
    }

    func always(_ operation: AuditField.Operator, _ value: UInt32) -> Bool {
      if isEmpty { return true }
      return switch operation {
      case .equal: low == value && high == value
      case .notEqual: value < low || value > high || excluded.contains(value)
      case .less: high < value
      case .atMost: high <= value
      case .greater: low > value
      case .atLeast: low >= value
      case .anyBit, .allBits: false
      }
    }
  }

  private var ranges: [String: Range] = [:]
  private var others: Set<AuditField> = []

  init(_ fields: [AuditField]) {
    for field in fields {
      if case .number(let value) = field.value {
        ranges[field.name, default: Range()].apply(field.operator, value)
      }
      others.insert(field)
    }
    for name in ranges.keys { ranges[name]?.shrink() }
    deriveSuccess()
  }

  /// The kernel takes a return value between -4095 and -1 for an error (include/linux/err.h).
  private mutating func deriveSuccess() {
    guard let exit = ranges["exit"], !exit.isEmpty else { return }
    let errors = UInt32(bitPattern: -4095)
    if exit.low >= errors {
      ranges["success", default: Range()].apply(.equal, 0)
    } else if exit.high < errors {
      ranges["success", default: Range()].apply(.equal, 1)
    }
    ranges["success"]?.shrink()
  }

  /// Whether the field has to hold wherever these conditions hold.
  func imply(_ field: AuditField) -> Bool {
    if others.contains(field) { return true }
    switch field.value {
    case .number(let value): return ranges[field.name]?.always(field.operator, value) ?? false
    case .text:
      guard field.operator == .notEqual else { return false }
      return others.contains { $0.name == field.name && $0.operator == .equal && $0.value != field.value }
    case .field: return false
    }
  }

  /// Whether no event can meet both.
  func contradict(_ fields: [AuditField]) -> Bool {
    fields.contains { imply($0.negated) }
  }
}

extension AuditField {
  /// The opposite condition; for a test of bits a condition that nothing implies.
  fileprivate var negated: AuditField {
    let opposite: Operator =
      switch `operator` {
      case .equal: .notEqual
      case .notEqual: .equal
      case .less: .atLeast
      case .atMost: .greater
      case .greater: .atMost
      case .atLeast: .less
      case .anyBit: .allBits
      case .allBits: .anyBit
      }
    if `operator` == .anyBit || `operator` == .allBits {
      return AuditField(name, .anyBit, .text("no condition"))
    }
    return AuditField(name, opposite, value)
  }
}
