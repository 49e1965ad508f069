import Synchronization

/// Does something the first time it is asked to.
final class Once: Sendable {
  private let isDone = Atomic(false)

  func run(_ body: () -> Void) {
    if isDone.exchange(true, ordering: .acquiringAndReleasing) == false { body() }
  }
}
