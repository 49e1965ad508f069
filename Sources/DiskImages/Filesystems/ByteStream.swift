import CShims
import Foundation
import Synchronization

/// Runs a writer and a reader on the two ends of a pipe.
///
/// The writer stays on the calling thread, because libguestfs's handle belongs to it; the reader gets a thread
/// of its own and hands back a value. What the writer sends is read to its end even when the reader gives up
/// early, so that the writer is never blocked.
///
/// - Returns: what the reader made of the stream; nil if no pipe was to be had.
func withByteStream<Value: Sendable>(
  read: @escaping @Sendable (Int32) -> Value, write: (Int32) -> Void
) -> Value? {
  var ends: [Int32] = [0, 0]
  guard brinell_pipe(&ends) == 0 else { return nil }
  let (readEnd, writeEnd) = (ends[0], ends[1])
  let result = SharedValue<Value?>(nil)
  let done = DispatchSemaphore(value: 0)
  Thread {
    result.set(read(readEnd))
    drain(readEnd)
    close(readEnd)
    done.signal()
  }.start()
  write(writeEnd)
  close(writeEnd)
  done.wait()
  return result.get()
}

/// Everything that a descriptor gives, up to `limit` bytes.
func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
  var result: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while result.count < limit {
    let count = read(descriptor, &buffer, min(buffer.count, limit - result.count))
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { break }
    result.append(contentsOf: buffer[..<count])
  }
  return result
}

/// Hands everything that a descriptor gives to `body`, part by part.
func readParts(_ descriptor: Int32, _ body: (UnsafeRawBufferPointer) -> Void) {
  var buffer = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return }
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}

private func drain(_ descriptor: Int32) {
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count == 0 || (count < 0 && errno != EINTR) { return }
  }
}

/// A value that one thread sets and another reads after it.
private final class SharedValue<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
  func set(_ new: Value) { value.withLock { $0 = new } }
  func get() -> Value { value.withLock { $0 } }
}
