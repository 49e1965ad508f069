import TestSupport
import Testing

@testable import Facts

/// The Docker daemon. Rows of the same kind are tried on 20.10.24 and 26.1.5 by scripts/compare-tls.
@Suite struct DockerTLSTests {
  @Test(arguments: [
    (#"{"hosts": ["unix:///var/run/docker.sock"]}"#, "", []), ("", "-H fd://", []),
    (#"{"hosts": ["tcp://0.0.0.0:2375"]}"#, "", ["docker tcp:2375 none"]),
    (#"{"hosts": ["tcp://127.0.0.1:2375"]}"#, "", ["docker tcp:2375 none local"]),
    (
      #"{"tlsverify": true, "hosts": ["tcp://0.0.0.0:2376"]}"#, "",
      ["docker tcp:2376 required TLSv1.2 TLSv1.3"]
    ),
    ("", "-H fd:// -H tcp://0.0.0.0:2375", ["docker tcp:2375 none"]),
    ("", "--host=tcp://0.0.0.0 --tlsverify", ["docker tcp:2375 required TLSv1.2 TLSv1.3"]),
    (
      #"{"insecure-registries": ["r.example:5000", "127.0.0.0/8"]}"#, "",
      ["docker registry r.example:5000 none"]
    ),
  ])
  func docker(_ json: String, _ options: String, _ expected: [String]) throws {
    let files = ["/etc/docker/daemon.json": json]
    #expect(
      try tlsEndpoints(["docker.service"], files, exec: "/usr/bin/dockerd \(options)").map(words) == expected)
  }

  private static func json(_ text: String, at path: String = "/etc/docker/daemon.json") -> [String: String] {
    [path: "{\n\(text)\n}\n"]
  }

  private static let packages = ["docker.io": "26.1.5+dfsg1-9"]

  @Test(arguments: [
    // Without a word, a port is root for everybody.
    TLSRow(
      "inherited", json("\"hosts\": [\"tcp://10.0.0.1:2375\"]"),
      "docker tcp:2375 none, use daemon.json:2"),
    // `tls` says no, `tlsverify` turns it on whatever its value.
    TLSRow(
      "overridden",
      json("\"tls\": false,\n\"hosts\": [\"tcp://10.0.0.1:2376\"],\n\"tlsverify\": false"),
      "docker tcp:2376 required TLSv1.2 TLSv1.3, use daemon.json:4, versions default, suites default"),
    // daemon.json includes nothing (dockerd(8), "Daemon configuration file"); the command may name another file.
    TLSRow(
      "in another file",
      json("\"hosts\": [\"tcp://10.0.0.1:2375\"]", at: "/etc/docker/own.json")
        .merging(json("\"hosts\": [], \"tlsverify\": true")) { $1 },
      exec: "/usr/sbin/dockerd --config-file /etc/docker/own.json", "docker tcp:2375 none, use own.json:2"),
    // All hosts have the same settings; those of the command are beside what the file says of TLS.
    TLSRow(
      "for hosts of the command", json("\"tlsverify\": true"),
      exec:
        "/usr/sbin/dockerd -H fd:// -Htcp://10.0.0.1 $DOCKER_OPTS\nEnvironment='DOCKER_OPTS=-H 127.0.0.1:4'",
      "docker tcp:4 required TLSv1.2 TLSv1.3 local, use daemon.json:2, versions default, suites default",
      "docker tcp:2375 required TLSv1.2 TLSv1.3, use daemon.json:2, versions default, suites default"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["docker.service"], packages: Self.packages) }

  /// Since 20.10 `tls` alone asks for a certificate of the client too; tried.
  @Test(arguments: [
    ("--tlsverify", "26.1.5", "tlsverify"), ("--tls", "26.1.5", "tlsverify"), ("--tls", "19.3.1", "none"),
    ("--tls --tlsverify=false", "26.1.5", "none"), ("--tls=false", "26.1.5", "none"),
  ])
  func certificateOfTheClient(_ options: String, _ version: String, _ expected: String) throws {
    let exec = "/usr/sbin/dockerd -H tcp://10.0.0.1:2376 \(options)"
    let ends = try tlsEndpoints(["docker.service"], [:], packages: ["docker.io": version], exec: exec)
    #expect(ends.map { $0.verification?.value } == [expected])
    let classes = ends.first?.ciphers.effective?.value.reduce(into: Set<String>()) {
      $0.formUnion($1.classes)
    }
    #expect(classes == (ends.first?.speaksTLS == true ? ["CBC", "SHA1"] : []))
  }

  /// No scheme is tcp, no address is localhost, and no port is 2375, also with TLS; tried on 26.1.5.
  @Test(arguments: [
    ("10.0.0.1:1", "tcp:1 none"), ("tcp://:2375", "tcp:2375 none local"), ("tcp://", "tcp:2375 none local"),
    ("tcp://10.0.0.1", "tcp:2375 none"), ("0.0.0.0:2375", "tcp:2375 none"), ("unix:///x", nil),
    ("fd://", nil),
  ])
  func addresses(_ host: String, _ expected: String?) throws {
    let ends = try tlsEndpoints(["docker.service"], [:], exec: "/usr/sbin/dockerd -H \(host)")
    #expect(ends.map(words) == [expected].compactMap(\.self).map { "docker " + $0 })
  }

  /// `unable to configure the Docker daemon with file …: the following directives are specified both as a flag and in
  /// the configuration file`.
  @Test func whatIsSaidTwiceDoesNotStart() throws {
    let guest = bootable(Self.json("\"hosts\": [\"tcp://10.0.0.1:2375\"]"))
    guest.addStarted("docker.service", "[Service]\nExecStart=/usr/sbin/dockerd -H fd://\n")
    #expect(try guest.model(TLSServices.self).gaps.keys.sorted() == ["docker"])
  }

  @Test func groupsOfGo() throws {
    let file = #"{"hosts": ["tcp://0.0.0.0:2376"], "tls": true}"#
    let ends = try tlsEndpoints(["docker.service"], ["/etc/docker/daemon.json": file])
    #expect(ends.map(exchangeTold) == ["x25519, secp256r1, secp384r1, secp521r1 | none"])
  }
}
