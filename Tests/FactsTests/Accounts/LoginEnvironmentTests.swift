import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct LoginEnvironmentTests {
  private static let passwd = "root:x:0:0:root:/root:/bin/bash\nu:x:1000:1000:,umask=077:/home/u:/bin/bash\n"

  private func environment(_ files: [String: String]) throws -> LoginEnvironment {
    var files = files
    files["/etc/passwd"] = files["/etc/passwd"] ?? Self.passwd
    files["/etc/group"] = files["/etc/group"] ?? "root:x:0:\nu:x:1000:\n"
    return try GuestFixture(files).model()
  }

  private func masks(
    _ files: [String: String], of name: String = "new accounts", _ kind: LoginEnvironment.ShellKind = .login
  ) throws -> Set<UInt32?> {
    let model = try environment(files)
    let person = try #require(model.people.first { $0.name == name })
    return Set(try #require(model.outcome(for: person, kind)).umasks.map(\.mask))
  }

  private static let session = "session optional pam_umask.so\n"

  static let truth: [(String, [String: String], Set<UInt32?>)] = [
    ("nothing sets it", [:], [0o022]),
    ("login.defs alone does nothing for a shell", ["/etc/login.defs": "UMASK 027\n"], [0o022]),
    (
      "pam_umask takes it", ["/etc/login.defs": "UMASK 027\n", "/etc/pam.d/sshd": session], [0o027]
    ),
    (
      "group bits follow the owner's in a group of one's own",
      ["/etc/login.defs": "UMASK 027\nUSERGROUPS_ENAB yes\n", "/etc/pam.d/sshd": session], [0o007]
    ),
    (
      "not with nousergroups",
      [
        "/etc/login.defs": "UMASK 027\nUSERGROUPS_ENAB yes\n",
        "/etc/pam.d/sshd": "session optional pam_umask.so nousergroups",
      ], [0o027]
    ),
    (
      "the argument is stronger than login.defs",
      ["/etc/login.defs": "UMASK 027\n", "/etc/pam.d/login": "session optional pam_umask.so umask=0077"],
      [0o077]
    ),
    (
      "through includes",
      [
        "/etc/pam.d/login": "@include a", "/etc/pam.d/a": "session include b\n",
        "/etc/pam.d/b": "-session optional pam_umask.so [umask=0077]",
      ], [0o077]
    ),
    (
      "services differ",
      [
        "/etc/pam.d/login": "session optional pam_umask.so umask=077",
        "/etc/pam.d/sshd": "session required pam_unix.so",
      ],
      [0o022, 0o077]
    ),
    ("PAM files that include each other", ["/etc/pam.d/login": "@include login\n"], [0o022]),
    ("the profile is last", ["/etc/profile": "umask 027", "/etc/pam.d/login": session], [0o027]),
    (
      "a drop-in of the profile",
      [
        "/etc/profile": "for i in /etc/profile.d/*.sh; do if [ -r $i ]; then . $i; fi; done; unset i",
        "/etc/profile.d/a.sh": "umask 077", "/etc/profile.d/b": "umask 0",
      ], [0o077]
    ),
    (
      "as Debian 13 reads drop-ins",
      [
        "/etc/profile":
          "for i in $(run-parts --list --regex '^[a-zA-Z0-9_][a-zA-Z0-9._-]*\\.sh$' /etc/profile.d); do\n  if [ -r $i ]; then\n    . $i\n  fi\ndone",
        "/etc/profile.d/50-umask.sh": "umask 077",
      ], [0o077]
    ),
    (
      "the skeleton is stronger than the profile",
      ["/etc/profile": "umask 027", "/etc/skel/.profile": "umask 002"], [0o002]
    ),
    ("a comment", ["/etc/profile": "# umask 027"], [0o022]),
    (
      "as RHEL does",
      [
        "/etc/profile":
          "if [ $UID -gt 199 ] && [ \"`/usr/bin/id -gn`\" = \"`/usr/bin/id -un`\" ]; then\n  umask 002\nelse\n  umask 022\nfi\n",
        "/etc/login.defs": "USERGROUPS_ENAB yes\n",
      ], [0o002]
    ),
    ("an unknown condition", ["/etc/profile": "if something; then umask 077; fi"], [0o022, 0o077]),
  ]

  @Test(arguments: truth) func umaskOfNewAccounts(
    _ what: String, _ files: [String: String], _ expected: Set<UInt32?>
  ) throws {
    #expect(try masks(files) == expected, "\(what)")
  }

  @Test func theGECOSFieldIsStrongest() throws {
    let files = ["/etc/pam.d/login": Self.session, "/etc/login.defs": "UMASK 002\n", "/home/u/.profile": ""]
    #expect(try masks(files, of: "u") == [0o077])
    #expect(try masks(files, of: "root") == [0o002])
  }

  @Test func interactiveShellsReadOtherFiles() throws {
    let files = ["/etc/profile": "umask 027", "/etc/bash.bashrc": "umask 007", "/root/.bashrc": "umask 077"]
    #expect(try masks(files, of: "new accounts", .interactive) == [0o007])
    #expect(try masks(files, of: "new accounts", .login) == [0o027])
    #expect(try masks(files, of: "root", .interactive) == [0o077])
  }

  @Test func onlyTheFirstOfThreeProfilesIsRead() throws {
    let files = ["/root/.bash_profile": "umask 077", "/root/.profile": "umask 0"]
    #expect(try masks(files, of: "root") == [0o077])
    let asSh = ["/etc/passwd": "root:x:0:0::/root:/bin/sh\n"].merging(files) { first, _ in first }
    #expect(try masks(asSh, of: "root") == [0o000])
  }

  @Test func pathComesFromTheStrongestFile() throws {
    func path(_ files: [String: String]) throws -> String? {
      let model = try environment(files)
      return try #require(model.outcome(for: model.people[0], .login)).values(of: "PATH").first?.value
    }
    #expect(try path([:]) == "/sbin:/bin:/usr/sbin:/usr/bin")
    #expect(try path(["/etc/login.defs": "ENV_SUPATH PATH=/a\nENV_PATH /b"]) == "/a")
    #expect(try path(["/etc/login.defs": "ENV_SUPATH PATH=/a", "/etc/environment": "PATH=\"/c\"\n"]) == "/c")
    #expect(try path(["/etc/environment": "PATH=/c", "/etc/profile": "PATH=$PATH:/d"]) == "/c:/d")
    #expect(try path(["/etc/security/pam_env.conf": "PATH DEFAULT=/e:${HOME}"]) == "…")
  }

  /// The way of RHEL: a function that puts directories in front or behind, once.
  @Test func aFunctionThatChangesThePath() throws {
    let profile = """
      pathmunge () {
          case ":${PATH}:" in
              *:"$1":*)
                  ;;
              *)
                  if [ "$2" = "after" ] ; then
                      PATH=$PATH:$1
                  else
                      PATH=$1:$PATH
                  fi
          esac
      }
      if [ "$EUID" = "0" ]; then
          pathmunge /usr/sbin
          pathmunge /usr/local/sbin
      else
          pathmunge /opt/bin after
          pathmunge /opt/bin after
      fi
      for i in /etc/profile.d/*.sh /etc/profile.d/sh.local ; do
          if [ -r "$i" ]; then
              if [ "${-#*i}" != "$-" ]; then
                  . "$i"
              else
                  . "$i" >/dev/null
              fi
          fi
      done
      unset -f pathmunge
      if [ -n "${BASH_VERSION-}" ] ; then
          if [ -f /etc/bashrc ] ; then
              . /etc/bashrc
          fi
      fi
      """
    let model = try environment([
      "/etc/profile": profile, "/etc/profile.d/sh.local": "umask 027",
      "/etc/bashrc": "[ -z \"$PS1\" ] || A=1",
      "/etc/login.defs": "ENV_SUPATH PATH=/bin:/usr/sbin\nENV_PATH PATH=/bin",
    ])
    let outcomes = try model.people.prefix(2).map { try #require(model.outcome(for: $0, .login)) }
    #expect(
      outcomes.map { $0.values(of: "PATH").map(\.value) } == [
        ["/usr/local/sbin:/bin:/usr/sbin"], ["/bin:/opt/bin"],
      ])
    #expect(
      outcomes.allSatisfy { $0.umasks.map(\.mask) == [0o027] && $0.values(of: "A").map(\.value) == ["1"] })
  }

  @Test func accountsWithOtherShellsAreNamed() throws {
    let model = try environment([
      "/etc/passwd": "z:x:1000:1000::/home/z:/bin/zsh\nn:x:1001:1:::/usr/sbin/nologin\n",
      "/home/z/.profile": "",
    ])
    #expect(model.unfollowed.map(\.account) == ["z"])
    #expect(model.people.map(\.name) == ["root", "new accounts"])
  }

  @Test func collectsWhatStartFilesName() throws {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/bash\nx:x:1:1::/srv/x:/bin/bash\n", "/etc/profile": ". /opt/env",
      "/opt/env": ". /opt/more", "/opt/more": "umask 077", "/srv/x/.bashrc": "", "/srv/y": "",
    ])
    var plan = CollectionPlan()
    plan.add(LoginEnvironment.self)
    let evidence = try Collector(plan: plan).collect(guest.filesystem)
    for path in ["/opt/env", "/opt/more", "/srv/x/.bashrc"] { #expect(try evidence.bytes(at: path) != nil) }
    #expect(throws: EvidenceGap.self) { try evidence.bytes(at: "/srv/y") }
    let facts = GuestFacts(evidence, asOf: 0)
    let model = try facts.model(LoginEnvironment.self)
    let outcome = try #require(model.outcome(for: model.people[0], .login))
    #expect(outcome.umasks.map(\.mask) == [0o077] && outcome.gaps.isEmpty)
  }

  @Test func aFileThatWasNotReadIsAGap() throws {
    let guest = GuestFixture(["/etc/passwd": "root:x:0:0::/root:/bin/bash\n"])
    guest.filesystem.addFile("/etc/profile", .unreadable(reason: "input/output error"))
    let model = try guest.model(LoginEnvironment.self)
    #expect(try #require(model.outcome(for: model.people[0], .login)).gaps.map(\.path) == ["/etc/profile"])
  }

  /// Real start files of Debian 12 and 13.
  @Test(arguments: ["bookworm", "trixie"]) func stockDebian(_ release: String) throws {
    let tree = "/var/cache/brinell/trees/\(release)"
    guard FileManager.default.fileExists(atPath: tree + "/etc/profile") else { return }
    var plan = CollectionPlan()
    plan.add(LoginEnvironment.self)
    let evidence = try Collector(plan: plan).collect(DirectoryFilesystem(path: tree))
    let model = try GuestFacts(evidence, asOf: 0).model(LoginEnvironment.self)
    for person in model.people {
      for kind in LoginEnvironment.ShellKind.allCases {
        let outcome = try #require(model.outcome(for: person, kind))
        #expect(outcome.umasks.map(\.mask) == [0o022], "\(person.name) \(kind)")
        #expect(outcome.gaps.isEmpty, "\(outcome.gaps)")
      }
      let path = try #require(model.outcome(for: person, .login)).values(of: "PATH")
      #expect(
        path.map(\.value) == [
          person.isRoot
            ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            : "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
        ])
    }
  }
}
