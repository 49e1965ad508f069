import Facts
import TestSupport
import Testing

@testable import Baselines

/// `-incoming`; the lines with an address were tried with QEMU 7.2, to which something was sent in the clear.
@Suite struct MigrationQuestionTests {
  private func outcomes(_ arguments: String) throws -> [Outcome] {
    let text = "qemu-system-x86_64 -nodefaults \(arguments)\n"
    return MigrationQuestion.answer(try MachineDefinition.read(Array(text.utf8), path: "vm"))
  }

  private func words(_ arguments: String) throws -> [String] {
    try outcomes(arguments).map { outcome in
      switch outcome.verdict {
      case .pass: "pass: \(outcome.actual)"
      case .fail: "fail: \(outcome.actual)"
      case .undecided(let reason): "undecided: \(reason)"
      }
    }
  }

  @Test(arguments: [
    ("tcp:0.0.0.0:4444", "fail: in the clear over the network"),
    ("tcp::4444,to=4450", "fail: in the clear over the network"),
    ("tcp:10.0.0.4:4444", "fail: in the clear over the network"),
    ("rdma:10.0.0.4:4444", "fail: in the clear over the network"),
    ("tcp:127.0.0.1:4444", "pass: from the loopback interface"),
    ("tcp:[::1]:4444", "pass: from the loopback interface"),
    ("unix:/run/in.sock", "pass: from a Unix socket"),
    ("file:/srv/state,offset=0x1000", "pass: from a file"),
    ("fd:9", "undecided: what is at the other end of the descriptor is not said"),
    ("'exec:nc -l 4444'", "undecided: what is at the other end of the command is not said"),
    ("defer", "undecided: where the data come from, and whether with TLS, is said in the monitor"),
    ("tls:0:4444", "fail: nothing comes in: QEMU knows no such protocol and does not start"),
    (
      "channel-type=main,addr.transport=socket,addr.type=inet,addr.host=0.0.0.0,addr.port=4444",
      "fail: in the clear over the network"
    ),
    (
      #"'{"channel-type":"main","addr":{"transport":"socket","type":"unix","path":"/run/in"}}'"#,
      "pass: from a Unix socket"
    ),
    (
      #"'{"channel-type":"main","addr":{"transport":"exec","args":["nc","-l","4444"]}}'"#,
      "undecided: what is at the other end of the command is not said"
    ),
  ])
  func withoutTLS(_ address: String, _ expected: String) throws {
    #expect(try words("-incoming \(address)") == [expected])
  }

  private static let named = "-incoming tcp:0:4444 -global migration.tls-creds=tls0"

  @Test(arguments: [
    ("-object tls-creds-x509,id=tls0,dir=/etc/pki/qemu,endpoint=server", "pass: TLS"),
    ("-object qom-type=tls-creds-x509,id=tls0,dir=/etc/pki/qemu,endpoint=server,verify-peer=on", "pass: TLS"),
    (#"-object '{"qom-type":"tls-creds-psk","id":"tls0","dir":"/k","endpoint":"server"}'"#, "pass: TLS"),
    ("", "fail: nothing comes in: no -object declares the credentials tls0"),
    (
      "-object tls-creds-x509,id=tls1,endpoint=server",
      "fail: nothing comes in: no -object declares the credentials tls0"
    ),
    ("-object secret,id=tls0,file=/k", "fail: nothing comes in: the object tls0 is none of TLS credentials"),
    // A client unless it is said (QEMU's crypto/tlscreds.c).
    (
      "-object tls-creds-x509,id=tls0,dir=/k", "fail: nothing comes in: the credentials tls0 are for a client"
    ),
    (
      "-object tls-creds-x509,id=tls0,endpoint=client",
      "fail: nothing comes in: the credentials tls0 are for a client"
    ),
    (
      "-object tls-creds-anon,id=tls0,endpoint=server",
      "fail: TLS from everybody: the credentials are anonymous"
    ),
    (
      "-object tls-creds-x509,id=tls0,endpoint=server,verify-peer=off",
      "fail: TLS from everybody: verify-peer is off"
    ),
    // The last one counts, and an empty name is none.
    (
      "-object tls-creds-x509,id=tls0,endpoint=server -global migration.tls-creds=",
      "fail: in the clear over the network"
    ),
    (
      "-object tls-creds-x509,id=tls2,endpoint=server -global driver=migration,property=tls-creds,value=tls2",
      "pass: TLS"
    ),
  ])
  func credentials(_ objects: String, _ expected: String) throws {
    #expect(try words("\(Self.named) \(objects)") == [expected])
    // What names an object can stand behind it.
    if objects.contains("-global") { return }
    #expect(try words("\(objects) \(Self.named)") == [expected])
  }

  @Test(arguments: [
    ("rdma:10.0.0.4:4444", "fail: in the clear over the network"), ("defer", "pass: TLS"),
    ("fd:9", "pass: TLS"), ("unix:/run/in.sock", "pass: TLS"),
  ])
  func withTLS(_ address: String, _ expected: String) throws {
    let tls = "-object tls-creds-x509,id=t,endpoint=server -global migration.tls-creds=t"
    #expect(try words("-incoming \(address) \(tls)") == [expected])
  }

  @Test func theMonitorCanDeclareTheObject() throws {
    #expect(
      try words("-incoming defer -global migration.tls-creds=t") == [
        "undecided: no -object declares the credentials t, but the monitor can do so before the data come"
      ])
  }

  @Test func theLastAddressCounts() throws {
    #expect(try outcomes("-m 1024").isEmpty)
    #expect(
      try words("-incoming tcp:0:1 -incoming unix:/run/in") == ["pass: from a Unix socket"])
    #expect(
      try words(
        "-incoming tcp:0:1 -incoming channel-type=cpr,addr.transport=socket,addr.type=unix,addr.path=/x")
        == ["fail: in the clear over the network"])
    let outcome = try #require(try outcomes("-incoming defer -incoming \\\n tcp:0:1").first)
    #expect(outcome.evidence.first?.line == 1)
    #expect(outcome.evidence.first?.text == "-incoming tcp:0:1")
  }

  /// In the short form of `-global` the driver ends at the first dot, so that it does not reach `cfi.pflash01`.
  @Test(arguments: [
    ("driver=cfi.pflash01,property=secure,value=on", false), ("cfi.pflash01.secure=on", true),
    ("driver=cfi.pflash01,property=secure,value=off", true),
  ])
  func secureFlash(_ global: String, _ isOpen: Bool) throws {
    let text = "qemu-system-x86_64 -machine q35,smm=on -pflash OVMF_CODE.fd -global \(global)\n"
    let machine = try MachineDefinition.read(Array(text.utf8), path: "vm")
    #expect((machine.firmware.obstacle != nil) == isOpen)
  }
}
