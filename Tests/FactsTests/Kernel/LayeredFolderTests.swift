import TestSupport
import Testing

@testable import Facts

@Suite struct LayeredFolderTests {
  /// A link of the stronger place, and whether the file of the weaker one is still read.
  @Test(arguments: [
    ("/nowhere", true, false), ("/nowhere", false, true), ("a.conf", true, false), ("a.conf", false, true),
    ("/etc", true, false), ("/etc", false, true), ("/dev/null", true, false), ("/dev/null", false, false),
    ("/etc/other", false, false),
  ])
  func links(target: String, brokenLinksMask: Bool, isRead: Bool) throws {
    let guest = GuestFixture(["/usr/lib/x.d/a.conf": "", "/etc/other": ""])
    guest.filesystem.addEntry("/dev/null", .init(mode: 0o020666))
    guest.filesystem.addLink("/etc/x.d/a.conf", to: target)
    var folder = LayeredFolder(places: ["/etc/x.d", "/usr/lib/x.d"])
    folder.brokenLinksMask = brokenLinksMask
    let files = try folder.files(try guest.evidence()).map(\.path)
    #expect(files.contains("/usr/lib/x.d/a.conf") == isRead)
  }
}
