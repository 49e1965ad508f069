import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct LayeredConfigTests {
  /// What all layers say of a key, as `value@path`.
  private func candidates(
    _ files: [String: String], _ layers: ConfigLayers, _ format: ConfigFormat, _ key: String,
    section: String? = nil
  ) throws -> [String: [String]] {
    let evidence = try GuestFixture(files).evidence()
    let query = ConfigQuery(key, section: section, isTree: format.isTree)
    let settings = try LayeredConfig(layers.files(evidence), format, query)
    return Dictionary(
      uniqueKeysWithValues: settings.candidates.map { name, all in
        (name, all.map { "\($0.value.joined(separator: ","))@\($0.origin.path ?? "")" })
      })
  }

  @Test func systemdReadsOneMainFileAndThenDropInsByName() throws {
    let files = [
      "/etc/systemd/journald.conf": "[Journal]\nStorage=auto\n",
      "/usr/lib/systemd/journald.conf": "[Journal]\nStorage=none\n",
      "/usr/lib/systemd/journald.conf.d/50-a.conf": "[Journal]\nStorage=volatile\n",
      "/etc/systemd/journald.conf.d/10-b.conf": "[Journal]\nStorage=persistent\n",
      "/run/systemd/journald.conf.d/50-a.conf": "[Journal]\nStorage=x\n",
      "/etc/systemd/journald.conf.d/ignored": "[Journal]\nStorage=y\n",
      "/etc/systemd/other.conf.d/50-a.conf": "[Journal]\nStorage=z\n",
    ]
    #expect(
      try candidates(files, .systemd("journald.conf"), .systemd, "Journal/Storage") == [
        "Journal/Storage": [
          "auto@/etc/systemd/journald.conf", "persistent@/etc/systemd/journald.conf.d/10-b.conf",
          "x@/run/systemd/journald.conf.d/50-a.conf",
        ]
      ])
  }

  @Test func theVendorsMainFileCountsWhereTheAdministratorHasNone() throws {
    let files = ["/usr/lib/systemd/journald.conf": "[Journal]\nStorage=none\n[Other]\nStorage=a\n"]
    #expect(
      try candidates(files, .systemd("journald.conf"), .systemd, "Journal/Storage")
        == ["Journal/Storage": ["none@/usr/lib/systemd/journald.conf"]])
  }

  @Test func aLinkToNullMasksADropIn() throws {
    let guest = GuestFixture(["/usr/lib/systemd/a.conf.d/x.conf": "[S]\nK=1\n"])
    guest.filesystem.addLink("/etc/systemd/a.conf.d/x.conf", to: "/dev/null")
    guest.filesystem.addEntry("/dev/null", FileMetadata(mode: 0o020666))
    #expect(try ConfigLayers.systemd("a.conf").files(try guest.evidence()).isEmpty)
  }

  @Test func aMainFileThatLinksToNullHidesTheVendors() throws {
    let guest = GuestFixture(["/usr/lib/systemd/a.conf": "[S]\nK=1\n"])
    guest.filesystem.addLink("/etc/systemd/a.conf", to: "/dev/null")
    guest.filesystem.addEntry("/dev/null", FileMetadata(mode: 0o020666))
    #expect(try ConfigLayers.systemd("a.conf").files(try guest.evidence()).isEmpty)
  }

  @Test func oneSettingForEachSectionThatAPatternMatches() throws {
    let files = ["/etc/sssd/sssd.conf": "[sssd]\nk=0\n[domain/A]\nk=1\n[domain/B]\nother=1\n"]
    #expect(
      try candidates(files, ConfigLayers(paths: ["/etc/sssd/sssd.conf"]), .ini, "k", section: "domain/*")
        == ["domain/A/k": ["1@/etc/sssd/sssd.conf"], "domain/B/k": []])
  }

  @Test func starsInATreeStandForEveryElement() throws {
    let files = ["/etc/x.json": "{\"users\": [{\"name\": \"a\", \"lock\": true}, {\"name\": \"b\"}, \"c\"]}"]
    #expect(
      try candidates(files, ConfigLayers(paths: ["/etc/x.json"]), .json, "users.*.lock")
        == ["users.0.lock": ["true@/etc/x.json"], "users.1.lock": []])
  }

  @Test func aKeyCanHoldADot() throws {
    let files = ["/etc/x.json": "{\"log.level\": {\"a\": 1}}"]
    #expect(
      try candidates(files, ConfigLayers(paths: ["/etc/x.json"]), .json, "log\\.level.a").values.first
        == ["1@/etc/x.json"])
  }

  @Test func aFileThatIsNotInTheFormatIsAGap() throws {
    let evidence = try GuestFixture(["/etc/x.json": "{"]).evidence()
    #expect(throws: EvidenceGap.self) {
      try LayeredConfig(
        ConfigLayers(paths: ["/etc/x.json"]).files(evidence), .json, ConfigQuery("a", isTree: true))
    }
  }

  @Test func aFileThatPatternAndNameBothNameIsReadOnce() throws {
    let files = ["/etc/a.conf": "k=1\n", "/etc/b.conf": "k=2\n"]
    #expect(
      try candidates(files, ConfigLayers(paths: ["/etc/b.conf", "/etc/*.conf"]), .keyValue, "k")
        == ["k": ["2@/etc/b.conf", "1@/etc/a.conf"]])
  }
}
