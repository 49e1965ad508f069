import Evidence

/// Lines of account files that are no entries of this guest.
struct OddLines {
  /// Entries that begin with `+` or `-` and include or exclude accounts of NIS where `compat` is asked.
  var compatibility: [Origin] = []
  /// Lines that the C library cannot read and passes over.
  var malformed: [Origin] = []

  fileprivate mutating func note(_ fields: [ArraySlice<UInt8>], _ line: Int, _ path: String) {
    // The second field may be a password.
    let text = fields.first.map { $0.prefix(64).text } ?? ""
    let origin = Origin(path: path, line: line, kind: .explicit, text: text)
    if fields.first?.isCompatibilityName == true {
      compatibility.append(origin)
    } else {
      malformed.append(origin)
    }
  }
}

extension ColonFile {
  /// Reads passwd(5) as nss_files does (nss/nss_files/files-pwd.c, pwd/fgetpwent_r.c): a line needs a name and numeric
  /// identifiers, later fields may be missing.
  func accounts(file: UInt8, _ odd: inout OddLines) -> [Account] {
    var accounts: [Account] = []
    var strings = StringCache()
    var oddLines = OddLines()
    forEachEntry(fields: 7) { fields, line in
      guard fields.count >= 4, !fields[0].isEmpty, !fields[0].isCompatibilityName,
        let uid = fields[2].identifier, let gid = fields[3].identifier
      else { return oddLines.note(fields, line, path) }
      accounts.append(
        Account(
          name: fields[0].text, uid: uid, gid: gid, gecos: fields.count > 4 ? fields[4].text : "",
          home: fields.count > 5 ? fields[5].text : "", shell: fields.count > 6 ? strings[fields[6]] : "",
          inlinePassword: fields[1].elementsEqual("x".utf8) ? nil : PasswordState(field: fields[1].text),
          file: file, line: UInt32(clamping: line)))
    }
    odd.compatibility += oddLines.compatibility
    odd.malformed += oddLines.malformed
    return accounts
  }

  /// Reads group(5).
  func groups(file: UInt8, _ odd: inout OddLines) -> [UserGroup] {
    var groups: [UserGroup] = []
    var oddLines = OddLines()
    forEachEntry(fields: 4) { fields, line in
      guard fields.count >= 3, !fields[0].isEmpty, !fields[0].isCompatibilityName,
        let gid = fields[2].identifier
      else { return oddLines.note(fields, line, path) }
      let members = fields.count > 3 ? fields[3] : []
      groups.append(
        UserGroup(
          name: fields[0].text, gid: gid,
          members: members.split(separator: UInt8(ascii: ",")).map { $0.text.trimmingBlanks().description },
          inlinePassword: fields[1].elementsEqual("x".utf8) ? nil : PasswordState(field: fields[1].text),
          file: file, line: UInt32(clamping: line)))
    }
    odd.compatibility += oddLines.compatibility
    odd.malformed += oddLines.malformed
    return groups
  }

  /// Reads shadow(5) or gshadow(5). Of two entries with one name the first counts.
  func shadowEntries(_ odd: inout OddLines) -> [String: ShadowEntry] {
    var entries: [String: ShadowEntry] = [:]
    var oddLines = OddLines()
    forEachEntry(fields: 9) { fields, line in
      guard fields.count >= 2, !fields[0].isEmpty, !fields[0].isCompatibilityName else {
        return oddLines.note(fields, line, path)
      }
      let name = fields[0].text
      guard entries[name] == nil else { return }
      var aging = PasswordAging()
      func days(_ field: Int) -> Int? {
        field < fields.count ? Int(fields[field].text.trimmingBlanks()).flatMap { $0 < 0 ? nil : $0 } : nil
      }
      aging.lastChange = days(2)
      aging.minimum = days(3)
      aging.maximum = days(4)
      aging.warning = days(5)
      aging.inactive = days(6)
      aging.expiry = days(7)
      entries[name] = ShadowEntry(
        password: PasswordState(field: fields[1].text), aging: aging, line: UInt32(clamping: line))
    }
    odd.compatibility += oddLines.compatibility
    odd.malformed += oddLines.malformed
    return entries
  }
}

/// Texts that repeat, such as shells, made once.
private struct StringCache {
  private var last: (bytes: ArraySlice<UInt8>, text: String) = ([], "")

  subscript(_ bytes: ArraySlice<UInt8>) -> String {
    mutating get {
      if !last.bytes.elementsEqual(bytes) { last = (bytes, bytes.text) }
      return last.text
    }
  }
}
