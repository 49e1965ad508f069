import Evidence
import Foundation

/// Generations below which shim starts no boot program.
public struct SbatLevel: Sendable, Hashable {
  /// `YYYYMMDDCC`, as the level itself says.
  public var date: String
  /// Least generation by component.
  public var generations: [String: Int]

  private static let sizeLimit = 64 << 10

  /// The level in a text of SBAT.md's form: `sbat,1,DATE`, then `component,generation`. Lines that begin with `#` are
  /// left out.
  ///
  /// - Returns: nil for a text that does not begin with the line of `sbat`.
  init?(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let first = lines.first, first.count == 3, first[0] == "sbat" else { return nil }
    date = String(first[2])
    generations = [:]
    for line in lines.dropFirst().prefix(1024) where line.count >= 2 {
      generations[String(line[0])] = Int(line[1])
    }
  }

  /// The level beside the shipped baselines.
  public static let shipped: Result<SbatLevel, EvidenceGap> = {
    let name = "data/sbat-level.csv"
    guard let path = ShippedFolders.file(name), let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: sizeLimit),
      let level = SbatLevel(String(decoding: data, as: UTF8.self))
    else {
      return .failure(EvidenceGap(path: name, reason: "the level of SBAT is not beside the baselines"))
    }
    return .success(level)
  }()

  /// Why shim would not start a program with these components; empty if it would (SBAT.md, "How shim verifies").
  public func objections(to components: [BootProgram.Component]) -> [String] {
    components.compactMap { component in
      guard let least = generations[component.name], component.generation < least else { return nil }
      return "\(component.name),\(component.generation) is below \(component.name),\(least)"
    }
  }
}
