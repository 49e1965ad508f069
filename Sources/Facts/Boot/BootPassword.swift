import DiskImages
import Evidence

/// Whether the boot loader asks for a password before it lets somebody change what boots.
public struct BootPassword: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

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
    // Which of several configurations GRUB reads, its image says: the weakest counts.
    var found: [State] = []
    var gap: EvidenceGap?
    for menu in boot.grub {
      do {
        found.append(try Self.state(of: menu))
      } catch {
        gap = gap ?? error
      }
    }
    let open = found.first { state in
      if case .set = state { false } else { true }
    }
    if let open {
      state = open
    } else if let gap {
      throw gap
    } else {
      state = found.first ?? .missing("no menu", [])
    }
  }

  /// Only superusers may edit an entry, once the variable names any (GNU GRUB manual, "Security").
  private static func state(of menu: GrubMenu) throws(EvidenceGap) -> State {
    if let gap = menu.unread.first { throw gap }
    guard let names = menu.superuserNames, let superusers = menu.superusers else {
      if let other = menu.passwords.first {
        return .weak("\(other.user) has a password and is no superuser", other.origin)
      }
      return .missing("no superuser", menu.superusers.map { [$0.origin] } ?? [])
    }
    let own = menu.passwords.filter { names.contains($0.user) }
    if let plain = own.first(where: { !$0.isHashed }) {
      return .weak("the password of \(plain.user) is in plain text", plain.origin)
    }
    if let hashed = own.first(where: { !$0.isUncertain }) ?? own.first {
      if hashed.isUncertain || menu.isSuperuserUncertain {
        throw EvidenceGap(
          path: hashed.origin.path ?? "grub.cfg",
          reason: "the password depends on a condition that only the running GRUB can decide")
      }
      return .set(user: hashed.user, hashed.origin)
    }
    if let other = menu.passwords.first {
      return .weak("\(other.user) has a password and is no superuser", other.origin)
    }
    return .missing("no password for \(names[0])", [superusers.origin])
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
}
