import Baselines

/// One target: the verdict, what it is, and its guests.
struct TargetPage {
  let target: TargetReport
  let number: Int
  let report: Report
  private let conclusion: Conclusion

  init(_ target: TargetReport, number: Int, of report: Report) {
    self.target = target
    self.number = number
    self.report = report
    conclusion = report.conclusion(of: target)
  }

  private var anchor: String { "target-\(number)" }

  /// A line of the table of all targets.
  var row: HTMLView {
    [
      "anchor": anchor, "target": pathParts(target.target), "verdict": verdictView(conclusion),
      "name": target.error ?? list(target.guests.map(\.name), limit: 2),
      "findings": target.guests.isEmpty ? nil : target.findings.phrase,
      "coverage": target.guests.map { percentText(Dials.bounded($0.coverage.percent)) }
        .joined(separator: ", "),
    ]
  }

  /// - Parameter filters: for the only guest of the report, above its findings.
  func view(filters: HTMLView?) -> HTMLView {
    let storage = StoragePicture.view(of: target)
    let guests = target.guests.enumerated().map { position, guest in
      GuestPage(guest, anchor: "\(anchor)-guest-\(position + 1)", of: target, in: report)
    }
    let only = guests.count == 1 ? guests[0] : nil
    return [
      "anchor": anchor, "target": pathParts(target.target), "verdict": verdictView(conclusion),
      "error": target.status == .failed ? target.error ?? "the target could not be read" : nil,
      "identity": only.map(\.identity) ?? [], "system": only?.guest.name, "dials": only?.dials ?? [],
      // With one guest it belongs beside what to do, with several above them all.
      "storageOfAll": only == nil ? storage : nil,
      "guests": guests.enumerated().map { position, guest in
        guest.view(
          heading: only == nil ? "System \(position + 1) of \(guests.count)" : nil,
          storage: only == nil ? nil : storage, filters: filters)
      },
    ]
  }
}

/// A path in parts after which a line may break.
func pathParts(_ path: String) -> [String] {
  var parts: [String] = []
  var rest = path[...]
  while let slash = rest.firstIndex(of: "/") {
    parts.append(String(rest[...slash]))
    rest = rest[rest.index(after: slash)...]
  }
  return rest.isEmpty ? parts : parts + [String(rest)]
}
