import TestSupport
import Testing

@testable import Facts

@Suite struct UnitActivatorTests {
  private func activators(_ activator: String, _ text: String, of unit: String = "a.service") throws
    -> [String]
  {
    let model = try units([
      "\(lib)/a.service": "[Service]\n", "\(lib)/a@.service": "[Service]\n",
      "\(lib)/b.service": "[Service]\n",
      "\(lib)/\(activator)": text, "\(etc)/basic.target.wants/\(activator)": "-> \(lib)/\(activator)",
    ])
    return model.activators(of: unit).map { "\($0.kind) \($0.name)" }
  }

  @Test func byTheSameName() throws {
    #expect(try activators("a.socket", "[Socket]\nListenStream=1\n") == ["socket a.socket"])
    #expect(try activators("a.timer", "[Timer]\nOnCalendar=daily\n") == ["timer a.timer"])
    #expect(try activators("a.path", "[Path]\nPathExists=/x\n") == ["path a.path"])
    #expect(try activators("a.mount", "[Mount]\n") == [])
  }

  @Test func byAnAssignment() throws {
    #expect(try activators("x.socket", "[Socket]\nService=a.service\n") == ["socket x.socket"])
    #expect(try activators("a.timer", "[Timer]\nUnit=b.service\n") == [])
    #expect(try activators("a.timer", "[Timer]\nUnit=b.service\n", of: "b") == ["timer a.timer"])
  }

  @Test func acceptingSocketsStartTheTemplate() throws {
    #expect(try activators("a.socket", "[Socket]\nAccept=yes\n") == [])
    #expect(try activators("a.socket", "[Socket]\nAccept=true\n", of: "a@.service") == ["socket a.socket"])
  }

  @Test func aSocketThatIsNotStartedDoesNothing() throws {
    let model = try units(["\(lib)/a.service": "[Service]\n", "\(lib)/a.socket": "[Socket]\n"])
    #expect(model.activators(of: "a").isEmpty)
  }

  @Test func theBusStartsAServiceOnlyUnderANameThatExists() throws {
    let dbus = "/usr/share/dbus-1/system-services/org.x.service"
    let text = "[D-BUS Service]\nName=org.x\nExec=/bin/false\nSystemdService=dbus-org.x.service\n"
    #expect(try units(["\(lib)/x.service": service, dbus: text]).activators(of: "x").isEmpty)
    let model = try units([
      "\(lib)/x.service": service, dbus: text, "\(etc)/dbus-org.x.service": "-> \(lib)/x.service",
    ])
    #expect(model.activators(of: "x").map(\.name) == ["org.x"])
  }
}
