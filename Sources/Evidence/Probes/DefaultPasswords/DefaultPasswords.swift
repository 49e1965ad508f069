/// Passwords with which vendors ship images and which people set for the time being, with the accounts that have them.
public struct DefaultPasswords: Hashable, Sendable {
  /// A password that an account may have.
  struct Candidate: Hashable, Sendable {
    /// Nil: any account.
    var account: String?
    var password: [UInt8]
  }

  let candidates: [Candidate]
  /// More lines of a file than this are not read: each costs a computation of a hash.
  public static let limit = 1000

  /// The built-in list.
  public static let known = DefaultPasswords(
    any.map { Candidate(account: nil, password: Array($0.utf8)) }
      + byAccount.map { Candidate(account: $0.0, password: Array($0.1.utf8)) })

  private init(_ candidates: [Candidate]) { self.candidates = candidates }

  /// Reads a list of the user: `ACCOUNT:PASSWORD` or `*:PASSWORD` on a line; `#` begins a comment.
  ///
  /// - Throws: `ProblemOfList` for a line without colon or too many lines.
  public init(list text: String) throws(ProblemOfList) {
    var candidates: [Candidate] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
        throw ProblemOfList(line: index + 1, words: "ACCOUNT:PASSWORD or *:PASSWORD is expected")
      }
      let account = line[..<colon]
      let password = Array(line[line.index(after: colon)...].utf8)
      candidates.append(Candidate(account: account == "*" ? nil : String(account), password: password))
      if candidates.count > Self.limit {
        throw ProblemOfList(line: index + 1, words: "more than \(Self.limit) passwords")
      }
    }
    self.init(candidates)
  }

  /// A list that cannot be read.
  public struct ProblemOfList: Error, Hashable, Sendable {
    /// Counted from 1.
    public var line: Int
    public var words: String
  }

  /// Both lists.
  public func union(_ other: DefaultPasswords) -> DefaultPasswords {
    DefaultPasswords(candidates + other.candidates.filter { !candidates.contains($0) })
  }

  /// What is tried for an account: what stands for it or for any, its own name, and nothing.
  func passwords(for account: String) -> [[UInt8]] {
    var passwords = [Array(account.utf8), []]
    for candidate in candidates where candidate.account == nil || candidate.account == account {
      if !passwords.contains(candidate.password) { passwords.append(candidate.password) }
    }
    return passwords
  }

  private static let any = [
    "password", "Password1", "changeme", "ChangeMe", "admin", "root", "toor", "default", "secret", "123456",
    "12345678",
    "test", "letmein", "welcome", "P@ssw0rd", "passw0rd", "qwerty",
  ]

  /// From the documentation of the vendors' images: Raspberry Pi OS, CirrOS, Vagrant's base boxes, Kali, osboxes.org,
  /// OpenELEC and LibreELEC, Armbian, Yocto, TurnKey, Oracle's developer images, Photon OS, OpenWrt's forks, DietPi.
  private static let byAccount: [(String, String)] = [
    ("root", "calvin"), ("root", "vagrant"), ("root", "1234"), ("root", "raspberry"), ("root", "osboxes.org"),
    ("root", "openelec"), ("root", "libreelec"), ("root", "dietpi"), ("root", "oracle"), ("root", "alpine"),
    ("root", "debian"), ("root", "ubuntu"), ("root", "centos"), ("root", "kali"), ("root", "linux"),
    ("root", "vmware"),
    ("root", "password123"), ("pi", "raspberry"), ("cirros", "gocubsgo"), ("cirros", "cubswin:)"),
    ("osboxes", "osboxes.org"), ("dietpi", "dietpi"), ("odroid", "odroid"), ("pi", "bananapi"),
    ("bpi", "bananapi"),
    ("linaro", "linaro"), ("rock", "rock"), ("radxa", "radxa"), ("debian", "temppwd"), ("alarm", "alarm"),
    ("user", "live"), ("live", "live"), ("ec2-user", "ec2-user"), ("oracle", "oracle"), ("opc", "opc"),
    ("admin", "1234"), ("admin", "password1"), ("jenkins", "jenkins"), ("postgres", "postgres"),
    ("deploy", "deploy"),
    ("ansible", "ansible"), ("packer", "packer"), ("cloud-user", "cloud-user"), ("fedora", "fedora"),
  ]
}
