import Evidence
import TestSupport
import Testing

@testable import Diff

struct OtherSettingsTopicTests {
  private func changes(_ path: String, _ old: String, _ new: String) throws -> [String] {
    func guest(_ text: String) throws -> DiffGuest {
      let varied = try VariedGuest()
      varied.fixture.filesystem.addFile(path, text)
      return try varied.side("x").guests[0]
    }
    return try OtherSettingsTopic.compare(try guest(old), try guest(new)).changes.map { change in
      let values = [change.old?.text ?? "-", change.new?.text ?? "-"].joined(separator: " to ")
      return "\(change.subject.dropFirst(path.count)): \(values)"
    }
  }

  @Test(arguments: [
    // Comments, order and blanks.
    ("/etc/x.ini", "# a\n[s]\nb=1\nc=2\n", "; other\n[s]\nc = 2\nb = 1 # why\n"),
    ("/etc/x.json", #"{"a": 1, "b": [1]}"#, "{\n \"b\": [ 1 ],\n \"a\": 1 }"),
    ("/etc/x.yaml", "a: 1\nb: {c: d}\n", "# c\nb:\n  c: d\na: 1\n"),
    ("/etc/x.toml", "a = 1\n[t]\nb = 2\n", "a = 1 # one\n[t]\nb = 2\n"),
    ("/etc/default/x", "A=1\n", "A='1' # one\n"),
    // Not certain what it means: the files section tells that it has changed.
    ("/etc/x.conf", "a = 1\nif b\n", "a = 2\nif b\n"),
    ("/etc/x.conf", "a = 1 \\\nb = 2\n", "a = 1 \\\nb = 3\n"),
    ("/etc/x.json", "{\"a\": 1", "{\"a\": 2"),
    ("/etc/x.conf", "a = 1\n  b = 2\n", "a = 1\n  b = 3\n"),
    // Understood by another topic, or changed by every build.
    ("/etc/apt/x.conf", "a=1\n", "a=2\n"),
  ])
  func noChange(path: String, old: String, new: String) throws {
    #expect(try changes(path, old, new) == [])
  }

  @Test(arguments: [
    ("/etc/x.conf", "[s]\na = 1\n", "[t]\na = 1\n", [" [s] a: 1 to -", " [t] a: - to 1"]),
    ("/etc/x.conf", "a = 1\na = 2\n", "a = 2\na = 1\n", [" a: 1; 2 to 2; 1"]),
    ("/etc/x.yml", "a: [1, 2]\n", "a: [2, 1]\n", [" a: [1, 2] to [2, 1]"]),
    ("/etc/x.yml", "a:\n- {b: 1}\n", "a:\n- {b: 2}\n", [" a.0.b: 1 to 2"]),
    (
      "/etc/systemd/system/x.service", "[Service]\nUser=a\n", "[Service]\nUser=b\n",
      [" [Service] User: a to b"]
    ),
  ])
  func aChange(path: String, old: String, new: String, expected: [String]) throws {
    #expect(try changes(path, old, new) == expected)
  }
}
