import Foundation

/// Compares text with the file in the folder `Golden` beside the test that asks. With `BRINELL_RECORD=1` in the
/// environment the file is written instead.
///
/// - Returns: nil if they are the same, else what differs first.
public func differenceFromGolden(
  _ text: String, _ name: String, beside testFile: String = #filePath
) throws -> String? {
  let file = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Golden/\(name)")
  if ProcessInfo.processInfo.environment["BRINELL_RECORD"] == "1" {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return nil
  }
  guard let data = FileManager.default.contents(atPath: file.path) else {
    return "\(name) is missing; record it with BRINELL_RECORD=1 and look at it"
  }
  let expected = String(decoding: data, as: UTF8.self)
  if expected == text { return nil }
  let (old, new) = (lines(expected), lines(text))
  for number in 0..<max(old.count, new.count) {
    let (left, right) = (number < old.count ? old[number] : nil, number < new.count ? new[number] : nil)
    if left != right {
      return "\(name):\(number + 1): expected '\(left ?? "the end")', is '\(right ?? "the end")'"
    }
  }
  return "\(name): the files differ in their last line feed"
}

private func lines(_ text: String) -> [Substring] {
  text.split(separator: "\n", omittingEmptySubsequences: false)
}
