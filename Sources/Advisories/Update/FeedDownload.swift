import DiskImages
import Evidence
import Foundation
import FoundationNetworking

/// Fetches feeds into a folder: each file appears under its name only when it is whole and its checksum holds.
///
/// Beside a file lies what the server said about it (`.NAME.state`), with which the next request asks for changes only
/// (If-None-Match, If-Modified-Since; RFC 9110, section 13). A transfer that is cut off leaves `.NAME.part`, and the
/// next request asks for the rest on the condition that the file is still the same (Range with If-Range, section 14).
public struct FeedDownload {
  public enum Outcome: Sendable, Hashable {
    /// There is a new file.
    case fetched(bytes: Int64)
    /// The server has nothing newer.
    case unchanged
  }

  public var folder: String
  public var rules: TransferRules
  /// Told a few times each second: bytes there, and bytes in all if known.
  public var progress: (Int64, Int64?) -> Void
  /// Asked as often; true ends the transfer.
  public var isCancelled: () -> Bool

  public init(
    folder: String, rules: TransferRules = TransferRules(),
    progress: @escaping (Int64, Int64?) -> Void = { _, _ in }, isCancelled: @escaping () -> Bool = { false }
  ) {
    self.folder = folder
    self.rules = rules
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// What the server said about a file.
  private struct Saved: Codable {
    var address: String
    var etag: String?
    var modified: String?
    /// For If-Range.
    var validator: String?
  }

  /// Where a feed's file is, once it was fetched.
  public func path(of feed: RemoteFeed) -> String { folder + "/" + feed.fileName }

  private func partPath(_ feed: RemoteFeed) -> String { "\(folder)/.\(feed.fileName).part" }
  private func statePath(_ feed: RemoteFeed) -> String { "\(folder)/.\(feed.fileName).state" }
  private func partStatePath(_ feed: RemoteFeed) -> String { partPath(feed) + ".state" }

  /// Fetches a feed if there is something newer.
  ///
  /// - Parameter budget: bytes that may be transferred for it, beside its own limit.
  /// - Throws: an `AdvisoryError` of one line, without the feed's name; what was there stays as it is.
  public func fetch(_ feed: RemoteFeed, budget: Int64 = .max) throws(AdvisoryError) -> Outcome {
    if let objection = rules.objection(to: feed.address) {
      throw AdvisoryError("\(feed.address.absoluteString) \(objection)")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw AdvisoryError("\(folder): the folder cannot be made")
    }
    let expected = try expectedChecksum(feed)
    var lastReason = "it changes while it is fetched"
    for _ in 0...rules.resumptions {
      let (outcome, asked) = try request(feed, limit: min(feed.sizeLimit, budget))
      switch outcome {
      case .complete(let answer): return .fetched(bytes: try accept(feed, answer, expected))
      case .other(let answer) where answer.status == 304 && asked == .changes: return .unchanged
      case .other(let answer) where asked == .rest && [200, 206, 416].contains(answer.status):
        // Not the file any more that the rest was asked of: again from the start.
        removePart(feed)
      case .cutOff(_, let reason):
        guard canResume(feed), !isCancelled() else { throw failure(feed, reason) }
        lastReason = reason
      default: throw failure(feed, Self.words(outcome))
      }
    }
    throw failure(feed, lastReason + "; run it again to go on")
  }

  // MARK: Asking

  private enum Asked { case all, changes, rest }

  private func request(
    _ feed: RemoteFeed, limit: Int64
  ) throws(AdvisoryError) -> (Transfer.Outcome, Asked) {
    var request = URLRequest(url: feed.address)
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    request.setValue("brinell", forHTTPHeaderField: "User-Agent")
    let asked = condition(&request, feed)
    let offset = asked == .rest ? size(partPath(feed)) : 0
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (asked == .rest ? O_APPEND : O_TRUNC)
    if asked != .rest { removePart(feed) }
    let file = open(partPath(feed), flags, 0o644)
    guard file >= 0 else { throw AdvisoryError("\(partPath(feed)): cannot be written") }
    defer { close(file) }
    let transfer = Transfer(to: file, offset: offset, sizeLimit: limit, rules: rules)
    let outcome = transfer.run(request, progress: progress, isCancelled: isCancelled)
    keepPart(feed, outcome, asked)
    return (outcome, asked)
  }

  /// Asks for the rest of what was cut off, else for changes, else for all.
  private func condition(_ request: inout URLRequest, _ feed: RemoteFeed) -> Asked {
    if canResume(feed), let validator = saved(partStatePath(feed), feed)?.validator {
      request.setValue("bytes=\(size(partPath(feed)))-", forHTTPHeaderField: "Range")
      request.setValue(validator, forHTTPHeaderField: "If-Range")
      return .rest
    }
    guard size(path(of: feed)) > 0, let known = saved(statePath(feed), feed),
      known.etag != nil || known.modified != nil
    else { return .all }
    if let etag = known.etag { request.setValue(etag, forHTTPHeaderField: "If-None-Match") }
    if let modified = known.modified { request.setValue(modified, forHTTPHeaderField: "If-Modified-Since") }
    return .changes
  }

  /// Keeps what came for a later request if the server gave something to ask with.
  private func keepPart(_ feed: RemoteFeed, _ outcome: Transfer.Outcome, _ asked: Asked) {
    switch outcome {
    case .complete: break
    case _ where asked == .rest: break
    case .cutOff(let answer, _) where answer.validator != nil: save(answer, feed, to: partStatePath(feed))
    default: removePart(feed)
    }
  }

  private func canResume(_ feed: RemoteFeed) -> Bool {
    size(partPath(feed)) > 0 && saved(partStatePath(feed), feed)?.validator != nil
  }

  private func removePart(_ feed: RemoteFeed) {
    unlink(partPath(feed))
    unlink(partStatePath(feed))
  }

  // MARK: Accepting

  /// Checks what came and gives it its name.
  private func accept(
    _ feed: RemoteFeed, _ answer: Transfer.Answer, _ expected: String?
  ) throws(AdvisoryError) -> Int64 {
    let part = partPath(feed)
    let bytes = size(part)
    if let expected {
      let actual = try digest(part)
      guard actual == expected else {
        removePart(feed)
        throw failure(
          feed, "wrong checksum: \(actual.prefix(16))… instead of \(expected.prefix(16))…; thrown away")
      }
    }
    if let date = answer.headers["last-modified"].flatMap(Self.date) {
      try? FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: part)
    }
    unlink(statePath(feed))
    guard rename(part, path(of: feed)) == 0 else {
      throw AdvisoryError(
        "\(path(of: feed)): cannot be written: \(String(cString: strerror(errno)).lowercased())")
    }
    unlink(partStatePath(feed))
    save(answer, feed, to: statePath(feed))
    return bytes
  }

  private func expectedChecksum(_ feed: RemoteFeed) throws(AdvisoryError) -> String? {
    switch feed.checksum {
    case nil: return nil
    case .sha256(let text): return text.lowercased()
    case .published(let address):
      if let objection = rules.objection(to: address) {
        throw AdvisoryError("the checksum's address \(address.absoluteString) \(objection)")
      }
      return try publishedChecksum(feed, address)
    }
  }

  /// The checksum of the feed's file in a list, or the only one.
  private func publishedChecksum(_ feed: RemoteFeed, _ address: URL) throws(AdvisoryError) -> String {
    let list = "\(folder)/.\(feed.fileName).sha256"
    defer { unlink(list) }
    let file = open(list, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else { throw AdvisoryError("\(list): cannot be written") }
    defer { close(file) }
    let transfer = Transfer(to: file, offset: 0, sizeLimit: 1 << 20, rules: rules)
    let outcome = transfer.run(URLRequest(url: address), progress: { _, _ in }, isCancelled: isCancelled)
    guard case .complete = outcome else {
      throw AdvisoryError(
        "the checksum at \(address.absoluteString) cannot be fetched: \(Self.words(outcome))")
    }
    let text = String(decoding: FileManager.default.contents(atPath: list) ?? Data(), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split { $0 == " " || $0 == "*" || $0 == "\t" }
    }
    let sums = lines.filter { $0.first.map { Self.isSHA256($0) } ?? false }
    let name = feed.address.lastPathComponent[...]
    guard let sum = (sums.first { $0.last == name } ?? (sums.count == 1 ? sums.first : nil))?.first else {
      throw AdvisoryError("\(address.absoluteString) has no SHA-256 checksum of \(name)")
    }
    return sum.lowercased()
  }

  /// Whether a text is a SHA-256 digest in hexadecimal.
  public static func isSHA256(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  private func digest(_ path: String) throws(AdvisoryError) -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw AdvisoryError("\(path): cannot be read")
    }
    defer { try? handle.close() }
    var hash = RunningDigest(.sha256)
    while let part = try? handle.read(upToCount: 1 << 20), !part.isEmpty {
      part.withUnsafeBytes { hash.update($0) }
    }
    return hexText(hash.finalize())
  }

  // MARK: Small things

  private func size(_ path: String) -> Int64 {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    return Int64(status.st_size)
  }

  private func saved(_ path: String, _ feed: RemoteFeed) -> Saved? {
    guard let data = FileManager.default.contents(atPath: path),
      let saved = try? JSONDecoder().decode(Saved.self, from: data),
      saved.address == feed.address.absoluteString
    else { return nil }
    return saved
  }

  private func save(_ answer: Transfer.Answer, _ feed: RemoteFeed, to path: String) {
    let saved = Saved(
      address: feed.address.absoluteString, etag: answer.headers["etag"],
      modified: answer.headers["last-modified"], validator: answer.validator)
    // Without it the next request asks for the whole file, which is no trouble.
    try? JSONEncoder().encode(saved).write(to: URL(fileURLWithPath: path))
  }

  /// Of an IMF-fixdate: `Tue, 24 Nov 2026 12:00:00 GMT`.
  private static func date(_ text: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text)
  }

  private func failure(_ feed: RemoteFeed, _ reason: String) -> AdvisoryError {
    AdvisoryError("\(feed.address.absoluteString): \(reason)")
  }

  private static func words(_ status: Int) -> String {
    switch status {
    case 401, 403: "the server does not give it out (\(status))"
    case 404, 410: "the server has no such file (\(status))"
    case 429: "the server wants fewer requests (429); try again later"
    case 500...: "the server has trouble of its own (\(status)); try again later"
    default: "an unexpected answer of the server (\(status))"
    }
  }

  private static func words(_ outcome: Transfer.Outcome) -> String {
    switch outcome {
    case .failed(let reason), .cutOff(_, let reason): reason
    case .complete(let answer), .other(let answer): words(answer.status)
    }
  }
}
