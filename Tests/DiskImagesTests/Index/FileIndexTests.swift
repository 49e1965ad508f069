import DiskImages
import Testing

@Suite struct FileIndexTests {
  private func index(_ build: (MemoryFilesystem) -> Void) throws -> FileIndex {
    let filesystem = MemoryFilesystem()
    build(filesystem)
    return try filesystem.readIndex()
  }

  private func path(_ resolution: FileIndex.Resolution) -> String {
    switch resolution {
    case .found(let entry): entry.path
    case .absent(let at): "absent at \(at)"
    case .loop: "loop"
    case .unknown(let gap): "unknown: \(gap.reason)"
    }
  }

  @Test func followsLinksInsideTheGuest() throws {
    let index = try index {
      $0.addFile("/usr/lib/os-release", "ID=debian")
      $0.addLink("/etc/os-release", to: "../usr/lib/os-release")
      $0.addLink("/lib", to: "usr/lib")
      $0.addLink("/etc/absolute", to: "/lib/os-release")
    }
    #expect(path(index.resolve("/etc/os-release")) == "/usr/lib/os-release")
    #expect(path(index.resolve("/etc/os-release", followLast: false)) == "/etc/os-release")
    #expect(path(index.resolve("/lib/os-release", followLast: false)) == "/usr/lib/os-release")
    #expect(path(index.resolve("/etc/absolute")) == "/usr/lib/os-release")
    #expect(path(index.resolve("/etc/../etc/./os-release/")) == "/usr/lib/os-release")
  }

  @Test func cannotBeLeftThroughDotDot() throws {
    let index = try index {
      $0.addFile("/etc/passwd", "guest")
      $0.addLink("/etc/up", to: "../../../../../../etc/passwd")
    }
    #expect(path(index.resolve("/etc/up")) == "/etc/passwd")
    #expect(path(index.resolve("/../../..")) == "/")
  }

  @Test func loopsAndDanglingLinksEnd() throws {
    let index = try index {
      $0.addLink("/a", to: "/b")
      $0.addLink("/b", to: "a")
      $0.addLink("/self", to: "self")
      $0.addLink("/grows", to: "grows/grows/grows")
      $0.addLink("/dangling", to: "/nowhere/x")
    }
    for name in ["/a", "/self", "/grows"] { #expect(path(index.resolve(name)) == "loop") }
    #expect(path(index.resolve("/dangling")) == "absent at /nowhere")
  }

  @Test func aGapIsUnknownNotAbsent() throws {
    let index = try index {
      $0.addFile("/etc/fstab", "")
      $0.addDirectory("/var")
      $0.addGap("/var", reason: "could not be mounted")
    }
    #expect(path(index.resolve("/var/lib/dpkg/status")) == "unknown: could not be mounted")
    #expect(path(index.resolve("/variable")) == "absent at /variable")
  }

  @Test func namesThatNoKernelShowsAreRefused() {
    var builder = FileIndexBuilder(root: FileMetadata(mode: 0o040755))
    for name in ["", ".", "..", "a/b", "a\0b", String(repeating: "x", count: 5000)] {
      #expect(builder.add(Array(name.utf8), to: 0, metadata: FileMetadata(mode: 0o100644)) == nil)
    }
    #expect(builder.finish().count == 1)
  }

  @Test func childrenAreSortedWhateverTheOrderOfArrival() {
    var builder = FileIndexBuilder(root: FileMetadata(mode: 0o040755))
    for name in ["b", "a", "\u{e9}", "B", "aa"] {
      builder.add(Array(name.utf8), to: 0, metadata: FileMetadata(mode: 0o100644))
    }
    #expect(builder.finish().root.children.map(\.name) == ["B", "a", "aa", "b", "\u{e9}"])
  }

  @Test func globsFollowLinkedDirectories() throws {
    let index = try index {
      for name in ["10-a.conf", "20-b.conf", ".hidden.conf", "readme"] {
        $0.addFile("/usr/lib/x.d/\(name)", "")
      }
      $0.addLink("/etc/x.d", to: "/usr/lib/x.d")
      $0.addFile("/home/a/.ssh/authorized_keys", "")
      $0.addFile("/srv/deep/er/key.pem", "")
    }
    func matches(_ pattern: GlobPattern) -> [String] { index.matches(pattern).map(\.path) }
    #expect(matches("/etc/x.d/*.conf") == ["/usr/lib/x.d/10-a.conf", "/usr/lib/x.d/20-b.conf"])
    #expect(matches("/home/*/.ssh/authorized_keys") == ["/home/a/.ssh/authorized_keys"])
    #expect(matches("/srv/**/*.pem") == ["/srv/deep/er/key.pem"])
    #expect(matches("/srv/**") == ["/srv/deep", "/srv/deep/er", "/srv/deep/er/key.pem"])
    #expect(matches("/etc/x.d/[12]0-?.conf").count == 2)
    #expect(matches("/nowhere/*").isEmpty)
  }

  @Test(arguments: [
    ("*.conf", "a.conf", true), ("*.conf", ".conf", false), ("[!a]b", "cb", true), ("[!a]b", "ab", false),
    ("[a-c]x", "bx", true), ("[]]x", "]x", true), ("[x", "[x", true), ("a\\*", "a*", true),
    ("a\\*", "ab", false), ("*a*b*c*", "xxaxxbxxcxx", true), ("", "", true), ("?", "", false),
  ])
  func wildcards(pattern: String, name: String, expected: Bool) {
    #expect(wildcardMatches(pattern.utf8, name.utf8) == expected)
  }

  @Test func aHostilePatternCostsBoundedTime() {
    let pattern = String(repeating: "*a", count: 2000)
    let name = String(repeating: "a", count: 4000) + "b"
    #expect(!fnmatch(pattern: pattern, name))
  }
}
