import Foundation
import TestSupport
import Testing

extension RealImages {
  /// The appliance starts badly, crashes or is interrupted. In place of qemu stands a script that fails as asked.
  @Suite struct ApplianceLifeTests {
    private let folder: String

    init() throws {
      folder = NSTemporaryDirectory() + "brinell-life-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder + "/tmp", withIntermediateDirectories: true)
    }

    private static let hasKVM = access("/dev/kvm", R_OK | W_OK) == 0

    /// A stand-in for qemu that runs `failure`, a fragment of a shell script, before the real one.
    private func wrapQEMU(_ failure: String) throws -> String {
      let path = folder + "/qemu"
      let script = "#!/bin/bash\n\(failure)\nexec qemu-system-$(uname -m) \"$@\"\n"
      try Data(script.utf8).write(to: URL(filePath: path))
      chmod(path, 0o755)
      return path
    }

    private func collect(
      _ environment: [String: String], progress: String = "never",
      whileRunning: (Process) throws -> Void = { _ in }
    ) throws -> BuiltBinary.Run {
      try BuiltBinary.run(
        [
          "collect", try TestImages.path("ext4.qcow2"), "--output", folder + "/out.brinell", "--progress",
          progress,
        ], environment: environment.merging(["TMPDIR": folder + "/tmp"]) { old, _ in old },
        whileRunning: whileRunning)
    }

    private var leftovers: [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: folder + "/tmp"))?.filter {
        // libguestfs keeps the appliance that supermin built, one for each user.
        !$0.hasPrefix(".guestfs-")
      } ?? []
    }

    @Test(.enabled(if: hasKVM, "there is no /dev/kvm to fall back from"))
    func aKVMThatOpensAndCannotRunIsReplacedByEmulation() throws {
      let qemu = try wrapQEMU(
        "case \" $* \" in *accel=kvm*-kernel*) echo 'failed to initialize kvm' >&2; exit 1;; esac")
      let run = try collect(["LIBGUESTFS_HV": qemu])
      #expect(run.status == 0)
      #expect(
        run.errorLines.first
          == "brinell: KVM is there but cannot run the appliance; falling back to emulation, which is slower")
      #expect(FileManager.default.fileExists(atPath: folder + "/out.brinell"))
    }

    @Test func aCrashIsTriedAgainAndSaid() throws {
      let qemu = try wrapQEMU(
        """
        case " $* " in *"-device ?"*|*"-help"*|*"-version"*|*"-qmp"*) exec qemu-system-$(uname -m) "$@";; esac
        if [ ! -e \(folder)/crashed ]; then touch \(folder)/crashed; kill -SEGV $$; fi
        """)
      let run = try collect([
        "LIBGUESTFS_HV": qemu, "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg",
      ])
      #expect(run.status == 0)
      #expect(
        run.errorLines.contains { $0.contains("the appliance did not start") && $0.contains("trying again") })
    }

    @Test func anApplianceThatNeverStartsIsGivenUp() throws {
      let qemu = try wrapQEMU("exit 1")
      let run = try collect(["LIBGUESTFS_HV": qemu, "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg"])
      #expect(run.status == 2)
      #expect(run.errorLines.last?.contains("failed to start 5 times") == true)
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.brinell"))
    }

    @Test func aMissingKernelIsNamedWithTheCommandThatMendsIt() throws {
      let run = try collect(["SUPERMIN_KERNEL": "/nowhere/vmlinuz", "LIBGUESTFS_CACHEDIR": folder + "/tmp"])
      #expect(run.status == 2)
      #expect(run.errorLines.count == 1)
      #expect(run.error.contains("apt-get install linux-image-cloud-amd64"))
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func anInterruptEndsTheApplianceAndLeavesNothing(_ signal: Int32, _ status: Int32) throws {
      let run = try collect(["BRINELL_MARK": folder], progress: "always") { process in
        Thread.sleep(forTimeInterval: 4)
        kill(process.processIdentifier, signal)
      }
      #expect(run.status == status)
      #expect(leftovers.isEmpty)
      #expect(processes(withEnvironment: "BRINELL_MARK=\(folder)").isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.brinell.part"))
    }

    /// Processes that inherited a variable, as /proc shows them.
    private func processes(withEnvironment variable: String) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { name in
        guard Int(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/environ")
        else {
          return false
        }
        return String(decoding: data, as: UTF8.self).contains(variable)
      }
    }
  }
}
