import Evidence
import Facts
import TestSupport
import Testing

@Suite struct SELinuxConfigurationTests {
  private func model(_ config: String?, _ files: [String: String] = [:]) throws -> SELinuxConfiguration {
    var files = files
    files["/etc/selinux/config"] = config
    return try GuestFixture(files).model(SELinuxConfiguration.self)
  }

  private let installed = [
    "/etc/selinux/default/policy/policy.33": "x", "/etc/selinux/targeted/policy/policy.33": "x",
  ]

  @Test(arguments: [
    ("SELINUX=enforcing\nSELINUXTYPE=default\n", "enforcing", "default"),
    ("SELINUX= Permissive # words\nSELINUXTYPE=default\n", "permissive", "default"),
    // The first line with a word that it knows counts; it has to start with the keyword.
    (
      " SELINUX=enforcing\n#SELINUX=enforcing\nSELINUX=on\nSELINUX=disabled\nSELINUX=enforcing\n", "disabled",
      "targeted"
    ),
    ("SELINUXTYPE=default\nSELINUXTYPE=targeted \n", "permissive", "targeted"),
    ("SELINUX=enforcing\nSELINUXTYPE=../../tmp\n", "enforcing", "targeted"),
    ("SELINUX=enforcing\nSELINUXTYPE=missing\n", "disabled", "missing"), ("", "permissive", "targeted"),
  ])
  func modeAndPolicy(_ row: (config: String, mode: String, policy: String)) throws {
    let model = try model(row.config, installed)
    #expect(model.effectiveMode == row.mode && model.policy.value == row.policy)
  }

  @Test func withoutAnythingItIsOff() throws {
    #expect(try model(nil).effectiveMode == "disabled")
    #expect(try model(nil).mode.origin.kind == .compiledDefault)
  }

  @Test func booleans() throws {
    var files = installed
    files["/var/lib/selinux/default/active/booleans.local"] = "# set by hand\na=1\nb = off\nc=maybe\na=0\n"
    let model = try model("SELINUX=enforcing\nSELINUXTYPE=default\n", files)
    #expect(try model.boolean("a").value == false)
    #expect(try model.boolean("b").value == false)
    #expect(throws: EvidenceGap.self) { try model.boolean("c") }
    #expect(throws: EvidenceGap.self) { try model.boolean("polyinstantiation_enabled") }
  }
}
