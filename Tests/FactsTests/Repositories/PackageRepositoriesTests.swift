import TestSupport
import Testing

@testable import Facts

@Suite struct PackageRepositoriesTests {
  private func read(_ files: [String: String]) throws -> [String] {
    try GuestFixture(files).model(PackageRepositories.self).enabled.map { repository in
      switch repository.verification {
      case .verified: "\(repository.id) verified"
      case .unverified(let setting): "\(repository.id) \(setting)"
      }
    }
  }

  @Test(arguments: [
    ("", "", "verified"), ("[trusted=yes] ", "", "trusted=yes"),
    ("[allow-insecure=yes] ", "", "allow-insecure=yes"),
    (
      "", "Acquire::AllowInsecureRepositories \"true\";",
      "Acquire::AllowInsecureRepositories in /etc/apt/apt.conf"
    ),
    ("[allow-insecure=no] ", "Acquire::AllowInsecureRepositories \"true\";", "verified"),
    ("[trusted=no] ", "Acquire::AllowInsecureRepositories \"true\";", "verified"),
    ("", "Acquire::AllowInsecureRepositories \"false\";", "verified"),
  ])
  func apt(_ options: String, _ configuration: String, _ expected: String) throws {
    #expect(
      try read([
        "/etc/apt/sources.list": "deb \(options)http://a/ x main\n", "/etc/apt/apt.conf": configuration,
      ])
        == ["http://a/ x \(expected)"])
  }

  @Test(
    arguments: [
      ("gpgcheck=1", nil, "verified"), ("gpgcheck=0", "1", "gpgcheck=0"), ("", "1", "verified"),
      ("", "0", "gpgcheck=0 in [main]"), ("", nil, "gpgcheck is not set, and off by default"),
    ] as [(String, String?, String)])
  func dnf(_ own: String, _ main: String?, _ expected: String) throws {
    var files = ["/etc/yum.repos.d/a.repo": "[a]\nname = A\nbaseurl=https://a/\n\(own)\n[b]\nenabled=0\n"]
    files["/etc/dnf/dnf.conf"] = main.map { "[main]\ngpgcheck=\($0)\n" }
    #expect(try read(files) == ["a \(expected)"])
  }

  @Test func zypper() throws {
    #expect(
      try read([
        "/etc/zypp/repos.d/r.repo":
          "[a]\nbaseurl=https://a\n[b]\ngpgcheck=0\n[c]\ngpgcheck=0\npkg_gpgcheck=1\n"
      ]) == ["a verified", "b gpgcheck=0", "c verified"])
  }

  @Test func apk() throws {
    let model = try GuestFixture([
      "/etc/apk/repositories": "https://a/main\n#https://b\n@edge http://user@c:80/edge\n"
    ]).model(PackageRepositories.self)
    #expect(model.enabled.map(\.id) == ["https://a/main", "http://user@c:80/edge"])
    #expect(model.enabled.map(\.hosts) == [["a"], ["c"]])
  }

  @Test func pacman() throws {
    #expect(
      try read([
        "/etc/pacman.conf":
          "[options]\nSigLevel = Required DatabaseOptional\n[core]\nInclude = /etc/pacman.d/mirrorlist\n[x]\nSigLevel = Never\nServer = http://x\n",
        "/etc/pacman.d/mirrorlist": "Server = https://m/$repo\n",
      ]) == ["core verified", "x SigLevel Never"])
    #expect(try read(["/etc/pacman.conf": "[core]\nServer = https://x\n"]) == ["core SigLevel Optional"])
  }
}
