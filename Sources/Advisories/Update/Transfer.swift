import Foundation
import FoundationNetworking
import Synchronization

/// One request, whose answer is written to a file as it comes.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
  /// What the server answered.
  struct Answer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
  }

  enum Outcome: Sendable {
    /// Everything that was announced is in the file.
    case complete(Answer)
    /// An answer without what was asked for, such as 304 or 404; nothing of it is in the file.
    case other(Answer)
    /// The connection broke; what came is in the file, and can be resumed.
    case cutOff(Answer, String)
    case failed(String)
  }

  private struct State {
    var answer: Answer?
    /// Whether the body of the answer is what was asked for.
    var isWanted = false
    var received: Int64 = 0
    /// Bytes that the answer announced.
    var announced: Int64?
    var redirects = 0
    var failure: String?
    var hasEnded = false
    var isBroken: String?
    var lastSign = ContinuousClock.now

    /// Whether less came than was announced.
    var isCut: Bool { isWanted && announced.map { received < $0 } ?? false }
  }

  private let file: Int32
  /// Bytes that the file has already.
  private let offset: Int64
  private let sizeLimit: Int64
  private let rules: TransferRules
  private let state = Mutex(State())

  /// - Parameter file: open for writing, positioned at its end.
  init(to file: Int32, offset: Int64, sizeLimit: Int64, rules: TransferRules) {
    self.file = file
    self.offset = offset
    self.sizeLimit = sizeLimit
    self.rules = rules
  }

  /// Carries it out and waits for the end.
  ///
  /// - Parameters:
  ///   - progress: told a few times each second how many bytes the file has, and how many it shall have.
  ///   - isCancelled: asked as often.
  func run(
    _ request: URLRequest, progress: (Int64, Int64?) -> Void, isCancelled: () -> Bool
  ) -> Outcome {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    configuration.timeoutIntervalForRequest = rules.deadline + 60
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    let task = session.dataTask(with: request)
    task.resume()
    let start = ContinuousClock.now
    while true {
      Thread.sleep(forTimeInterval: 0.02)
      let (hasEnded, received, announced, silence) = state.withLock {
        ($0.hasEnded, $0.received, $0.announced, ContinuousClock.now - $0.lastSign)
      }
      if hasEnded { break }
      progress(offset + received, announced.map { offset + $0 })
      if isCancelled() {
        breakOff("interrupted")
      } else if silence > .seconds(rules.patience) {
        breakOff("the server has sent nothing for \(Int(rules.patience)) s")
      } else if ContinuousClock.now - start > .seconds(rules.deadline) {
        breakOff("not done after \(Int(rules.deadline)) s")
      } else {
        continue
      }
      task.cancel()
      break
    }
    return outcome
  }

  private var outcome: Outcome {
    let state = state.withLock { $0 }
    if let failure = state.failure { return .failed(failure) }
    guard let answer = state.answer else { return .failed(state.isBroken ?? "no answer") }
    guard state.isWanted else { return .other(answer) }
    if let broken = state.isBroken { return .cutOff(answer, broken) }
    if state.isCut, let announced = state.announced {
      return .cutOff(answer, "the connection was cut after \(state.received) of \(announced) bytes")
    }
    return .complete(answer)
  }

  private func fail(_ reason: String) {
    state.withLock { $0.failure = $0.failure ?? reason }
  }

  private func breakOff(_ reason: String) {
    state.withLock { $0.isBroken = $0.isBroken ?? reason }
  }

  // MARK: What the session tells

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    let count = state.withLock {
      $0.redirects += 1
      $0.lastSign = .now
      return $0.redirects
    }
    guard let address = request.url else { return completionHandler(nil) }
    if count > rules.redirects {
      fail("more than \(rules.redirects) redirections")
    } else if let objection = rules.objection(to: address, from: response.url ?? task.originalRequest?.url) {
      fail("redirected to \(address.absoluteString.prefix(200)), which \(objection)")
    } else {
      return completionHandler(request)
    }
    completionHandler(nil)
    task.cancel()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    guard let response = response as? HTTPURLResponse else {
      fail("not an answer of HTTP")
      return completionHandler(.cancel)
    }
    var headers: [String: String] = [:]
    for (key, value) in response.allHeaderFields {
      headers[String(describing: key).lowercased()] = String(describing: value)
    }
    let answer = Answer(status: response.statusCode, headers: headers)
    let length = headers["content-encoding"] == nil ? headers["content-length"].flatMap { Int64($0) } : nil
    let isWanted = answer.status == (offset > 0 ? 206 : 200) && answer.startsAt(offset)
    state.withLock {
      $0.answer = answer
      $0.isWanted = isWanted
      $0.announced = length
      $0.lastSign = .now
    }
    guard isWanted else { return completionHandler(.cancel) }
    if let length, length < 0 || length > sizeLimit - offset {
      fail("too large: \(Self.size(offset &+ length)), more than the limit of \(Self.size(sizeLimit))")
      return completionHandler(.cancel)
    }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let received = state.withLock {
      $0.lastSign = .now
      guard $0.failure == nil, $0.isBroken == nil else { return Int64?.none }
      $0.received += Int64(data.count)
      return $0.received
    }
    guard let received else { return }
    if offset + received > sizeLimit {
      fail("too large: more than the limit of \(Self.size(sizeLimit))")
      dataTask.cancel()
    } else if !write(data) {
      fail("cannot be written: \(String(cString: strerror(errno)).lowercased())")
      dataTask.cancel()
    }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    state.withLock {
      if let error, $0.failure == nil, $0.isBroken == nil, !$0.isCut { $0.isBroken = Self.words(error) }
      $0.hasEnded = true
    }
  }

  private func write(_ data: Data) -> Bool {
    data.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = Foundation.write(file, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
  }

  // MARK: Words

  static func size(_ bytes: Int64) -> String {
    bytes >= 10 << 20 ? "\(bytes >> 20) MiB" : bytes >= 10 << 10 ? "\(bytes >> 10) KiB" : "\(bytes) bytes"
  }

  private static func words(_ error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .cannotConnectToHost: "the server refuses the connection or cannot be reached"
    case .cannotFindHost, .dnsLookupFailed: "there is no such host, or no network"
    case .networkConnectionLost: "the connection was lost"
    case .timedOut: "the server has not answered in time"
    case .notConnectedToInternet: "there is no network"
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
      "the server's certificate is not trusted"
    default: error.localizedDescription.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }
}

extension Transfer.Answer {
  /// Whether the bytes of a partial answer begin where the file ends; a whole answer begins at 0.
  func startsAt(_ offset: Int64) -> Bool {
    guard status == 206 else { return offset == 0 }
    return headers["content-range"]?.hasPrefix("bytes \(offset)-") == true
  }

  /// What a later request can ask with for a change or for the rest: a strong ETag, else the date.
  var validator: String? {
    if let tag = headers["etag"], !tag.hasPrefix("W/"), !tag.contains("\r"), !tag.contains("\n") {
      return tag
    }
    return headers["last-modified"]
  }
}
