import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct RsyslogConfigurationTests {
  private func model(_ main: String, _ files: [String: String] = [:]) throws -> RsyslogConfiguration {
    try GuestFixture(files.merging(["/etc/rsyslog.conf": main]) { _, new in new }).model()
  }

  /// `target filter reached mode` for each action.
  private func actions(_ main: String, _ files: [String: String] = [:]) throws -> [String] {
    let model = try model(main, files)
    return model.actions.map { action in
      let target: String =
        switch action.target {
        case .file(let path): path
        case .dynamicFile(let name): "?\(name)"
        case .remote(let remote): "\(remote.transport):\(remote.host)\(remote.isEncrypted ? "+tls" : "")"
        case .other(let name): name
        }
      let mode = String(model.newFileMode(action), radix: 8)
      return "\(target) [\(action.filter ?? "")] \(action.isReached ? mode : "unreached")"
    }
  }

  @Test(arguments: [
    ("*.* /var/log/all", "/var/log/all [] 644"),
    ("mail.*\t-/var/log/mail.log;Template # x", "/var/log/mail.log [mail.*] 644"),
    ("*.*;auth.none /var/log/x", "/var/log/x [*.*;auth.none] 644"),
    ("*.* @logs.example", "udp:logs.example [] 644"),
    ("*.* @@(o,z9)logs.example:6514;T", "tcp:logs.example [] 644"),
    ("*.* @[2001:db8::1]:514", "udp:2001:db8::1 [] 644"),
    ("*.* ?Dyn;T", "?Dyn [] 644"),
    ("*.* :omrelp:logs.example:20514", "relp:logs.example [] 644"),
    ("*.emerg :omusrmsg:*", "omusrmsg [*.emerg] 644"),
    (":programname, isequal, \"a b\" /var/log/ab", "/var/log/ab [:programname, isequal, \"a b\"] 644"),
    ("*.* action(type=\"omfile\" file=\"/var/log/x\")", "/var/log/x [] 644"),
    ("action(type='omfwd'\n  target=\"h\"\n  protocol=\"tcp\")", "tcp:h [] 644"),
    ("if $msg contains 'then' then /var/log/t", "/var/log/t [$msg contains 'then'] 644"),
    ("if ($a == \"}\") then { action(type=\"omfile\" file=\"/x\") }", "/x [($a == \"}\")] 644"),
    ("if $a == 1 then {\n -/x\n}", "/x [$a == 1] 644"),
    ("if $a == 1 then :omusrmsg:root", "omusrmsg [$a == 1] 644"),
    ("$FileCreateMode 0600\n*.* /x", "/x [] 600"),
    ("*.* /x\n$FileCreateMode 0600", "/x [] 644"),
    ("$fileCREATEmode 0640\n*.* /x", "/x [] 640"),
    ("$FileCreateMode 0666\n$Umask 0027\n*.* /x", "/x [] 640"),
    ("global(umask=\"0077\")\n*.* /x", "/x [] 600"),
    // Legacy directives do not touch RainerScript, nor module parameters sysklogd's form.
    ("$FileCreateMode 0600\naction(type=\"omfile\" file=\"/x\")", "/x [] 644"),
    (
      "module(load=\"builtin:omfile\" FileCreateMode=\"0600\")\naction(type=\"omfile\" file=\"/x\")",
      "/x [] 600"
    ),
    ("module(load=\"builtin:omfile\" FileCreateMode=\"0600\")\n*.* /x", "/x [] 644"),
    ("action(type=\"omfile\" file=\"/x\" fileCreateMode=\"0640\")", "/x [] 640"),
    ("/* *.* /y */ *.* /x # end", "/x [] 644"),
    ("*.* \\\n  /x", "/x [] 644"),
  ]) func oneAction(_ text: String, _ expected: String) throws {
    #expect(try actions(text) == [expected])
  }

  @Test func whatFollowsADiscardIsNotReached() throws {
    #expect(
      try actions("mail.* /a\nmail.* stop\n*.* /b\n*.* ~\n*.* /c\n& /d\n") == [
        "/a [mail.*] 644", "/b [] 644", "/c [] unreached", "/d [] unreached",
      ])
  }

  @Test func theAmpersandRepeatsTheFilter() throws {
    #expect(
      try actions("mail.* /a\n& /b\n& @h\n*.* /c\n") == [
        "/a [mail.*] 644", "/b [mail.*] 644", "udp:h [mail.*] 644", "/c [] 644",
      ])
  }

  @Test func ruleSetsThatNothingCallsAreNotReached() throws {
    let text = """
      template(name="T" type="list") { constant(value="x") property(name="msg") }
      ruleset(name="remote") { action(type="omfwd" target="h") }
      ruleset(name="idle") {
        *.* /idle
      }
      ruleset(name="in") { call idle }
      module(load="imtcp")
      input(type="imtcp" port="514" ruleset="in")
      if $x then { call remote } else { action(type="omfile" file="/else") }
      """
    #expect(try actions(text) == ["udp:h [] 644", "/idle [] unreached", "/else [else] 644"])
  }

  @Test func includesAreReadInPlaceAndInTheOrderOfNames() throws {
    let files = [
      "/etc/rsyslog.d/20.conf": "*.* /b\n", "/etc/rsyslog.d/10.conf": "$FileCreateMode 0600\n*.* /a\n",
      "/etc/rsyslog.d/x.txt": "*.* /no\n", "/etc/more/z": "*.* /z\n",
    ]
    #expect(
      try actions(
        "$IncludeConfig /etc/rsyslog.d/*.conf\ninclude(file=\"/etc/more/\" mode=\"optional\")\n*.* /c\n",
        files)
        == ["/a [] 600", "/b [] 600", "/z [] 600", "/c [] 600"])
  }

  @Test func circlesOfIncludesEnd() throws {
    let files = [
      "/etc/rsyslog.d/a.conf":
        "$IncludeConfig /etc/rsyslog.conf\n$IncludeConfig /etc/rsyslog.d/*.conf\n*.* /a\n"
    ]
    #expect(try actions("$IncludeConfig /etc/rsyslog.d/*.conf\n", files) == ["/a [] 644"])
  }

  @Test func anIncludedFileThatCannotBeReadIsAGap() throws {
    let guest = GuestFixture(["/etc/rsyslog.conf": "$IncludeConfig /etc/x.conf\n"])
    guest.filesystem.addFile("/etc/x.conf", .unreadable(reason: "I/O error"))
    #expect(throws: EvidenceGap.self) { try guest.model(RsyslogConfiguration.self) }
  }

  @Test func filesThatAreIncludedAreAskedFor() throws {
    let evidence = try GuestFixture(["/etc/rsyslog.conf": "include(file=\"/opt/log/*.conf\")\n"]).evidence()
    #expect(RsyslogConfiguration.furtherNeeds(evidence) == ["/opt/log/*.conf"])
  }

  @Test(arguments: [
    ("module(load=\"imtcp\")", []), ("input(type=\"imtcp\" port=\"514\")", ["imtcp 514 *"]),
    ("input(type=\"imudp\" port=\"514\" address=\"127.0.0.1\")", ["imudp 514 127.0.0.1"]),
    ("$ModLoad imudp\n$UDPServerAddress 0.0.0.0\n$UDPServerRun 514", ["imudp 514 *"]),
    ("$InputTCPServerRun 10514", ["imtcp 10514 *"]), ("#input(type=\"imtcp\" port=\"514\")", []),
    ("input(type=\"imptcp\" path=\"/run/x\")", []), ("input(type=\"imuxsock\" socket=\"/x\")", []),
    ("input(type=\"IMRELP\" port=\"20514\")", ["imrelp 20514 *"]),
  ]) func listeners(_ text: String, _ expected: [String]) throws {
    #expect(try model(text).listeners.map { "\($0.module) \($0.port) \($0.address ?? "*")" } == expected)
  }

  @Test(
    arguments: [
      ("*.* @@h", false, nil),
      (
        "$ActionSendStreamDriver gtls\n$ActionSendStreamDriverMode 1\n"
          + "$ActionSendStreamDriverAuthMode x509/name\n*.* @@h",
        true, "x509/name"
      ),
      ("$DefaultNetstreamDriver gtls\n*.* @@h", false, nil),
      ("$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\n*.* @h", false, nil),
      (
        "$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\n"
          + "action(type=\"omfwd\" target=\"h\" protocol=\"tcp\")",
        false, nil
      ),
      (
        "global(DefaultNetstreamDriver=\"ossl\")\naction(type=\"omfwd\" target=\"h\" protocol=\"tcp\" "
          + "StreamDriverMode=\"1\" StreamDriverAuthMode=\"anon\")",
        true, "anon"
      ),
      ("action(type=\"omfwd\" target=\"h\" StreamDriver=\"gtls\" StreamDriverMode=\"1\")", false, nil),
      ("action(type=\"omrelp\" target=\"h\" tls=\"on\" tls.authMode=\"name\")", true, "x509/name"),
    ] as [(String, Bool, String?)])
  func encryption(_ text: String, _ isEncrypted: Bool, _ authentication: String?) throws {
    guard case .remote(let remote) = try model(text).actions.first?.target else {
      Issue.record("no remote action")
      return
    }
    #expect(remote.isEncrypted == isEncrypted && remote.authentication == authentication)
  }

  @Test(arguments: [
    "", "*.*", "(", "action(", "action(type=\"omfile\" file=\"/x", "if $x", "if then then then", "}}}}",
    "{{{{",
    "$", "$IncludeConfig", "&", ":", ":a, b", "set $x = ", "ruleset(name=\"a\") {", "template(", "/*",
    "include(file=\"\")",
    "\u{0}\u{1}*.* /x", "*.* \\",
  ]) func hostileText(_ text: String) throws { _ = try model(text) }

  @Test func manyLinesTakeLittleTime() throws {
    let text = String(repeating: "mail.* -/var/log/mail.log\nif $x == \"y\" then {\n", count: 10_000)
    let start = ThreadClock.now
    _ = try model(text)
    #expect(ThreadClock.now - start < .seconds(10))
  }
}
