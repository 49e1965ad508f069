import Baselines

/// What was looked at: image, storage, guest, baselines, coverage.
struct TextOverview {
  let target: TargetReport
  let report: Report

  /// Two lines a guest under the verdict: what it is and how it does.
  func addHeadlines(to page: inout TextPage) {
    for guest in target.guests {
      let name = target.target + (target.guests.count > 1 ? " (\(guest.root))" : "")
      page.paragraph(([name + ": " + guest.name] + identity(of: guest)).joined(separator: ", "))
      page.paragraph(numbers(of: guest))
      if let words = report.sinceWords(of: guest) { page.paragraph(words) }
    }
  }

  private func identity(of guest: GuestReport) -> [String] {
    [guest.architecture, guest.hostname.map { "host \($0)" }].compactMap { $0 }
  }

  private func numbers(of guest: GuestReport) -> String {
    let verdicts = guest.summary.verdicts
    var parts = [
      guest.summary.findings.phrase, "\(verdicts.pass) of \(guest.coverage.asked) checks passed",
      "coverage \(percentText(guest.coverage.percent))",
    ]
    if let score = guest.summary.score { parts.append("score \(Int(score.rounded())) of 100") }
    return parts.joined(separator: "; ")
  }

  /// Disks and what lies on them.
  func addImage(to page: inout TextPage) {
    for disk in target.disks {
      var text = "\(disk.path), \(disk.format), \(sizeText(disk.virtualSize))"
      if !disk.backingChain.isEmpty { text += ", on \(disk.backingChain.joined(separator: ", "))" }
      page.row("Image", text)
    }
    if target.disks.isEmpty, !target.guests.isEmpty { page.row("Tree", target.target) }
    addStorage(to: &page)
  }

  private func addStorage(to page: inout TextPage) {
    let tree = StorageTree(target.storage)
    guard !tree.rows.isEmpty else { return }
    let names = tree.rows.map { String(repeating: "  ", count: $0.depth) + printable($0.device.device) }
    // What is left after the two other columns, and room for a mount point.
    let nameColumn = min(max(14, page.width - 54), (names.map(\.count).max() ?? 0) + 2)
    let typeColumn = min(16, (tree.rows.map { printable($0.device.filesystem ?? "").count }.max() ?? 0) + 2)
    for (position, row) in tree.rows.enumerated() {
      let device = row.device
      let size = device.size.map(sizeText) ?? ""
      var columns = (position == 0 ? "Storage" : "").padded(to: 10)
      columns += printable(names[position], limit: nameColumn - 1).padded(to: nameColumn)
      columns += size.aligned(right: 10) + "  "
      columns += printable(device.filesystem ?? "", limit: typeColumn - 1).padded(to: typeColumn)
      var rest = row.mountpoints
      if device.type == "luks" && device.encrypted { rest.append("(encrypted)") }
      page.paragraph(columns, rest.joined(separator: " "))
      if let encryption = device.encryption { page.row("", indentation: 2 * (row.depth + 1), encryption) }
      if let detail = device.detail { page.row("", indentation: 2 * (row.depth + 1), "! " + detail) }
    }
  }

  /// The guest, by which baselines it was judged and how far.
  func add(_ guest: GuestReport, to page: inout TextPage) {
    var parts = target.storage.isEmpty ? [] : ["root on \(guest.root)"]
    if let format = guest.packageFormat {
      parts.append(counted(guest.packages.count, "package") + " (\(format))")
    } else {
      parts.append("packages unknown")
    }
    page.row("Guest", parts.joined(separator: ", "))
    if let support = guest.support {
      let until = support.level == "ended" ? " on" : " support until"
      page.row("Support", support.level + (support.ends.map { "\(until) \($0)" } ?? ""))
    }
    let baselines = report.baselines.map { "\($0.id) \($0.version)" }.joined(separator: ", ")
    page.row("Baseline", baselines + ", as of \(report.asOf)")
    for source in report.advisories {
      page.row("Advisories", source.words(asOf: report.asOf))
    }
    page.row("Verdicts", verdicts(guest))
    page.row("Coverage", coverage(guest))
    if let scores = guest.summary.scores {
      let words = scores.map { score in
        "\(plain(score.value)) of \(plain(score.maximum)) (\(score.model.split(separator: ":").last ?? ""))"
      }
      page.row("Score", "XCCDF 1.2: " + words.joined(separator: ", "))
    }
  }

  private func plain(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }

  private func verdicts(_ guest: GuestReport) -> String {
    guest.summary.verdicts.named.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
  }

  private func coverage(_ guest: GuestReport) -> String {
    let coverage = guest.coverage
    let open = coverage.asked - coverage.answered
    return "\(percentText(coverage.percent)): \(coverage.answered) of \(coverage.asked) checks answered"
      + (open > 0 ? ", \(open) not (see NOT DECIDED)" : "")
  }
}

/// Devices in the order in which they lie on one another, each once.
struct StorageTree {
  struct Row {
    var device: TargetReport.Storage
    var depth: Int
    var mountpoints: [String]
  }

  private(set) var rows: [Row] = []

  init(_ storage: [TargetReport.Storage]) {
    var byName: [String: Row] = [:]
    var order: [String] = []
    var children: [String: [String]] = [:]
    for device in storage {
      if byName[device.device] == nil {
        byName[device.device] = Row(device: device, depth: 0, mountpoints: [])
        order.append(device.device)
        for parent in device.parents { children[parent, default: []].append(device.device) }
      }
      if let mountpoint = device.mountpoint { byName[device.device]?.mountpoints.append(mountpoint) }
    }
    let roots = order.filter { name in
      byName[name]?.device.parents.contains { byName[$0] != nil } != true
    }
    // A device on several parents is shown under the first; a saved report may hold a circle.
    var pending = roots.reversed().map { ($0, 0) }
    var seen: Set<String> = []
    while let (name, depth) = pending.popLast() {
      guard var row = byName[name], seen.insert(name).inserted else { continue }
      row.depth = min(depth, 8)
      rows.append(row)
      pending += (children[name] ?? []).reversed().map { ($0, depth + 1) }
    }
  }
}
