/// What a kernel parameter is before anything sets it.
enum SysctlDefault: Sendable, Hashable {
  /// `source` says where the value is documented or decided.
  case value(String, source: String)
  /// This kernel has no such parameter, so nothing can set it. `standsFor` is the value that the kernel
  /// behaves as if it had; nil where the whole function is missing.
  case noKey(reason: String, standsFor: String?)
  case unknown(reason: String)
}

/// What the kernel takes when the parameter is written.
enum SysctlFormat: Sendable, Hashable {
  /// One number; nil bounds take any.
  case integer(ClosedRange<Int>?)
  case integers(Int)
  case text

  /// The value as the kernel keeps it, or nil if it refuses the write (`proc_dointvec`, kernel/sysctl.c).
  func accepted(_ value: String) -> String? {
    let normal = SysctlFormat.normal(value)
    let words = normal.split(separator: " ")
    switch self {
    case .text: return normal
    case .integers(let count):
      return words.count == count && words.allSatisfy { Int($0) != nil } ? normal : nil
    case .integer(let range):
      guard words.count == 1, let number = Int(normal) else { return nil }
      return range.map { $0.contains(number) } ?? true ? normal : nil
    }
  }

  /// The value with single blanks, and numbers in decimal: the kernel reads `0x1b6` and `0666` as C does.
  static func normal(_ value: String) -> String {
    value.split { $0 == " " || $0 == "\t" }.map { word in number(word).map { String($0) } ?? String(word) }
      .joined(separator: " ")
  }

  private static func number(_ word: Substring) -> Int? {
    let isNegative = word.first == "-"
    let digits = isNegative ? word.dropFirst() : word
    guard let first = digits.first, first.isASCIIDigit else { return nil }
    let magnitude: Int?
    if digits.lowercased().hasPrefix("0x") {
      magnitude = Int(digits.dropFirst(2), radix: 16)
    } else if first == "0", digits.count > 1 {
      magnitude = Int(digits.dropFirst(), radix: 8)
    } else {
      magnitude = Int(digits)
    }
    return magnitude.map { isNegative ? -$0 : $0 }
  }
}

/// What Brinell knows of one kernel parameter.
struct SysctlParameter: Sendable {
  var format: SysctlFormat
  /// A value that the kernel does not leave again before the next boot.
  var lock: Int?
  var initial: @Sendable (GuestKernel) -> SysctlDefault

  init(
    _ format: SysctlFormat = .integer(nil), lock: Int? = nil,
    _ initial: @escaping @Sendable (GuestKernel) -> SysctlDefault
  ) {
    self.format = format
    self.lock = lock
    self.initial = initial
  }

  /// A parameter whose default is the same in every kernel since 4.9.
  static func fixed(
    _ value: String, _ source: String, _ format: SysctlFormat = .integer(nil), lock: Int? = nil
  ) -> SysctlParameter {
    SysctlParameter(format, lock: lock) { _ in .value(value, source: source) }
  }
}

extension GuestKernel {
  /// A default that a symbol of the build configuration decides; `decide` gets nil if it is not set.
  func built(_ symbol: String, _ decide: (String?) -> SysctlDefault) -> SysctlDefault {
    guard let release else {
      return .unknown(reason: "the image has no kernel, and the default depends on \(symbol) of its build")
    }
    guard configuration != nil else {
      return .unknown(
        reason: "the default depends on \(symbol), and the build configuration of kernel "
          + "\(release) is not in the image")
    }
    return decide(self.symbol(symbol))
  }

  /// A default that the symbol holds itself, or turns on.
  func built(_ symbol: String, set: String?, unset: String) -> SysctlDefault {
    built(symbol) { value in
      let text = value.map { "\(symbol)=\($0)" } ?? "\(symbol) is not set"
      let path = configuration.map { " in \($0.path)" } ?? ""
      return .value(value.map { set ?? $0 } ?? unset, source: "kernel \(release ?? ""): \(text)\(path)")
    }
  }

  /// A default that a distribution's patch changes.
  func patched(_ parameter: String, upstream: SysctlDefault, _ patches: [Vendor: SysctlDefault])
    -> SysctlDefault
  {
    if vendor == .unknown {
      return .unknown(
        reason: "distributions patch the default of \(parameter), and who built the kernel "
          + "is not known")
    }
    return patches[vendor] ?? upstream
  }

  /// A default that changed with a version.
  func since(_ major: Int, _ minor: Int, now: SysctlDefault, before: SysctlDefault) -> SysctlDefault {
    guard let isNew = isAtLeast(major, minor) else {
      return .unknown(
        reason: "the default changed with Linux \(major).\(minor), and the kernel's version is "
          + "not known")
    }
    return isNew ? now : before
  }
}
