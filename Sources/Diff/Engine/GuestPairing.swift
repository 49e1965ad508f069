import Reports

/// Which system of the new image is the next version of which one of the old.
enum GuestPairing {
  struct Result {
    var pairs: [(old: DiffGuest, new: DiffGuest)] = []
    var problems: [String] = []
  }

  /// Systems of the same distribution belong together, in the order in which they lie on the disks.
  static func pair(_ old: [DiffGuest], _ new: [DiffGuest]) -> Result {
    var result = Result()
    var rest = new
    for guest in old {
      if let position = rest.firstIndex(where: { isSuccessor($0.report, of: guest.report) }) {
        result.pairs.append((guest, rest.remove(at: position)))
      } else if old.count == 1, let other = rest.first {
        rest.removeFirst()
        result.problems.append(
          "different systems: \(words(guest.report)) in the old image, \(words(other.report)) in the new one")
      } else {
        result.problems.append("\(words(guest.report)) is in the old image only")
      }
    }
    for guest in rest { result.problems.append("\(words(guest.report)) is in the new image only") }
    return result
  }

  private static func isSuccessor(_ new: GuestReport, of old: GuestReport) -> Bool {
    let (before, after) = (old.packageFormats, new.packageFormats)
    // One more package manager does not make another system, nor does a database that could not be read.
    return new.distribution == old.distribution
      && (before.isEmpty || after.isEmpty || !before.isDisjoint(with: after))
  }

  private static func words(_ guest: GuestReport) -> String { printable("\(guest.name) on \(guest.root)") }
}
