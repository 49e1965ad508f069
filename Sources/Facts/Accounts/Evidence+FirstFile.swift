import Evidence

extension Evidence {
  /// The first file of the list that exists, as a program reads it that falls back to the vendor's copy.
  func text(atFirstOf paths: [String]) throws(EvidenceGap) -> TextFile? {
    for path in paths {
      if let file = try text(at: path) { return file }
    }
    return nil
  }
}
