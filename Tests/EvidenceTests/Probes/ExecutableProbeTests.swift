import Binaries
import DiskImages
import Evidence
import TestSupport
import Testing

struct ExecutableProbeTests {
  private func answer(
    _ guest: MemoryFilesystem, _ change: (inout ExecutableProbe) -> Void = { _ in }
  ) throws -> (known: [String], unread: [String: String]) {
    var probe = ExecutableProbe()
    change(&probe)
    var plan = CollectionPlan()
    plan.add(probe)
    let evidence = try Collector(plan: plan).collect(guest)
    let answer = try evidence.answer(of: ExecutableProbe.self)
    let path = { (id: UInt32) in evidence.index.entry(id: id)?.path ?? "" }
    let unread = answer.unread.map { (path($0.key), $0.value) }
    return (answer.records.keys.map(path).sorted(), Dictionary(uniqueKeysWithValues: unread))
  }

  @Test func programsLibrariesAndFirmware() throws {
    let guest = MemoryFilesystem()
    let elf = FileContent.bytes(ELFSample().bytes)
    guest.addFile("/bin/a", elf, mode: 0o755)
    guest.addFile("/bin/mine", elf, mode: 0o100)
    guest.addFile("/lib/libc.so.6", elf)
    guest.addFile("/lib/plugin.so", elf)
    guest.addFile("/lib/x.so.conf", elf)
    guest.addFile("/boot/x.efi", .bytes(PESample().bytes))
    guest.addFile("/bin/data", elf)
    guest.addFile("/bin/script", String(repeating: "#", count: 99), mode: 0o755)
    guest.addFile("/usr/lib/modules/a.so", elf, mode: 0o755)
    guest.addFile("/usr/lib/debug/a.so", elf, mode: 0o755)
    guest.addFile("/opt/modules/a.so", elf, mode: 0o755)
    #expect(
      try answer(guest).known == [
        "/bin/a", "/bin/mine", "/boot/x.efi", "/lib/libc.so.6", "/lib/plugin.so", "/opt/modules/a.so",
      ])
  }

  @Test func hardLinksAreReadOnce() throws {
    let guest = MemoryFilesystem()
    let bytes = ELFSample().bytes
    guest.addFile("/bin/a", .bytes(bytes), mode: 0o755)
    let metadata = FileMetadata(mode: 0o100755, size: Int64(bytes.count), links: 2, inode: 7)
    guest.addEntry("/bin/b", metadata)
    guest.addEntry("/bin/c", metadata)
    #expect(ExecutableProbe.candidates(try guest.readIndex()).map(\.path) == ["/bin/a", "/bin/b"])
  }

  @Test func limitsAreSaid() throws {
    let guest = MemoryFilesystem()
    for name in ["a", "b", "c"] { guest.addFile("/bin/\(name)", .bytes(ELFSample().bytes), mode: 0o755) }
    guest.addFile("/bin/bad", .unreadable(reason: "damaged"), mode: 0o755)
    let few = try answer(guest) { $0.fileLimit = 1 }
    #expect(few.known == ["/bin/a"])
    #expect(
      few.unread == ["/bin/b": "more than 1 executable files", "/bin/c": "more than 1 executable files"])
  }
}
