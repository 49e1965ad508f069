import Baselines

/// One guest: figures, what to mend first, and the lists below them.
struct GuestPage {
  let guest: GuestReport
  let anchor: String
  private let target: TargetReport
  private let report: Report

  init(_ guest: GuestReport, anchor: String, of target: TargetReport, in report: Report) {
    self.guest = guest
    self.anchor = anchor
    self.target = target
    self.report = report
  }

  /// What the guest is, one phrase each.
  var identity: [String] {
    var parts = [guest.architecture, guest.hostname.map { "host \($0)" }].compactMap { $0 }
    parts.append(target.disks.isEmpty ? "a tree, no disk" : "root on \(guest.root)")
    if let format = guest.packageFormat {
      parts.append("\(counted(guest.packages.count, "package")) (\(format))")
    } else {
      parts.append("packages unknown")
    }
    if let support = guest.support {
      let until = support.level == "ended" ? " on" : ", until"
      parts.append("support: " + support.level + (support.ends.map { "\(until) \($0)" } ?? ""))
    }
    return parts
  }

  var dials: [HTMLView] {
    let coverage = guest.coverage
    var dials = [
      Dials.ring(
        "Coverage", percent: Dials.bounded(coverage.percent),
        text: percentText(Dials.bounded(coverage.percent)),
        note: "\(coverage.answered) of \(coverage.asked) answered", mark: report.gate.minCoverage)
    ]
    if let score = guest.summary.score.map(Dials.bounded) {
      dials.insert(
        Dials.ring("Score", percent: score, text: String(Int(score.rounded())), note: "of 100"), at: 0)
    }
    return dials
  }

  func view(heading: String?, storage: HTMLView?, filters: HTMLView?) -> HTMLView {
    let cards = FindingCards(guest, anchor: anchor, in: report)
    let gaps = GapCards(guest, titles: cards.titles)
    let vulnerabilities = VulnerabilityCards(guest)
    let inventory = InventoryCards(guest, anchor: anchor, titles: cards.titles)
    let sections = cards.sections + gaps.sections + vulnerabilities.sections + inventory.sections
    return [
      "anchor": anchor, "heading": heading, "name": guest.name, "identity": identity, "dials": dials,
      "severities": Dials.severities(guest.summary.findings), "since": report.sinceWords(of: guest),
      "total": cards.total,
      "verdicts": Dials.verdicts(guest.summary.verdicts), "asked": counted(guest.coverage.asked, "check"),
      "notApplicableCount": guest.coverage.notApplicable.isEmpty ? nil : guest.coverage.notApplicableCount,
      "top": cards.top, "hasTop": !cards.top.isEmpty, "openCount": unanswered, "storage": storage,
      "areas": inventory.worstAreas, "filters": filters,
      "contents": sections.map {
        ["id": "\(anchor)-\($0.id)", "title": $0.title, "count": $0.count] as HTMLView
      },
      "groups": cards.views, "hasGroups": !cards.views.isEmpty,
      "gaps": gaps.view, "vulnerabilities": vulnerabilities.view, "inventory": inventory.view,
    ]
  }

  /// Where nothing failed although checks have no answer.
  private var unanswered: HTMLView? {
    let verdicts = guest.summary.verdicts
    let count = verdicts.undecided + verdicts.error
    guard count > 0 else { return nil }
    return [
      "anchor": anchor, "section": verdicts.undecided > 0 ? "undecided" : "errors",
      "words": counted(count, "check has", plural: "checks have"),
    ]
  }
}

/// A part of a guest's page that the list of contents names.
struct PageSection {
  var id: String
  var title: String
  var count: Int
}
