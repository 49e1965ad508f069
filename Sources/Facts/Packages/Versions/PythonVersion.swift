/// A version of a Python package (PEP 440): `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]`.
///
/// What is not of the form is older than everything that is, and ordered as text.
public struct PythonVersion: Sendable, OrderedVersion, CustomStringConvertible {
  typealias Run = ArraySlice<UInt8>

  public let description: String
  private var isValid = false
  private var epoch: Run = []
  /// Without zeros at the end.
  private var release: [Run] = []
  /// Where the version stands around its release: `.dev` alone −4, a −3, b −2, rc −1, the release itself 0.
  private var phase = 0
  private var phaseNumber: Run = []
  private var post: Run?
  private var dev: Run?
  private var local: [Run] = []

  /// Reads a version; any text is one.
  public init(_ text: String) {
    description = text
    var reader = PythonVersionReader(text)
    isValid = read(&reader)
  }

  /// Whether it is of PEP 440's form.
  public var isWellFormed: Bool { isValid }
  /// Whether it comes before a release.
  public var isPrerelease: Bool { isValid && (phase < 0 || dev != nil) }

  private mutating func read(_ reader: inout PythonVersionReader) -> Bool {
    reader.skip("v")
    var digits = reader.digits()
    if reader.skip("!") {
      epoch = VersionBytes.significant(digits)
      digits = reader.digits()
    }
    if digits.isEmpty { return false }
    release = [digits]
    while let next = reader.digitsAfterDot() { release.append(next) }
    while release.last.map({ VersionBytes.significant($0).isEmpty }) ?? false { release.removeLast() }
    if let word = reader.word(PythonVersionReader.phases) {
      phase = word.weight
      phaseNumber = reader.trailingNumber()
    }
    if let number = reader.implicitPost() {
      post = number
    } else if reader.word(PythonVersionReader.posts) != nil {
      post = reader.trailingNumber()
    }
    if reader.word(PythonVersionReader.devs) != nil { dev = reader.trailingNumber() }
    if phase == 0, post == nil, dev != nil { phase = -4 }
    guard let local = reader.local() else { return false }
    self.local = local
    return reader.isAtEnd
  }

  var hashKey: [UInt8] { isValid ? release.first.map { Array(VersionBytes.significant($0)) } ?? [] : [] }

  static func order(_ left: PythonVersion, _ right: PythonVersion) -> Int {
    guard left.isValid, right.isValid else {
      if left.isValid != right.isValid { return left.isValid ? 1 : -1 }
      return VersionBytes.texts(Array(left.description.utf8)[...], Array(right.description.utf8)[...])
    }
    let epochs = VersionBytes.numbers(left.epoch, right.epoch)
    if epochs != 0 { return epochs }
    let releases = lists(left.release, right.release, VersionBytes.numbers)
    if releases != 0 { return releases }
    if left.phase != right.phase { return left.phase - right.phase }
    let phases = VersionBytes.numbers(left.phaseNumber, right.phaseNumber)
    if phases != 0 { return phases }
    let posts = optional(left.post, right.post, missing: -1)
    if posts != 0 { return posts }
    let devs = optional(left.dev, right.dev, missing: 1)
    return devs != 0 ? devs : lists(left.local, right.local, localSegments)
  }

  private static func lists(_ left: [Run], _ right: [Run], _ order: (Run, Run) -> Int) -> Int {
    for (l, r) in zip(left, right) {
      let difference = order(l, r)
      if difference != 0 { return difference }
    }
    return left.count - right.count
  }

  private static func optional(_ left: Run?, _ right: Run?, missing: Int) -> Int {
    switch (left, right) {
    case (nil, nil): 0
    case (nil, _): missing
    case (_, nil): -missing
    case (let l?, let r?): VersionBytes.numbers(l, r)
    }
  }

  /// Numbers are newer than words.
  private static func localSegments(_ left: Run, _ right: Run) -> Int {
    let (l, r) = (left.allSatisfy(VersionBytes.isDigit), right.allSatisfy(VersionBytes.isDigit))
    if l != r { return l ? 1 : -1 }
    return l ? VersionBytes.numbers(left, right) : VersionBytes.texts(left, right)
  }
}

/// Walks over the parts of a version, in any of the spellings that PEP 440 takes.
struct PythonVersionReader {
  typealias Run = ArraySlice<UInt8>

  /// Longer spellings first.
  static let phases: [(name: String, weight: Int)] = [
    ("alpha", -3), ("beta", -2), ("preview", -1), ("pre", -1), ("rc", -1), ("a", -3), ("b", -2), ("c", -1),
  ]
  static let posts: [(name: String, weight: Int)] = [("post", 0), ("rev", 0), ("r", 0)]
  static let devs: [(name: String, weight: Int)] = [("dev", 0)]

  private var rest: Run

  init(_ text: String) {
    let isBlank = { (byte: UInt8) in " \t\n\r".utf8.contains(byte) }
    let bytes = text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    let start = bytes.drop(while: isBlank)
    rest = start.prefix(upTo: start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex)
  }

  var isAtEnd: Bool { rest.isEmpty }

  @discardableResult
  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func digits() -> Run {
    let digits = rest.prefix(while: VersionBytes.isDigit)
    rest = rest[digits.endIndex...]
    return digits
  }

  mutating func digitsAfterDot() -> Run? {
    guard rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, VersionBytes.isDigit(next)
    else { return nil }
    rest = rest.dropFirst()
    return digits()
  }

  private func afterSeparator(_ run: Run) -> Run {
    run.first.map { ".-_".utf8.contains($0) } ?? false ? run.dropFirst() : run
  }

  /// One of the words, with a separator before it or without.
  mutating func word(_ words: [(name: String, weight: Int)]) -> (name: String, weight: Int)? {
    let candidate = afterSeparator(rest)
    guard let word = words.first(where: { candidate.starts(with: $0.name.utf8) }) else { return nil }
    rest = candidate.dropFirst(word.name.utf8.count)
    return word
  }

  /// The number after a word, with a separator before it or without; none is 0.
  mutating func trailingNumber() -> Run {
    let candidate = afterSeparator(rest)
    if let first = candidate.first, VersionBytes.isDigit(first) { rest = candidate }
    return digits()
  }

  /// `1.0-1` is `1.0.post1`.
  mutating func implicitPost() -> Run? {
    guard rest.first == UInt8(ascii: "-"), let next = rest.dropFirst().first, VersionBytes.isDigit(next)
    else { return nil }
    rest = rest.dropFirst()
    return digits()
  }

  /// `+ubuntu.1`; empty if there is none, nil if it is malformed.
  mutating func local() -> [Run]? {
    guard skip("+") else { return [] }
    let parts = rest.split(omittingEmptySubsequences: false) { ".-_".utf8.contains($0) }
    rest = rest.suffix(0)
    let isWellFormed = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { VersionBytes.isDigit($0) || VersionBytes.isLetter($0) }
    }
    return isWellFormed ? parts : nil
  }
}
