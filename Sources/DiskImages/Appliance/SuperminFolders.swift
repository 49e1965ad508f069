import Foundation

/// The folders in which supermin works while it builds an appliance, and which it leaves behind where it is killed:
/// `superminXXXXXX.tmpdir` in $TMPDIR or /tmp (supermin, src/supermin.ml).
struct SuperminFolders {
  private let place: String
  private let before: Set<String>

  /// Notes what is there.
  init(in place: String = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp") {
    self.place = place
    before = Self.names(in: place)
  }

  /// Removes what has come since, unless a supermin still runs, whose it may be.
  func removeNew() {
    let new = Self.names(in: place).subtracting(before)
    if new.isEmpty || Self.isSuperminRunning { return }
    for name in new { try? FileManager.default.removeItem(atPath: "\(place)/\(name)") }
  }

  private static func names(in place: String) -> Set<String> {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return Set(all.filter { $0.hasPrefix("supermin") && $0.hasSuffix(".tmpdir") })
  }

  private static var isSuperminRunning: Bool {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).contains { name in
      let command = try? String(contentsOfFile: "/proc/\(name)/comm", encoding: .utf8)
      return command == "supermin\n"
    }
  }
}
