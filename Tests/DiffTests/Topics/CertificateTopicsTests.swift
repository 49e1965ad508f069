import Facts
import TestSupport
import Testing

@testable import Diff

@Suite(.enabled(if: MadeCertificates.isThere)) struct CertificateTopicsTests {
  private func changes(_ topic: any DiffTopic.Type, _ old: [String: String], _ new: [String: String]) throws
    -> (changes: [String], churn: [String: Int])
  {
    func guest(_ files: [String: String]) throws -> DiffGuest {
      let certificates = CertificateGuest(files)
      certificates.addStore(shipped: ["root.pem"], trusted: ["root.pem"])
      for (path, text) in VariedGuest.files { certificates.addText(text, at: path) }
      var guest = try VariedGuest().side("x").guests[0]
      guest.facts = try certificates.facts(by: topic.plan)
      return guest
    }
    let there = try topic.compare(try guest(old), try guest(new))
    let back = try topic.compare(try guest(new), try guest(old))
    #expect(Set(there.changes.map(\.mirrored)) == Set(back.changes) && there.churn == back.churn)
    return (there.changes.map { "\($0.kind) \($0.subject.prefix { $0 != " " })" }, there.churn)
  }

  @Test func anAuthorityThatWasAddedIsFoundByNameWhereverItLies() throws {
    let path = "/usr/local/share/ca-certificates/proxy.crt"
    #expect(
      try changes(AnchorsTopic.self, [:], [path: "rsa2048.pem"]).changes == ["added CN=rsa2048.example"])
    let moved = try changes(
      AnchorsTopic.self, [path: "rsa2048.pem"], ["/usr/local/share/ca-certificates/other.crt": "rsa2048.pem"])
    #expect(moved.changes.isEmpty)
  }

  @Test func aCertificateOfAServiceThatWasReplaced() throws {
    let path = "/etc/nginx/server.pem"
    let found = try changes(CertificatesTopic.self, [path: "server.pem"], [path: "rsa3072.pem"])
    #expect(found.changes == ["changed \(path)"])
  }

  @Test func theCertificateOfEveryMachineIsExpected() throws {
    let path = "/etc/ssl/certs/ssl-cert-snakeoil.pem"
    for topic in [CertificatesTopic.self, AnchorsTopic.self] as [any DiffTopic.Type] {
      let found = try changes(topic, [path: "rsa2048.pem"], [path: "rsa3072.pem"])
      #expect(found.changes.isEmpty, "\(topic)")
    }
  }
}
