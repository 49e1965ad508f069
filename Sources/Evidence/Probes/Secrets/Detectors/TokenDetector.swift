import Foundation

/// Tokens that are recognised by their form, wherever they stand; checksums are tested where the form has one.
enum TokenDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText else { return }
    let bytes = file.bytes
    var position = 0
    while position < bytes.count {
      guard let forms = starts[Int(bytes[position])], startsWord(bytes, position) else {
        position += 1
        continue
      }
      position = find(forms, at: position, file, &findings) ?? position + 1
    }
  }

  private enum Form {
    case token(TokenForm)
    case webToken, amazon, telegram
  }

  private static let starts: [[Form]?] = {
    var starts = [[Form]?](repeating: nil, count: 256)
    func add(_ byte: UInt8, _ form: Form) { starts[Int(byte)] = (starts[Int(byte)] ?? []) + [form] }
    for form in TokenForm.all { add(form.prefix[0], .token(form)) }
    add(UInt8(ascii: "e"), .webToken)
    add(UInt8(ascii: "A"), .amazon)
    for digit in UInt8(ascii: "0")...UInt8(ascii: "9") { add(digit, .telegram) }
    return starts
  }()

  private static func startsWord(_ bytes: [UInt8], _ position: Int) -> Bool {
    position == 0 || !isWordByte(bytes[position - 1])
  }

  /// The end of a token that begins at the position.
  private static func find(
    _ forms: [Form], at position: Int, _ file: SearchedFile, _ findings: inout SecretFindings
  ) -> Int? {
    let rest = file.bytes[position...]
    for form in forms {
      switch form {
      case .token(let form):
        guard rest.starts(with: form.prefix) else { continue }
        let body = rest.dropFirst(form.prefix.count).prefix(form.length.upperBound + 1).prefix {
          form.holds($0)
        }
        guard form.length.contains(body.count), form.test(body) else { continue }
        findings.add(SecretFinding(.token, line: file.line(at: position), words: form.words))
        return body.endIndex
      case .webToken:
        guard let end = endOfWebToken(rest) else { continue }
        findings.add(SecretFinding(.token, line: file.line(at: position), words: "JSON web token"))
        return end
      case .amazon:
        guard let end = endOfAmazonKey(rest) else { continue }
        if !CredentialFileDetector.knows(file), hasSecret(near: position, file) {
          findings.add(
            SecretFinding(.token, line: file.line(at: position), words: "AWS access key with its secret"))
        }
        return end
      case .telegram:
        let digits = rest.prefix(11).prefix { (0x30...0x39).contains($0) }
        guard (8...10).contains(digits.count), rest.dropFirst(digits.count).starts(with: ":AA".utf8) else {
          continue
        }
        let body = rest.dropFirst(digits.count + 1).prefix(36).prefix {
          isWordByte($0) && $0 != UInt8(ascii: ".")
        }
        guard body.count == 35, hasVariety(body) else { continue }
        findings.add(SecretFinding(.token, line: file.line(at: position), words: "Telegram bot token"))
        return body.endIndex
      }
    }
    return nil
  }

  /// Three parts of base64url; the first is a JSON object that names an algorithm, the second an object (RFC 7519).
  private static func endOfWebToken(_ rest: ArraySlice<UInt8>) -> Int? {
    guard rest.starts(with: "eyJ".utf8) else { return nil }
    let word = rest.prefix(16 << 10).prefix { isWordByte($0) }
    let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].count >= 16, parts[0].count < 2048 else { return nil }
    func object(_ part: ArraySlice<UInt8>) -> [String: Any]? {
      let text = part.map {
        $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
      }
      let json = decodeBase64(text)
      guard !json.prefix(4096).contains(where: { $0 == UInt8(ascii: "[") }) || json.count < 4096 else {
        return nil
      }
      return (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any]
    }
    guard let algorithm = object(parts[0])?["alg"] as? String, algorithm.lowercased() != "none",
      let payload = object(parts[1])
    else { return nil }
    // The token of jwt.io's documentation.
    if payload["name"] as? String == "John Doe" { return nil }
    return word.endIndex
  }

  /// The identifier of an access key: base 32, in which the number of the account is written (`12` digits).
  private static func endOfAmazonKey(_ rest: ArraySlice<UInt8>) -> Int? {
    guard rest.starts(with: "AKIA".utf8) || rest.starts(with: "ASIA".utf8) else { return nil }
    let word = rest.prefix(21).prefix { isWordByte($0) }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    guard word.count == 20, !word.text.contains("EXAMPLE") else { return nil }
    var value: UInt64 = 0
    for (index, byte) in word.dropFirst(4).enumerated() {
      guard let digit = alphabet.firstIndex(of: byte) else { return nil }
      if index < 10 { value = value << 5 | UInt64(digit) }
    }
    // The first 48 of 50 bits are the first six bytes; bits 7 to 46 of them are the account.
    let account = (value >> 2 & 0x7fff_ffff_ff80) >> 7
    return account <= 999_999_999_999 ? word.endIndex : nil
  }

  /// Whether 40 characters of base64 stand in the next 400 bytes or in the 400 before: the identifier alone is not secret.
  private static func hasSecret(near position: Int, _ file: SearchedFile) -> Bool {
    let window = file.bytes[max(0, position - 400)..<min(file.bytes.count, position + 420)]
    return window.split(whereSeparator: { !isBase64Byte($0) || $0 == UInt8(ascii: "=") }).contains { word in
      word.count == 40 && hasVariety(word) && word.contains { (0x30...0x39).contains($0) }
        && word.contains { (0x61...0x7a).contains($0) } && word.contains { (0x41...0x5a).contains($0) }
    }
  }
}
