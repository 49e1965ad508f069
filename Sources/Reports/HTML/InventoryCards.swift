import Baselines

/// What the guest holds and what was asked of it: executables, packages, all checks, and what took how long.
struct InventoryCards {
  private let guest: GuestReport
  private let titles: [String: String]
  private let byArea: [CheckArea: [GuestReport.Verdict]]

  init(_ guest: GuestReport, titles: [String: String]) {
    self.guest = guest
    self.titles = titles
    byArea = Dictionary(grouping: guest.verdicts) { CheckArea(check: $0.check) }
  }

  /// The areas whose checks are about programs and libraries.
  private var executables: [GuestReport.Verdict] {
    ["exe", "suid"].flatMap { byArea[CheckArea(check: $0)] ?? [] }
  }

  var sections: [PageSection] {
    [
      PageSection(id: "executables", title: "Executables", count: executables.count),
      PageSection(id: "packages", title: "Packages", count: guest.packages.count),
      PageSection(id: "checks", title: "All checks", count: guest.verdicts.count),
    ].filter { $0.count > 0 }
  }

  var view: HTMLView {
    [
      "executableCount": executables.isEmpty ? nil : executables.count,
      "executables": executables.sorted { Self.weight($0) < Self.weight($1) }.map(line),
      "packageCount": guest.packages.isEmpty ? nil : guest.packages.count,
      "packages": guest.packages.map(package),
      "checkCount": guest.verdicts.isEmpty ? nil : guest.verdicts.count,
      "areas": byArea.sorted { $0.key < $1.key }.map { area($0.key, $0.value) },
      "timings": timings, "hasTimings": !guest.timings.isEmpty,
    ]
  }

  private func area(_ area: CheckArea, _ verdicts: [GuestReport.Verdict]) -> HTMLView {
    var counts = Summary.Verdicts()
    for verdict in verdicts { counts.add(verdict.verdict) }
    return [
      "title": area.title, "bar": Dials.verdicts(counts),
      "lines": verdicts.sorted { Self.weight($0) < Self.weight($1) }.map(line),
    ]
  }

  private func line(_ verdict: GuestReport.Verdict) -> HTMLView {
    [
      "id": verdict.check, "title": titles[verdict.check], "kind": verdict.verdict.rawValue,
      "word": verdict.verdict.rawValue.replacing("_", with: " "), "why": verdict.reason,
    ]
  }

  /// What has to be looked at comes first.
  private static func weight(_ verdict: GuestReport.Verdict) -> Int {
    switch verdict.verdict {
    case .fail: 0
    case .error: 1
    case .undecided: 2
    case .blocked: 3
    case .waived: 4
    case .pass: 5
    case .notApplicable: 6
    }
  }

  private func package(_ package: GuestReport.Package) -> HTMLView {
    [
      "name": package.name, "version": package.version, "arch": package.arch,
      "source": package.source == package.name ? nil : package.source,
      "licences": list(package.licences, limit: 3),
    ]
  }

  private var timings: [HTMLView] {
    let stages = guest.timings.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    let longest = max(stages.first?.value ?? 0, 0.001)
    return stages.map { stage, seconds in
      [
        "stage": stage, "seconds": secondsText(seconds),
        "width": Dials.number(Dials.bounded(100 * seconds / longest)),
      ]
    }
  }
}
