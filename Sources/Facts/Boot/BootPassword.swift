import DiskImages
import Evidence

/// Whether the boot loader asks for a password before it lets somebody change what boots.
public struct BootPassword: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs

  public enum State: Sendable, Hashable {
    /// The user who has to be known, and where the password is set.
    case set(user: String, Origin)
    /// A password in plain text, or one for a user who is no superuser.
    case weak(String, Origin)
    case missing(String, [Origin])
  }

  public let state: State

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let boot = try facts.model(BootEntries.self)
    try boot.requireEntries()
    if boot.grub.isEmpty {
      state = Self.withoutGrub(boot)
      return
    }
    var superusers: [String] = []
    var places: [Origin] = []
    for script in boot.grub where !script.superusers.isEmpty {
      superusers = script.superusers
      if let origin = script.superusersOrigin { places = [origin] }
    }
    let passwords = boot.grub.flatMap(\.passwords)
    let userFile = try Self.userFile(facts.evidence)
    // Fedora and RHEL keep the hash in user.cfg, which grub.cfg sources, and refer to it by a variable.
    if let hashed = passwords.first(where: { $0.isHashed && superusers.contains($0.user) }) {
      let isReference = hashed.origin.text?.contains("GRUB2_PASSWORD") == true
      state =
        isReference && userFile == nil
        ? .missing("no hash in user.cfg", [hashed.origin])
        : .set(user: hashed.user, userFile ?? hashed.origin)
    } else if let plain = passwords.first(where: { superusers.contains($0.user) }) {
      state = .weak("the password of \(plain.user) is in plain text", plain.origin)
    } else if let other = passwords.first {
      state = .weak("\(other.user) has a password and is no superuser", other.origin)
    } else {
      state = .missing(superusers.isEmpty ? "no superuser" : "no password for \(superusers[0])", places)
    }
  }

  /// systemd-boot has no password: `editor no` keeps the command line as it is (loader.conf(5)).
  private static func withoutGrub(_ boot: BootEntries) -> State {
    if let editor = boot.loaderEditor {
      if ["no", "0", "off", "false", "n", "f"].contains(editor.value) {
        return .set(user: "nobody", editor.origin)
      }
      return .missing("systemd-boot's editor is on", [editor.origin])
    }
    return .missing("no boot loader with a password", [])
  }

  private static func userFile(_ evidence: Evidence) throws(EvidenceGap) -> Origin? {
    guard let file = try evidence.text(at: "/boot/grub2/user.cfg") else { return nil }
    for line in file.lines where line.text.hasPrefix("GRUB2_PASSWORD=grub.pbkdf2") {
      return Origin(path: file.path, line: line.number, kind: .explicit, text: "GRUB2_PASSWORD")
    }
    return nil
  }
}
