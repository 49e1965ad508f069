import Testing

@testable import Facts

@Suite struct MountOptionsTests {
  /// Options as written, asked for one, whether it holds.
  @Test(arguments: [
    ("nosuid", "nosuid", true), ("defaults", "nosuid", false), ("nosuid,defaults", "nosuid", true),
    ("nosuid,suid", "nosuid", false), ("suid,nosuid", "nosuid", true), ("noexec,nodev,exec", "nodev", true),
    ("noexec,exec", "exec", true), ("", "rw", true), ("ro", "rw", false), ("user", "noexec", true),
    ("users", "nodev", true), ("owner", "nosuid", true), ("owner", "noexec", false), ("group", "nodev", true),
    ("user,exec", "noexec", false), ("user,exec", "nosuid", true), ("exec,user", "noexec", true),
    ("nouser", "nosuid", false), ("hidepid=2", "hidepid=2", true), ("hidepid=2", "hidepid", false),
    ("NOSUID", "nosuid", false), ("xnosuid", "nosuid", false),
  ])
  func lastOneCounts(_ written: String, _ asked: String, _ holds: Bool) {
    #expect(MountOptions(written.split(separator: ",").map(String.init)).contains(asked) == holds)
  }
}
