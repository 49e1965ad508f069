/// Guest bytes as text that is safe to print and loses nothing: control characters, directional
/// overrides and bytes that are not UTF-8 become `\xNN`, a backslash is doubled.
public func displayText(_ bytes: some Collection<UInt8>) -> String {
  if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) {
    return String(decoding: bytes, as: UTF8.self)
  }
  var result = String.UnicodeScalarView()
  var rest = bytes[...]
  while let first = rest.first {
    let length = utf8SequenceLength(rest)
    let sequence = rest.prefix(max(1, length))
    if length > 0, let scalar = String(decoding: sequence, as: UTF8.self).unicodeScalars.first,
      !isUnsafeToPrint(scalar)
    {
      if scalar == "\\" { result.append("\\") }
      result.append(scalar)
    } else if first == UInt8(ascii: "\n") {
      result.append(contentsOf: "\\n".unicodeScalars)
    } else {
      for byte in sequence { result.append(contentsOf: escaped(byte).unicodeScalars) }
    }
    rest = rest.dropFirst(sequence.count)
  }
  return String(result)
}

/// The bytes that `displayText` showed as `text`.
public func bytes(fromDisplayText text: String) -> [UInt8] {
  var result: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "\\"), let next = rest.first else {
      result.append(byte)
      continue
    }
    switch next {
    case UInt8(ascii: "\\"):
      result.append(next)
      rest = rest.dropFirst()
    case UInt8(ascii: "n"):
      result.append(0x0a)
      rest = rest.dropFirst()
    case UInt8(ascii: "x"):
      let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
      if let value = UInt8(digits, radix: 16), digits.utf8.count == 2 {
        result.append(value)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    default:
      result.append(byte)
    }
  }
  return result
}

/// Whether a terminal or a reader could be misled by the scalar: C0 and C1 controls, separators that
/// break lines, and the directional controls of Unicode's bidirectional algorithm (UAX 9).
public func isUnsafeToPrint(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0xfeff:
    true
  default: false
  }
}

/// Length of the well-formed UTF-8 sequence at the start, or 0 if there is none (Unicode, table 3-7).
private func utf8SequenceLength(_ bytes: some Collection<UInt8>) -> Int {
  let head = Array(bytes.prefix(4))
  guard let first = head.first else { return 0 }
  func continues(_ index: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
    index < head.count && range.contains(head[index])
  }
  switch first {
  case 0..<0x80: return 1
  case 0xc2...0xdf: return continues(1) ? 2 : 0
  case 0xe0: return continues(1, 0xa0...0xbf) && continues(2) ? 3 : 0
  case 0xed: return continues(1, 0x80...0x9f) && continues(2) ? 3 : 0
  case 0xe1...0xef: return continues(1) && continues(2) ? 3 : 0
  case 0xf0: return continues(1, 0x90...0xbf) && continues(2) && continues(3) ? 4 : 0
  case 0xf4: return continues(1, 0x80...0x8f) && continues(2) && continues(3) ? 4 : 0
  case 0xf1...0xf3: return continues(1) && continues(2) && continues(3) ? 4 : 0
  default: return 0
  }
}

private func escaped(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
}
