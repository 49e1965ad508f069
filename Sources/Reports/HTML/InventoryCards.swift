import Baselines

/// What the guest holds and what was asked of it: executables, packages, all checks, and what took how long.
struct InventoryCards {
  private let guest: GuestReport
  private let titles: [String: String]
  private let anchor: String
  private let byArea: [CheckArea: [GuestReport.Verdict]]
  private let order: [CheckArea]

  /// Areas that the first screen shows.
  private static let shownAreas = 12

  init(_ guest: GuestReport, anchor: String, titles: [String: String]) {
    self.guest = guest
    self.anchor = anchor
    self.titles = titles
    byArea = Dictionary(grouping: guest.verdicts) { CheckArea(check: $0.check) }
    order = byArea.keys.sorted()
  }

  /// The areas with most that is unmet or open, for the first screen.
  var worstAreas: HTMLView? {
    let areas = order.enumerated().map { position, area in
      let verdicts = (byArea[area] ?? []).filter { $0.verdict != .notApplicable }
      return (
        position: position, area: area, verdicts: verdicts,
        bad: verdicts.count { $0.verdict != .pass && $0.verdict != .waived }
      )
    }.filter { $0.bad > 0 }
    let worst = areas.sorted { $0.bad == $1.bad ? $0.position < $1.position : $0.bad > $1.bad }
    guard !worst.isEmpty else { return nil }
    let isCut = worst.count > Self.shownAreas
    return [
      "note": "unmet or not decided" + (isCut ? ", the worst \(Self.shownAreas) of \(worst.count)" : ""),
      "areas": worst.prefix(Self.shownAreas).map { part -> HTMLView in
        [
          "anchor": areaAnchor(part.position), "title": part.area.title,
          "bar": Dials.verdicts(Self.counts(part.verdicts)),
          "words": "\(part.bad) of \(part.verdicts.count)",
        ]
      },
    ]
  }

  private func areaAnchor(_ position: Int) -> String { "\(anchor)-area-\(position + 1)" }

  private static func counts(_ verdicts: [GuestReport.Verdict]) -> Summary.Verdicts {
    var counts = Summary.Verdicts()
    for verdict in verdicts { counts.add(verdict.verdict) }
    return counts
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
      "areas": order.enumerated().map { area($1, position: $0) },
      "timings": timings, "hasTimings": !guest.timings.isEmpty,
    ]
  }

  private func area(_ area: CheckArea, position: Int) -> HTMLView {
    let verdicts = byArea[area] ?? []
    return [
      "anchor": areaAnchor(position), "title": area.title, "bar": Dials.verdicts(Self.counts(verdicts)),
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
