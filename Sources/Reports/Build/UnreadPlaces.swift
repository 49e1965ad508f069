import Baselines
import DiskImages
import Evidence
import Facts

/// What of a guest could not be read. No baseline asks for it: these checks are asked where something is
/// missing, so that it is seen among the findings and counts against coverage.
enum UnreadPlaces {
  /// Trips exit status 2.
  static let mounts = Report.CheckDescription(
    id: "brinell.mounts-readable", title: "Every file system that the guest mounts can be read",
    severity: .high,
    rationale: "What lies on a file system that could not be read was not judged.",
    remediation: "Give all disks of the guest with --disk and the keys of encrypted devices with --key.")
  static let partitions = Report.CheckDescription(
    id: "brinell.partitions-readable", title: "Every partition of the image can be read", severity: .medium,
    rationale: "A partition that could not be read may hold data or a further system that was not judged.",
    remediation: "Give the keys of encrypted devices with --key; check whether the image is complete.")
  static let directories = Report.CheckDescription(
    id: "brinell.directories-readable", title: "Every directory of the guest can be read",
    severity: .medium,
    rationale: "What lies in a directory that could not be read was not judged.",
    remediation: "Scan an unpacked tree as root, or check the file system of the image.")
  static let networkMounts = Report.CheckDescription(
    id: "brinell.network-mounts", title: "Nothing that is judged lies on network file systems",
    severity: .info,
    rationale: "What the guest mounts over the network is not in the image and was not judged.",
    remediation: "Judge the server of the file system, or waive this finding.")
  static let packages = Report.CheckDescription(
    id: "brinell.packages-readable", title: "The list of installed packages can be read", severity: .medium,
    rationale: "Without it nothing is known about installed software, and checks on it say nothing.",
    remediation: "Where the guest has no package manager, describe its software in another way.")

  /// Findings for everything that is missing of a guest, with their checks.
  static func findings(
    of evidence: Evidence, packages: Result<InstalledPackages, EvidenceGap>
  ) -> [(check: Report.CheckDescription, findings: [GuestReport.Finding])] {
    let gaps = evidence.index.gaps
    func gapFindings(_ kind: FileIndex.Gap.Kind, _ check: Report.CheckDescription) -> [GuestReport.Finding] {
      gaps.filter { $0.kind == kind }.map { finding(check, $0.path, $0.reason) }
    }
    let all = [
      (mounts, gapFindings(.mount, mounts)),
      (partitions, unmountable(evidence.storage, besides: gaps)),
      (directories, gapFindings(.directory, directories)),
      (networkMounts, gapFindings(.networkMount, networkMounts)),
      (self.packages, packageFindings(packages)),
    ]
    return all.filter { !$0.1.isEmpty }
  }

  /// Devices with a problem that is not told already as that of a mount.
  private static func unmountable(
    _ storage: [StorageDevice], besides gaps: [FileIndex.Gap]
  ) -> [GuestReport.Finding] {
    storage.compactMap { device in
      guard let problem = device.problem else { return nil }
      let isTold = gaps.contains {
        $0.kind == .mount
          && ($0.reason.hasPrefix(device.name + ":") || $0.reason.hasPrefix(device.name + " "))
      }
      return isTold ? nil : finding(partitions, device.name, problem)
    }
  }

  private static func packageFindings(
    _ packages: Result<InstalledPackages, EvidenceGap>
  ) -> [GuestReport.Finding] {
    switch packages {
    case .failure(let gap): return [finding(self.packages, gap.path, gap.reason)]
    case .success(let list) where list.formats.isEmpty:
      return [finding(self.packages, "/", "no package database that this version reads")]
    case .success(let list):
      return Dictionary(grouping: list.problems) { $0.path ?? "" }.sorted { $0.key < $1.key }.map {
        let first = $0.value[0].line.map { ", first in line \($0)" } ?? ""
        return finding(
          self.packages, $0.key, "\(counted($0.value.count, "record")) cannot be read" + first)
      }
    }
  }

  private static func finding(
    _ check: Report.CheckDescription, _ subject: String, _ reason: String
  ) -> GuestReport.Finding {
    GuestReport.Finding(
      fingerprint: Baselines.Finding.fingerprint(check: check.id, subject: subject), check: check.id,
      verdict: .undecided, severity: check.severity, subject: subject, expected: "can be read",
      actual: reason, reason: reason, evidence: [], blocks: [])
  }
}
