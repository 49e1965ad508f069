import Testing

@testable import Facts

/// Runs a stack for given return codes, step by step as pam_dispatch.c does, so that the walk over all codes
/// can be compared with it.
private struct Dispatcher {
  let rules: [PamRule]

  func run(_ codes: [PamReturn]) -> (ran: Set<Int>, succeeds: Bool) {
    var ran: Set<Int> = []
    var impression = 0
    var index = 0
    while index < rules.count {
      ran.insert(index)
      let level = rules[index].level
      var last = index
      if rules[index].kind == .module {
        switch rules[index].control.action(for: codes[index]) {
        case .ignore, .reset: break
        case .ok: if impression == 0 { impression = 1 }
        case .done:
          if impression == 0 { impression = 1 }
          if impression == 1 { last = endOfLevel(index, level) }
        case .bad: impression = -1
        case .die:
          impression = -1
          last = endOfLevel(index, level)
        case .jump(var count):
          while last + 1 < rules.count, rules[last + 1].level >= level, count > 0 {
            repeat { last += 1 } while last + 1 < rules.count && rules[last + 1].level > level
            count -= 1
          }
          if count > 0 { impression = -1 }
        }
      }
      index = last + 1
    }
    return (ran, impression == 1)
  }

  private func endOfLevel(_ index: Int, _ level: Int) -> Int {
    var last = index
    while last + 1 < rules.count, rules[last + 1].level >= level { last += 1 }
    return last
  }
}

@Suite struct PamFlowTests {
  private static let codes: [PamReturn] = [.success, .authError, .ignore]
  private static let controls = [
    "required", "requisite", "sufficient", "optional", "success=1 default=ignore",
    "success=2 default=die", "default=bad success=ok auth_err=1", "success=done ignore=ignore default=3",
  ]

  private func rule(_ control: String, level: Int = 0, kind: PamRule.Kind = .module) -> PamRule {
    PamRule(
      kind: kind, phase: .auth, control: PamControl(control), module: "pam_x.so", arguments: [], level: level,
      origin: Origin(kind: .explicit))
  }

  private func randomStack(_ generator: inout some RandomNumberGenerator) -> [PamRule] {
    var rules: [PamRule] = []
    var level = 0
    while rules.count < 6 {
      let choice = Int.random(in: 0..<10, using: &generator)
      if choice == 0, rules.count < 5, level < 2 {
        rules.append(rule("required", level: level, kind: .substack))
        level += 1
      } else if choice == 1, level > 0 {
        level -= 1
      } else {
        rules.append(rule(Self.controls.randomElement(using: &generator) ?? "required", level: level))
      }
    }
    return rules
  }

  /// Every assignment of codes to six rules, for many random stacks with substacks.
  @Test func agreesWithStepByStepDispatch() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<30 {
      let rules = randomStack(&generator)
      let dispatcher = Dispatcher(rules: rules)
      var ran: Set<Int> = []
      var succeeds = false
      for number in 0..<729 {
        var rest = number
        let codes = rules.indices.map { _ in
          defer { rest /= 3 }
          return Self.codes[rest % 3]
        }
        let result = dispatcher.run(codes)
        ran.formUnion(result.ran)
        succeeds = succeeds || result.succeeds
      }
      let flow = PamFlow(rules)
      #expect(flow.reachable { _ in Self.codes } == ran, "\(rules.map { ($0.level, $0.control.text) })")
      #expect(flow.canSucceed { _ in Self.codes } == succeeds)
    }
  }

  @Test func longStacksStayCheap() {
    let rules = (0..<3000).map { _ in rule("success=1500 default=ignore") }
    #expect(PamFlow(rules).reachable { _ in [.success, .authError] }.count > 1500)
  }
}

private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}

@Suite struct PamControlTests {
  @Test(arguments: [
    ("required", "success", "ok"), ("required", "auth_err", "bad"), ("required", "ignore", "ignore"),
    ("requisite", "auth_err", "die"), ("sufficient", "success", "done"), ("sufficient", "auth_err", "ignore"),
    ("optional", "new_authtok_reqd", "ok"), ("REQUIRED", "auth_err", "bad"),
    ("success=ok default=die", "auth_err", "die"), ("default=ignore success=2", "success", "jump(2)"),
    (" success = 1  auth_err=die default=ok default=bad", "ignore", "ok"), ("success=ok", "auth_err", "bad"),
    ("nonsense", "success", "bad"), ("success=0", "success", "bad"), ("success", "success", "bad"),
    ("cred_err=die default=ignore", "success", "ignore"),
  ])
  func actions(_ control: String, _ code: String, _ action: String) throws {
    let code = try #require(PamReturn(rawValue: code))
    #expect("\(PamControl(control).action(for: code))" == action)
  }
}
