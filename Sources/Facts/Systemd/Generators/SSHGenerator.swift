import DiskImages
import Evidence

/// systemd-ssh-generator(8), since systemd 256: where sshd is installed, sockets for logins from the host over
/// AF_VSOCK and for containers over AF_UNIX.
enum SSHGenerator: UnitGenerator {
  static let program = "systemd-ssh-generator"
  static let needs: [ContentNeed] = []

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    var program: FileEntry?
    for path in ["/usr/sbin/sshd", "/usr/bin/sshd"] where program == nil {
      program = try evidence.entry(at: path)
    }
    guard let program else { return }
    for (name, address) in [
      ("sshd-unix-local.socket", "/run/ssh-unix-local/socket"), ("sshd-vsock.socket", "vsock::22"),
    ] {
      guard let socket = UnitName(full: name) else { continue }
      output.add(
        socket, from: program.path, line: 1,
        [
          ("Socket", "ListenStream", address), ("Socket", "Accept", "yes"),
          ("Socket", "Service", "sshd@.service"),
        ])
      output.pull(
        socket, by: "sockets.target", Origin(kind: .compiledDefault, text: "systemd-ssh-generator(8)"))
    }
  }
}
