import Evidence
import Facts
import TestSupport
import Testing

@Suite struct CloudConfigTests {
  /// Values of a dotted path as `name=value@path`.
  private func settings(_ files: [String: String], _ key: String) throws -> [String] {
    let guest = GuestFixture(
      Dictionary(uniqueKeysWithValues: files.map { ("/etc/cloud/\($0)", $1) }))
    return try guest.model(CloudConfig.self).settings(ConfigQuery(key, isTree: true)).map {
      name, value -> String in
      guard let value else { return "\(name)=-" }
      let file = value.origin.path?.split(separator: "/").last ?? ""
      return "\(name)=\(value.value.joined(separator: ","))@\(file)"
    }
  }

  @Test func aLaterDropInBeatsAnEarlierOneAndTheMainFile() throws {
    let files = [
      "cloud.cfg": "ssh_pwauth: false\n", "cloud.cfg.d/10.cfg": "ssh_pwauth: true\n",
      "cloud.cfg.d/90.cfg": "ssh_pwauth: unchanged\n", "cloud.cfg.d/99.txt": "ssh_pwauth: yes\n",
    ]
    #expect(try settings(files, "ssh_pwauth") == ["ssh_pwauth=unchanged@90.cfg"])
  }

  @Test func mappingsMergeAndListsDoNot() throws {
    let files = [
      "cloud.cfg": "system_info:\n  default_user: {name: debian, lock_passwd: true}\nusers: [default, a]\n",
      "cloud.cfg.d/50.cfg": "system_info:\n  default_user: {lock_passwd: false}\nusers: [b]\n",
    ]
    #expect(
      try settings(files, "system_info.default_user.name") == [
        "system_info.default_user.name=debian@cloud.cfg"
      ])
    #expect(
      try settings(files, "system_info.default_user.lock_passwd")
        == ["system_info.default_user.lock_passwd=false@50.cfg"])
    #expect(try settings(files, "users") == ["users=b@50.cfg"])
  }

  @Test(arguments: [
    ("merge_how: 'list(append)+dict(recurse_array)+str()'\n", "users=b,a"),
    ("merge_how: 'dict(replace)+list()+str()'\n", "users=b"),
    (
      "merge_how:\n - {name: list, settings: [prepend]}\n - {name: dict, settings: [recurse_list]}\n",
      "users=a,b"
    ),
    ("merge_how: 'dict(no_replace,recurse_list)+list(no_replace)'\n", "users=b"),
    ("", "users=b"),
  ]) func aFileChoosesHowItIsMerged(_ how: String, _ expected: String) throws {
    // The weaker file's own way counts, for it is the one that is merged in.
    let files = ["cloud.cfg": how + "users: [a]\n", "cloud.cfg.d/50.cfg": "users: [b]\n"]
    let found = try settings(files, "users").first?.prefix { $0 != "@" }
    #expect(how.contains("replace)+list()") ? found == "users=a" : String(found ?? "") == expected)
  }

  @Test func everyUser() throws {
    let files = ["cloud.cfg": "users:\n - default\n - {name: a, plain_text_passwd: x}\n - {name: b}\n"]
    #expect(
      try settings(files, "users.*.plain_text_passwd")
        == ["users.1.plain_text_passwd=x@cloud.cfg", "users.2.plain_text_passwd=-"])
  }

  @Test func anotherDirectoryOfDropIns() throws {
    let guest = GuestFixture([
      "/etc/cloud/cloud.cfg": "conf_d: /srv/cloud\na: 1\n", "/srv/cloud/x.cfg": "a: 2\n",
      "/etc/cloud/cloud.cfg.d/y.cfg": "a: 3\n",
    ])
    #expect(
      try guest.model(CloudConfig.self).settings(ConfigQuery("a", isTree: true)).first?.value?.value == ["2"])
    #expect(CloudConfig.furtherNeeds(try guest.evidence()) == ["/srv/cloud/*.cfg"])
  }

  @Test func nothingIsSetWithoutFiles() throws {
    #expect(try settings([:], "a") == ["a=-"])
    #expect(try settings(["cloud.cfg": ""], "a.b").isEmpty)
    #expect(try settings(["cloud.cfg": "- just\n- a list\n"], "a") == ["a=-"])
  }

  @Test(arguments: ["a: [", "## template: jinja\na: {{ v1.region }}\n"])
  func whatCannotBeReadIsAGap(_ text: String) {
    #expect(throws: EvidenceGap.self) { try settings(["cloud.cfg.d/1.cfg": text], "a") }
  }

  @Test func switchedOff() throws {
    #expect(
      try GuestFixture(["/etc/cloud/cloud-init.disabled": ""]).model(CloudConfig.self).disabledBy != nil)
  }
}
