import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct RealTreeListenersTests {
  @Test(arguments: ["bookworm", "trixie"]) func aWebServerOffersSSHAndHTTP(_ name: String) throws {
    guard let facts = try realTree(name, [Listeners.self]) else { return }
    let model = try facts.model(Listeners.self)
    #expect(
      model.listeners.filter(\.isOnNetwork).map { "\($0.daemon) \($0.service)" } == [
        "nginx tcp/80", "sshd tcp/22",
      ])
    #expect(model.unknown.isEmpty && model.gaps.isEmpty)
  }
}
