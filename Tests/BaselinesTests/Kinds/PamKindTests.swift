import Facts
import TestSupport
import Testing

@testable import Baselines

@Suite struct PamKindTests {
  private let stock = """
    auth [success=1 default=ignore] pam_unix.so nullok
    auth requisite pam_deny.so
    auth required pam_permit.so
    """
  private let locking = """
    auth requisite pam_faillock.so preauth
    auth [success=2 default=ignore] pam_unix.so
    auth [default=die] pam_faillock.so authfail
    auth requisite pam_deny.so
    auth required pam_permit.so
    """

  private func verdicts(
    _ files: [String: String], _ parameters: [String: ParameterValue]
  ) throws -> [String] {
    try answers(PamKind.self, parameters, GuestFixture(files)).map { "\($0.verdict) \($0.subject)" }
  }

  @Test func nullokInAnySharedFileIsOneFinding() throws {
    let files = [
      "/etc/pam.d/login": "@include common-auth\n", "/etc/pam.d/sshd": "auth include common-auth\n",
      "/etc/pam.d/common-auth": stock,
    ]
    let parameters: [String: ParameterValue] = [
      "service": .list(["*"]), "module": .list(["pam_unix.so"]), "no_arguments": .list(["nullok"]),
    ]
    #expect(try verdicts(files, parameters) == ["fail /etc/pam.d/common-auth auth pam_unix.so"])
    let clean = files.merging(["/etc/pam.d/common-auth": stock.replacing(" nullok", with: "")]) { $1 }
    #expect(try verdicts(clean, parameters) == ["pass auth pam_unix.so"])
    #expect(try verdicts([:], parameters) == [])
  }

  @Test func aRuleBehindADeadEndIsNotReached() throws {
    let text = "auth requisite pam_deny.so\nauth required pam_unix.so nullok\n"
    #expect(
      try verdicts(
        ["/etc/pam.d/x": text],
        ["service": .list(["x"]), "phase": .text("auth"), "module": .list(["pam_unix.so"])])
        == ["fail auth pam_unix.so"])
    #expect(
      try verdicts(
        ["/etc/pam.d/x": text],
        ["service": .list(["x"]), "module": .list(["pam_unix.so"]), "no_arguments": .list(["nullok"])]) == [])
  }

  /// Debian's stacks: where the success jump lands decides whether the fallback denies.
  @Test(arguments: [
    ("success=1", true), ("success=2", true), ("success=1 auth_err=1", false), ("success=1 default=1", false),
  ])
  func jumpsOverDeny(_ control: String, _ passes: Bool) throws {
    let text =
      "auth [\(control) default=ignore] pam_unix.so\n"
      + "auth requisite pam_deny.so\nauth required pam_permit.so\n"
    let found = try verdicts(
      ["/etc/pam.d/x": text],
      [
        "service": .list(["x"]), "phase": .text("auth"), "module": .list(["pam_unix.so"]),
        "reached": .text("enforced"),
      ])
    #expect(found == ["\(passes ? "pass" : "fail") auth pam_unix.so"])
  }

  /// What authselect writes on Red Hat's distributions with the feature with-faillock, local users and sssd.
  @Test func faillockInASubstackOfAuthselect() throws {
    let systemAuth = """
      auth required pam_env.so
      auth required pam_faildelay.so delay=2000000
      auth required pam_faillock.so preauth silent
      auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
      auth [default=1 ignore=ignore success=ok] pam_localuser.so
      auth sufficient pam_unix.so nullok
      auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular
      auth sufficient pam_sss.so forward_pass
      auth required pam_faillock.so authfail
      auth required pam_deny.so
      """
    let files = [
      "/etc/pam.d/login": "auth substack system-auth\nauth include postlogin\n",
      "/etc/pam.d/system-auth": systemAuth, "/etc/pam.d/postlogin": "auth optional pam_umask.so silent\n",
    ]
    let before: [String: ParameterValue] = [
      "service": .list(["login"]), "phase": .text("auth"), "module": .list(["pam_faillock.so"]),
      "arguments": .list(["preauth"]), "reached": .text("enforced"), "reached_before": .text("pam_unix.so"),
    ]
    #expect(try verdicts(files, before) == ["pass auth pam_faillock.so preauth"])
    let after: [String: ParameterValue] = [
      "service": .list(["login"]), "phase": .text("auth"), "module": .list(["pam_faillock.so"]),
      "arguments": .list(["authfail"]), "reached_after_failure_of": .text("pam_unix.so"),
    ]
    #expect(try verdicts(files, after) == ["pass auth pam_faillock.so authfail"])
    let soft = files.merging([
      "/etc/pam.d/system-auth": systemAuth.replacing(
        "required pam_faillock.so pre", with: "optional pam_faillock.so pre")
    ]) { $1 }
    #expect(try verdicts(soft, before) == ["fail auth pam_faillock.so preauth"])
    // In front of the count nothing is counted.
    let early = files.merging([
      "/etc/pam.d/system-auth": systemAuth.replacing(
        "auth sufficient pam_unix.so", with: "auth [success=done default=die] pam_unix.so")
    ]) { $1 }
    #expect(try verdicts(early, after) == ["fail auth pam_faillock.so authfail"])
  }

  @Test(arguments: ["preauth", "authfail"]) func faillockBeforeAndAfter(_ argument: String) throws {
    var parameters: [String: ParameterValue] = [
      "service": .list(["x"]), "phase": .text("auth"), "module": .list(["pam_faillock.so"]),
      "arguments": .list([argument]),
    ]
    parameters[argument == "preauth" ? "reached_before" : "reached_after_failure_of"] = .text("pam_unix.so")
    #expect(try verdicts(["/etc/pam.d/x": locking], parameters) == ["pass auth pam_faillock.so \(argument)"])
    #expect(try verdicts(["/etc/pam.d/x": stock], parameters) == ["fail auth pam_faillock.so \(argument)"])
    let late = locking.split(separator: "\n")
    let reordered = ([late[1], late[3], late[0], late[2], late[4]]).joined(separator: "\n")
    #expect(
      try verdicts(["/etc/pam.d/x": reordered], parameters) == ["fail auth pam_faillock.so \(argument)"])
  }

  @Test(arguments: [
    ("password requisite pam_pwquality.so\npassword required pam_unix.so use_authtok\n", true),
    ("password optional pam_pwquality.so\npassword required pam_unix.so use_authtok\n", false),
    ("password sufficient pam_unix.so\npassword requisite pam_pwquality.so\n", false),
    (
      "password [success=1 default=ignore] pam_permit.so\n"
        + "password requisite pam_pwquality.so\npassword required pam_unix.so\n",
      false
    ),
    ("password requisite pam_passwdqc.so\npassword required pam_unix.so\n", true),
    ("password substack q\npassword required pam_unix.so\n", true),
    ("password include q\npassword required pam_unix.so\n", true),
  ])
  func passwordQualityIsEnforced(_ text: String, _ passes: Bool) throws {
    let found = try verdicts(
      [
        "/etc/pam.d/passwd": text,
        "/etc/pam.d/q": "password requisite pam_pwquality.so\npassword required pam_permit.so\n",
      ],
      [
        "service": .list(["passwd"]), "phase": .text("password"),
        "module": .list(["pam_pwquality.so", "pam_passwdqc.so"]), "reached": .text("enforced"),
      ])
    #expect(found == ["\(passes ? "pass" : "fail") password pam_pwquality.so|pam_passwdqc.so"])
  }

  @Test func suNeedsWheel() throws {
    let parameters: [String: ParameterValue] = [
      "service": .list(["su"]), "phase": .text("auth"), "module": .list(["pam_wheel.so"]),
      "arguments": .list(["use_uid"]), "reached": .text("enforced"), "except": .list(["pam_rootok.so"]),
    ]
    let su =
      "auth sufficient pam_rootok.so\n"
      + "auth required pam_wheel.so use_uid group=sugroup\nauth required pam_unix.so\n"
    #expect(try verdicts(["/etc/pam.d/su": su], parameters) == ["pass auth pam_wheel.so use_uid"])
    for broken in [
      su.replacing("required pam_wheel", with: "optional pam_wheel"), su.replacing("use_uid ", with: ""),
      su.replacing("auth required pam_wheel", with: "#"),
    ] {
      #expect(try verdicts(["/etc/pam.d/su": broken], parameters) == ["fail auth pam_wheel.so use_uid"])
    }
    var group = parameters
    group["option"] = .text("group")
    group["equals"] = .text("sugroup")
    #expect(try verdicts(["/etc/pam.d/su": su], group) == ["pass /etc/pam.d/su auth pam_wheel.so group"])
    #expect(
      try verdicts(["/etc/pam.d/su": su.replacing("=sugroup", with: "=users")], group) == [
        "fail /etc/pam.d/su auth pam_wheel.so group"
      ])
  }

  @Test func optionsOfEveryReachedRuleCount() throws {
    let parameters: [String: ParameterValue] = [
      "service": .list(["x"]), "phase": .text("auth"), "module": .list(["pam_faillock.so"]),
      "option": .text("deny"), "at_least": .integer(1), "at_most": .integer(5),
    ]
    #expect(
      try verdicts(["/etc/pam.d/x": locking], parameters) == ["pass /etc/pam.d/x auth pam_faillock.so deny"])
    #expect(
      try verdicts(["/etc/pam.d/x": locking.replacing("authfail", with: "authfail deny=9")], parameters)
        == ["fail /etc/pam.d/x auth pam_faillock.so deny"])
    #expect(
      try verdicts(["/etc/pam.d/x": locking, "/etc/security/faillock.conf": "deny = 0\n"], parameters)
        == ["fail /etc/pam.d/x auth pam_faillock.so deny"])
    #expect(try verdicts(["/etc/pam.d/x": stock], parameters) == ["fail auth pam_faillock.so"])
  }

  @Test func servicesWithoutAFileAreLeftOut() throws {
    let parameters: [String: ParameterValue] = [
      "service": .list(["login", "sshd"]), "phase": .text("auth"), "module": .list(["pam_unix.so"]),
    ]
    let files = ["/etc/pam.d/login": stock, "/etc/pam.d/other": "auth required pam_deny.so\n"]
    #expect(try verdicts(files, parameters) == ["pass auth pam_unix.so"])
    #expect(
      try verdicts(["/etc/pam.d/other": "auth required pam_deny.so\n"], parameters) == [
        "fail auth pam_unix.so"
      ])
  }

  @Test func servicesThatFailAlikeAreOneFinding() throws {
    let parameters: [String: ParameterValue] = [
      "service": .list(["login", "sshd", "su"]), "phase": .text("auth"), "module": .list(["pam_unix.so"]),
      "arguments": .list(["x"]),
    ]
    let files = [
      "/etc/pam.d/login": "auth required pam_deny.so\n", "/etc/pam.d/sshd": "auth required pam_deny.so\n",
      "/etc/pam.d/su": stock,
    ]
    let outcomes = try answers(PamKind.self, parameters, GuestFixture(files))
    #expect(outcomes.map(\.subject) == ["auth pam_unix.so x"])
    #expect(outcomes.map(\.actual) == ["not run (login, sshd); run without x (su)"])
  }

  @Test func aServiceThatLibpamRefusesIsUndecided() throws {
    let outcomes = try answers(
      PamKind.self, ["service": .list(["x"]), "phase": .text("auth"), "module": .list(["pam_unix.so"])],
      GuestFixture(["/etc/pam.d/x": "@include x\n"]))
    #expect(outcomes.map { if case .undecided = $0.verdict { true } else { false } } == [true])
  }

  @Test func neverReached() throws {
    let parameters: [String: ParameterValue] = [
      "service": .list(["*"]), "module": .list(["pam_rhosts.so"]), "reached": .text("never"),
    ]
    #expect(try verdicts(["/etc/pam.d/x": stock], parameters).allSatisfy { $0.hasPrefix("pass") })
    #expect(
      try verdicts(["/etc/pam.d/x": "auth sufficient pam_rhosts.so\n"], parameters)
        == ["fail /etc/pam.d/x auth pam_rhosts.so"])
  }

  @Test(arguments: [
    ["service": ParameterValue.list([]), "module": .list(["a"])],
    ["service": .list(["x"]), "module": .list([])],
    ["service": .list(["x"]), "module": .list(["a"]), "option": .text("deny")],
    ["service": .list(["x"]), "module": .list(["a"]), "equals": .text("1")],
  ])
  func parametersThatMakeNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try PamKind(Parameters(parameters)) }
  }
}
