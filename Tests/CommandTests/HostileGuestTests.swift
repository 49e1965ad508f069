import Foundation
import TestSupport
import Testing

/// A guest that means harm is scanned to the end by everything that `strict` asks, and what could not be read is said.
@Suite struct HostileGuestTests {
  private static let script = """
    import os, shutil, sys
    root, links = sys.argv[2], 3000
    for folder in ("etc", "opt", "root", "usr/bin", "srv/links"):
        os.makedirs(f"{root}/{folder}")
    for path, text in (("etc/os-release", "ID=debian\\nVERSION_ID=12\\n"), ("etc/passwd", "root:x:0:0::/root:/bin/sh\\n")):
        open(f"{root}/{path}", "w").write(text)
    for name in (b"\\xff\\nx", b"\\x1b[31m", b"two\\nlines"):
        path = f"{root}/opt/".encode() + name
        open(path, "w").write("#!/bin/sh\\n")
        os.chmod(path, 0o4755)
    with open(f"{root}/root/key.pem", "w") as file:
        file.write("-----BEGIN PRIVATE KEY-----\\n")
        for _ in range(100):
            file.write(("QUJD" * 16 + "\\n") * 16132)
        file.write("-----END PRIVATE KEY-----\\n")
    for place in ("usr/bin/huge", "opt/huge"):
        shutil.copy("/bin/true", f"{root}/{place}")
        try:
            os.truncate(f"{root}/{place}", 1 << 40)
        except OSError:
            os.truncate(f"{root}/{place}", 1 << 36)
    for number in range(links):
        os.symlink(str((number + 1) % links), f"{root}/srv/links/{number}")
    os.chdir(root)
    for _ in range(1000):
        os.mkdir("d")
        os.chdir("d")
    os.mkfifo("fifo")
    """

  @Test func isScannedToTheEnd() throws {
    let root = NSTemporaryDirectory() + "brinell-hostile-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    // Too deep for FileManager.
    defer { _ = try? Python.run("import shutil, sys; shutil.rmtree(sys.argv[2])", on: "", [root]) }
    let made = try Python.run(Self.script, on: "", [root])
    #expect(made.status == 0, "\(made.output)")
    let baselines = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "baselines").path
    let run = try BuiltBinary.run(
      [
        "scan", "--baseline", "strict", "--verify", "all", "--try-default-passwords", "--format", "json",
        "--min-coverage", "0", root,
      ], environment: ["BRINELL_BASELINES": baselines])
    #expect(run.status == 1, "\(run.error)")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let targets = report["targets"] as? [[String: Any]]
    let guests = try #require(targets?.first?["guests"] as? [[String: Any]])
    let findings = try #require(guests.first?["findings"] as? [[String: Any]])
    let lines = Set(
      findings.map { "\($0["check"] ?? "") \($0["verdict"] ?? "") \($0["subject"] ?? "")" })
    for expected in [
      #"suid.allow-list fail /opt/\xff\nx"#, #"suid.allow-list fail /opt/two\nlines"#,
      "secret.private-keys fail /root/key.pem", "secret.tokens undecided /root/key.pem",
      "left.duplicates undecided /usr/bin/huge", "left.broken-links fail /srv/links",
    ] {
      #expect(lines.contains(expected), "\(expected)")
    }
    #expect(!findings.contains { $0["verdict"] as? String == "error" })
    #expect(!run.output.utf8.contains(0x1b))
  }
}
