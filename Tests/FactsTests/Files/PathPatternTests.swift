import Facts
import Testing

@Suite struct PathPatternTests {
  @Test(arguments: [
    ("/a/b", "/a/b", true), ("/a/b", "/a/b/c", false), ("/a/*", "/a/b", true), ("/a/*", "/a/b/c", false),
    ("/a/*", "/a/.hidden", true), ("/a/**", "/a/b/c", true), ("/a/**", "/a", true), ("/a/**/c", "/a/c", true),
    ("/a/**/c", "/a/x/y/c", true), ("/a/**/c", "/a/x/y/d", false), ("/**/x/**/y", "/x/1/x/2/y", true),
    ("/a/[bc]?.log", "/a/b1.log", true), ("/a/[bc]?.log", "/a/d1.log", false), ("/", "/", true),
  ]) func matching(_ pattern: String, _ path: String, _ expected: Bool) {
    #expect(PathPatterns([pattern]).match(path) == expected)
  }

  @Test func whatLiesBelowAMatchIsHeld() {
    let patterns = PathPatterns(["/var/lib/docker", "/srv/*/cache"])
    #expect(patterns.matchOrHold("/var/lib/docker/overlay2/x"))
    #expect(patterns.matchOrHold("/srv/a/cache/b") && !patterns.matchOrHold("/srv/a"))
    #expect(!PathPatterns([]).matchOrHold("/x"))
  }

  @Test func manyStarsStayCheap() {
    let pattern = "/" + Array(repeating: "**/a*a*a*b", count: 20).joined(separator: "/")
    #expect(
      !PathPatterns([pattern]).match(
        "/" + Array(repeating: String(repeating: "a", count: 200), count: 200).joined(separator: "/")))
  }

  @Test(arguments: [
    ("id_rsa", true), ("x.pem", true), (".pem", true), ("pem", false), ("ssh_key1", true),
    ("ssh_key10", false),
  ]) func names(_ name: String, _ expected: Bool) {
    let patterns = NamePatterns(["id_rsa", "*.pem", "ssh_key?"])
    #expect(patterns.match(Array(name.utf8)[...]) == expected)
  }
}
