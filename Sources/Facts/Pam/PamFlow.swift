/// Walks one stack as `_pam_dispatch_aux` in pam_dispatch.c does, for every return code that modules may
/// give.
///
/// A state is the next rule and the impression so far. There are three impressions, so a stack of n rules has
/// 3n states and is walked in linear time.
struct PamFlow {
  enum Impression: Int, Sendable, Hashable, CaseIterable {
    case none, positive, negative
  }

  private struct State: Hashable {
    var index: Int
    var impression: Impression
  }

  let rules: [PamRule]
  /// For every rule the one after it that is not in a deeper substack, after all that it contains.
  private let following: [Int]

  init(_ rules: [PamRule]) {
    self.rules = rules
    var following: [Int] = Array(repeating: rules.count, count: rules.count)
    // Rules whose successor is still to come, with levels that rise.
    var open: [Int] = []
    for index in rules.indices {
      while let last = open.last, rules[last].level >= rules[index].level {
        following[last] = index
        open.removeLast()
      }
      open.append(index)
    }
    self.following = following
  }

  /// Rules that some path runs.
  func reachable(_ codes: (Int) -> [PamReturn]) -> Set<Int> {
    Set(walk(from: [State(index: 0, impression: .none)], codes).map(\.index)).filter { $0 < rules.count }
  }

  /// Whether some path ends in success.
  func canSucceed(_ codes: (Int) -> [PamReturn]) -> Bool {
    walk(from: [State(index: 0, impression: .none)], codes)
      .contains(State(index: rules.count, impression: .positive))
  }

  /// Rules that some path runs after the given one has returned one of `results`.
  func reachable(after index: Int, returning results: [PamReturn], _ codes: (Int) -> [PamReturn]) -> Set<Int>
  {
    let starts = Impression.allCases.flatMap { impression in
      results.map { step(State(index: index, impression: impression), $0) }
    }
    return Set(walk(from: starts, codes).map(\.index))
  }

  private func walk(from starts: [State], _ codes: (Int) -> [PamReturn]) -> Set<State> {
    var seen: Set<State> = []
    var pending = starts
    while let state = pending.popLast() {
      guard seen.insert(state).inserted, state.index < rules.count else { continue }
      switch rules[state.index].kind {
      case .substack: pending.append(State(index: state.index + 1, impression: state.impression))
      case .failure: pending.append(step(state, .permissionDenied))
      case .module:
        for code in codes(state.index) { pending.append(step(state, code)) }
      }
    }
    return seen
  }

  private func step(_ state: State, _ code: PamReturn) -> State {
    var next = State(index: state.index + 1, impression: state.impression)
    switch rules[state.index].control.action(for: code) {
    case .ignore: break
    // Within a substack this goes back to the impression at its start, which is taken as none.
    case .reset: next.impression = .none
    case .ok: if state.impression == .none { next.impression = .positive }
    case .done:
      if state.impression != .negative {
        next.impression = .positive
        next.index = endOfSubstack(state.index)
      }
    case .bad: next.impression = .negative
    case .die:
      next.impression = .negative
      next.index = endOfSubstack(state.index)
    case .jump(let count): return jump(state, count)
    }
    return next
  }

  /// A jump counts a substack as one module and does not leave the one that it is in; one that goes too far
  /// makes success impossible.
  private func jump(_ state: State, _ count: Int) -> State {
    let level = rules[state.index].level
    var index = state.index
    for _ in 0..<count {
      let next = index == state.index ? index + 1 : following[index]
      guard next < rules.count, rules[next].level >= level else {
        return State(index: next, impression: .negative)
      }
      index = next
    }
    let next = index == state.index ? index + 1 : following[index]
    return State(index: next, impression: state.impression)
  }

  private func endOfSubstack(_ index: Int) -> Int {
    let level = rules[index].level
    // At the outermost level this is the end of the stack.
    guard level > 0 else { return rules.count }
    return rules[index...].firstIndex { $0.level < level } ?? rules.count
  }
}
