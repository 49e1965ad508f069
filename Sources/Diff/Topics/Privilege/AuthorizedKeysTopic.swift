import DiskImages
import Evidence
import Facts
import Foundation

/// Public keys that let somebody log in, by account and by the fingerprint that ssh-keygen(1) prints. In which file the
/// server finds a key does not matter.
public enum AuthorizedKeysTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "authorized-keys"
  public static let title = "SSH keys that let somebody in"
  public static let models: [any FactModel.Type] = [AuthorizedKeys.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    var items: [DiffItem] = []
    for file in try facts.model(AuthorizedKeys.self).files {
      for line in try facts.evidence.text(of: file.entry).lines {
        guard let key = PublicKeyLine(line.text) else { continue }
        items.append(
          DiffItem(
            "\(file.account) \(key.fingerprint)",
            DiffChange.Value(key.words, path: file.entry.path, line: line.number)))
      }
    }
    return items
  }
}

/// One key of authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT").
struct PublicKeyLine {
  /// `SHA256:` and the digest in base64 without padding.
  var fingerprint: String
  /// Type and options; the comment is free text and no part of what is compared.
  var words: String

  init?(_ line: String) {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard let first = text.first, first != "#" else { return nil }
    let parts = Self.fields(text)
    guard
      let position = parts.firstIndex(where: {
        ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].contains(where: $0.hasPrefix)
      }),
      position + 1 < parts.count, let blob = Data(base64Encoded: String(parts[position + 1]))
    else { return nil }
    let digest = Data(SHA256.digest(Array(blob))).base64EncodedString()
    fingerprint = "SHA256:" + digest.replacing("=", with: "")
    let options = parts[..<position].joined(separator: " ")
    words = parts[position] + (options.isEmpty ? "" : ", options \(options)")
  }

  /// Blanks within double quotes, as in `command="a b"`, do not part fields.
  private static func fields(_ text: Substring) -> [String] {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if !isQuoted, character == " " || character == "\t" {
        if !field.isEmpty { fields.append(field) }
        field = ""
      } else {
        field.append(character)
      }
    }
    return field.isEmpty ? fields : fields + [field]
  }
}
