import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

/// A guest with OpenSSH in the given package version.
func sshGuest(_ files: [String: String], version: String = "1:9.2p1-2+deb12u10") -> GuestFixture {
  var files = files
  files["/var/lib/dpkg/status"] = ["openssh-server", "openssh-client"].map {
    "Package: \($0)\nStatus: install ok installed\nArchitecture: amd64\nVersion: \(version)\n"
  }.joined(separator: "\n")
  return GuestFixture(files)
}

/// A keyword that has to exist.
func keyword(_ name: String) throws -> SshdKeyword { try #require(SshdKeyword.named(name)) }

@Suite struct SshdConfigurationTests {
  private func answers(
    _ option: String, _ files: [String: String], version: String = "1:9.2p1-2+deb12u10"
  ) throws -> [String] {
    let model = try sshGuest(files, version: version).model(SshdConfiguration.self)
    return try model.answers(keyword(option)).map { answer in
      (answer.context.map { "\($0): " } ?? "") + answer.value.value.joined(separator: ",")
    }
  }

  private func answers(_ option: String, _ config: String) throws -> [String] {
    try answers(option, ["/etc/ssh/sshd_config": config])
  }

  /// sshd_config(5): "for each keyword, the first obtained value will be used".
  @Test(arguments: [
    ("", ["prohibit-password"]),
    ("PermitRootLogin no\nPermitRootLogin yes", ["no"]),
    ("PermitRootLogin without-password", ["prohibit-password"]),
    ("Include d/*.conf\nPermitRootLogin yes", ["no"]),
    ("PermitRootLogin yes\nInclude d/*.conf", ["yes"]),
    ("Include /etc/ssh/d/20*\nInclude /etc/ssh/d/10*", ["yes"]),
    ("#PermitRootLogin yes", ["prohibit-password"]),
    ("Match User root\n PermitRootLogin yes", ["prohibit-password", "Match User root: yes"]),
    ("PermitRootLogin no\nMatch all\nPermitRootLogin yes", ["yes"]),
    ("Match User a\nX11Forwarding no\nMatch all\nPermitRootLogin no", ["no"]),
    ("Match Address 10.0.0.0/8\n Include d/20*", ["prohibit-password", "Match Address 10.0.0.0/8: yes"]),
    ("Include m\nPermitRootLogin no", ["no", "Match User root: yes"]),
    ("Match Group x\nInclude m", ["prohibit-password", "Match Group x and User root: yes"]),
  ])
  func permitRootLogin(_ config: String, _ expected: [String]) throws {
    let found = try answers(
      "PermitRootLogin",
      [
        "/etc/ssh/sshd_config": config, "/etc/ssh/d/10.conf": "PermitRootLogin no\n",
        "/etc/ssh/d/20.conf": "PermitRootLogin yes\n", "/etc/ssh/d/.hidden.conf": "PermitRootLogin yes\n",
        "/etc/ssh/m": "Match User root\nPermitRootLogin yes\n",
      ])
    #expect(found == expected)
  }

  /// A Match in an included file ends with that file, so that what follows the Include is global again.
  @Test func matchEndsWithItsFile() throws {
    let found = try answers(
      "X11Forwarding",
      [
        "/etc/ssh/sshd_config": "Include m\nX11Forwarding yes\n",
        "/etc/ssh/m": "Match User bob\nMaxSessions 2\n",
      ])
    #expect(found == ["yes"])
  }

  @Test func laterOfTwoBlocksWithTheSameCriteriaIsShadowed() throws {
    let found = try answers(
      "MaxAuthTries",
      "Match User bob\nMaxAuthTries 9\nMatch User bob\nMaxAuthTries 2\nMatch User x\nMaxAuthTries 3")
    #expect(found == ["6", "Match User bob: 9", "Match User x: 3"])
  }

  @Test func listsAddUpOverAllLines() throws {
    #expect(try answers("AllowUsers", "AllowUsers a\nAllowUsers b c") == ["a,b,c"])
    #expect(
      try answers("AllowUsers", "AllowUsers a\nMatch Group g\nAllowUsers b") == ["a", "Match Group g: b"])
    #expect(try answers("AuthorizedKeysFile", "AuthorizedKeysFile a b\nAuthorizedKeysFile c") == ["a,b"])
  }

  /// servconf.c assigns MaxStartups without asking whether it has a value.
  @Test func maxStartupsTakesTheLastLine() throws {
    #expect(try answers("MaxStartups", "MaxStartups 5\nMaxStartups 7:40:70") == ["7:40:70"])
    #expect(try answers("MaxStartups", "MaxStartups 5") == ["5:30:5"])
  }

  @Test(arguments: [
    ("LoginGraceTime 2m", "LoginGraceTime", "120"),
    ("ChallengeResponseAuthentication no", "KbdInteractiveAuthentication", "no"),
    ("PubkeyAcceptedKeyTypes ssh-ed25519", "PubkeyAcceptedAlgorithms", "ssh-ed25519"),
    ("AllowTcpForwarding all", "AllowTcpForwarding", "yes"), ("LogLevel VERBOSE", "LogLevel", "verbose"),
  ])
  func aliasesAndForms(_ config: String, _ option: String, _ expected: String) throws {
    #expect(try answers(option, config) == [expected])
  }

  @Test func invalidUserBlocksConcernNobody() throws {
    #expect(
      try answers(
        "PasswordAuthentication", "PasswordAuthentication no\nMatch invalid-user\nPasswordAuthentication yes")
        == ["no"])
  }

  @Test(arguments: [
    ("PermitRootLogin maybe", "PermitRootLogin"),
    ("Match exec /bin/true\nPermitRootLogin yes", "PermitRootLogin"),
    ("Match User bob\nUsePAM yes", "UsePAM"), ("PermitRootLogin", "PasswordAuthentication"),
    ("Banner \"/x", "PermitRootLogin"), ("Include /etc/ssh/sshd_config", "PermitRootLogin"),
  ])
  func whatSshdRefusesIsUndecided(_ config: String, _ option: String) throws {
    #expect(throws: EvidenceGap.self) { try answers(option, config) }
  }

  @Test func anUnknownCriterionMattersOnlyWhereItSetsTheOption() throws {
    #expect(try answers("UsePAM", "UsePAM yes\nMatch exec /bin/true\nPermitRootLogin yes") == ["yes"])
  }

  @Test func compiledDefaultsFollowTheRelease() throws {
    #expect(try answers("KexAlgorithms", [:], version: "1:8.4p1-5").first?.contains("sntrup") == false)
    #expect(
      try answers("KexAlgorithms", [:], version: "1:9.6p1-3").first?.hasPrefix("sntrup761x25519-sha512@")
        == true)
    #expect(
      try answers("KexAlgorithms", [:], version: "1:10.0p1-7").first?.contains("diffie-hellman") == false)
    #expect(
      try answers("HostKeyAlgorithms", [:], version: "8.7p1-38.el9").first?.hasSuffix("ssh-rsa") == true)
    #expect(try answers("HostKeyAlgorithms", [:]).first?.hasSuffix(",rsa-sha2-256") == true)
    #expect(throws: EvidenceGap.self) { try answers("MACs", [:], version: "1:6.7p1-5") }
    #expect(
      try answers("MACs", ["/etc/ssh/sshd_config": "MACs hmac-sha2-512"], version: "1:6.7p1-5") == [
        "hmac-sha2-512"
      ])
  }

  @Test(arguments: [
    ("Ciphers aes256-ctr,aes128-ctr", "aes256-ctr,aes128-ctr"),
    ("Ciphers -aes*-ctr", "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com"),
    (
      "Ciphers +3des-cbc",
      "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
        + "aes128-gcm@openssh.com,aes256-gcm@openssh.com,3des-cbc"
    ),
    (
      "Ciphers ^aes256-ctr",
      "aes256-ctr,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,"
        + "aes128-gcm@openssh.com,aes256-gcm@openssh.com"
    ),
  ])
  func algorithmLists(_ config: String, _ expected: String) throws {
    #expect(try answers("Ciphers", config) == [expected])
  }

  /// Up to 8.6 KbdInteractiveAuthentication no alone leaves it on.
  @Test(arguments: [
    ("KbdInteractiveAuthentication no", "yes"), ("ChallengeResponseAuthentication no", "no"), ("", "yes"),
    ("ChallengeResponseAuthentication no\nKbdInteractiveAuthentication yes", "yes"),
  ])
  func challengeResponseOfOldReleases(_ config: String, _ expected: String) throws {
    let found = try answers(
      "KbdInteractiveAuthentication", ["/etc/ssh/sshd_config": config], version: "1:8.4p1-5+deb11u3")
    #expect(found == [expected])
  }

  @Test func originsNameTheirFileAndWhatTheyShadow() throws {
    let model = try sshGuest([
      "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n\nX11Forwarding yes\n",
      "/etc/ssh/sshd_config.d/50-a.conf": "# x\nX11Forwarding no\n",
    ]).model(SshdConfiguration.self)
    let value = try #require(try model.answers(keyword("X11Forwarding")).first?.value)
    #expect(value.origin.path == "/etc/ssh/sshd_config.d/50-a.conf" && value.origin.line == 2)
    #expect(value.origin.kind == .dropIn)
    #expect(value.shadowed.map(\.origin.path) == ["/etc/ssh/sshd_config"])
    #expect(value.shadowed.map(\.origin.line) == [3])
  }

  @Test func usrEtcCountsWhereEtcHasNoFile() throws {
    #expect(try answers("UsePAM", ["/usr/etc/ssh/sshd_config": "UsePAM yes"]) == ["yes"])
    #expect(
      try answers(
        "UsePAM", ["/usr/etc/ssh/sshd_config": "UsePAM yes", "/etc/ssh/sshd_config": ""]) == ["no"])
  }

  @Test func cryptoPolicyIsAnInclude() throws {
    let found = try answers(
      "Ciphers",
      [
        "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n",
        "/etc/ssh/sshd_config.d/50-redhat.conf":
          "Include /etc/crypto-policies/back-ends/opensshserver.config\n",
        "/etc/crypto-policies/back-ends/opensshserver.config": "Ciphers aes256-gcm@openssh.com\n",
      ], version: "8.7p1-38.el9")
    #expect(found == ["aes256-gcm@openssh.com"])
  }
}

@Suite struct SshdCommandLineTests {
  private func model(_ files: [String: String]) throws -> SshdConfiguration {
    try sshGuest(files).model(SshdConfiguration.self)
  }

  private func value(_ option: String, _ model: SshdConfiguration) throws -> [String]? {
    try model.answers(keyword(option)).first?.value.value
  }

  @Test func optionsOfTheUnitComeBeforeTheFile() throws {
    let model = try model([
      "/usr/lib/systemd/system/ssh.service":
        "[Service]\nEnvironmentFile=-/etc/default/ssh\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n",
      "/etc/default/ssh": "# options\nSSHD_OPTS=\"-o PermitRootLogin=no -p 2222 -oX11Forwarding=no\"\n",
      "/etc/ssh/sshd_config": "PermitRootLogin yes\nPort 22\nX11Forwarding yes\n",
    ])
    #expect(try value("PermitRootLogin", model) == ["no"])
    #expect(try value("X11Forwarding", model) == ["no"])
    #expect(try value("Port", model) == ["2222"])
  }

  @Test func anotherFileCanBeNamed() throws {
    let model = try model([
      "/usr/lib/systemd/system/sshd.service": "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/other\n",
      "/etc/ssh/other": "UsePAM yes\n", "/etc/ssh/sshd_config": "UsePAM no\n",
    ])
    #expect(try value("UsePAM", model) == ["yes"])
  }

  @Test func theNamedFileIsCollected() throws {
    let evidence = try GuestFixture([
      "/usr/lib/systemd/system/sshd.service": "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/other\n",
      "/etc/ssh/other": "Include /opt/x/*.conf\n", "/opt/x/a.conf": "Include b.conf\n",
    ]).evidence()
    let wanted = Set(SshdConfiguration.furtherNeeds(evidence).map(\.pattern.description))
    #expect(wanted.isSuperset(of: ["/etc/ssh/other", "/opt/x/*.conf", "/etc/ssh/b.conf"]))
  }

  @Test func cryptoPolicyOnTheCommandLine() throws {
    let model = try model([
      "/usr/lib/systemd/system/sshd.service":
        "[Service]\nEnvironmentFile=-/etc/crypto-policies/back-ends/opensshserver.config\n"
        + "ExecStart=/usr/sbin/sshd -D $OPTIONS $CRYPTO_POLICY\n",
      "/etc/crypto-policies/back-ends/opensshserver.config":
        "CRYPTO_POLICY='-oCiphers=aes256-ctr -oMACs=hmac-sha2-512'\n",
    ])
    #expect(try value("Ciphers", model) == ["aes256-ctr"])
    #expect(try value("MACs", model) == ["hmac-sha2-512"])
  }

  @Test func aSocketThatStartsAtBootDecidesThePort() throws {
    let socket = "[Socket]\nListenStream=\nListenStream=0.0.0.0:2022\n[Install]\nWantedBy=sockets.target\n"
    var files = [
      "/usr/lib/systemd/system/ssh.socket": socket, "/etc/ssh/sshd_config": "Port 22\n",
      "/usr/lib/systemd/system/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd -D\n",
      "/usr/lib/systemd/system/sockets.target": "[Unit]\n",
      "/usr/lib/systemd/system/basic.target": "[Unit]\nWants=sockets.target\n", "/etc/machine-id": "1\n",
      "/usr/lib/systemd/systemd": "",
    ]
    #expect(try value("Port", model(files)) == ["22"])
    let guest = sshGuest(files)
    guest.filesystem.addLink(
      "/etc/systemd/system/sockets.target.wants/ssh.socket", to: "/usr/lib/systemd/system/ssh.socket")
    #expect(try value("Port", guest.model(SshdConfiguration.self)) == ["2022"])
    files["/usr/lib/systemd/system-generators/sshd-socket-generator"] = ""
    let ubuntu = sshGuest(files)
    ubuntu.filesystem.addLink(
      "/etc/systemd/system/sockets.target.wants/ssh.socket", to: "/usr/lib/systemd/system/ssh.socket")
    #expect(try value("Port", ubuntu.model(SshdConfiguration.self)) == ["22"])
  }
}
