/// Alpine's secdb, <https://secdb.alpinelinux.org>: which version of which origin (source package) fixed what, one
/// file for each branch and repository.
///
/// The version `0` stands for vulnerabilities that the package never had
/// (<https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper>, `secfixes` in aports: "0: not affected"). One string can
/// hold several names: `CVE-2017-2616 XSA-207`; those are names of one vulnerability, two CVE numbers are two.
/// Vulnerabilities without a fix are not in it.
public enum AlpineSecdbSource: AdvisorySource {
  public static let name = "alpine-secdb"

  public static func recognises(name: String, head: [UInt8]) -> Bool {
    guard head.prefix(64).contains(UInt8(ascii: "{")) else { return false }
    let text = String(decoding: head, as: UTF8.self)
    return text.contains("\"packages\"") && text.contains("\"pkg\"") && text.contains("\"secfixes\"")
  }

  /// What is fixed in one package.
  private struct Fix {
    var package: String
    var version: String
    var names: [String]
  }

  public static func read(
    _ file: AdvisoryFile, into receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) {
    var scanner = try JSONScanner(file)
    var branch: String?
    var fixes: [Fix] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "distroversion": branch = try scanner.text()
      case "packages" where scanner.isAtList:
        try scanner.beginList()
        while try scanner.nextElement() { fixes += try package(&scanner, &receiver) }
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    guard let branch, !branch.isEmpty else {
      throw AdvisoryError("\(file.name): does not say which branch of Alpine it is for ('distroversion')")
    }
    for fix in fixes {
      for advisory in advisories(fix, ecosystem: "Alpine:" + branch) { try receiver.take(advisory) }
    }
  }

  private static func package(
    _ scanner: inout JSONScanner, _ receiver: inout some AdvisoryReceiver
  ) throws(AdvisoryError) -> [Fix] {
    var name: String?
    var fixes: [Fix] = []
    guard scanner.isAtObject else {
      try scanner.skip()
      receiver.skip("packages", reason: "not a package")
      return []
    }
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      guard key == "pkg", scanner.isAtObject else {
        try scanner.skip()
        continue
      }
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "name": name = try scanner.text()
        case "secfixes" where scanner.isAtObject:
          try scanner.beginObject()
          while let version = try scanner.nextKey() {
            fixes += try scanner.texts().map { Fix(package: "", version: version, names: names(in: $0)) }
          }
        default: try scanner.skip()
        }
      }
    }
    guard let name, !name.isEmpty else {
      receiver.skip("packages", reason: "a package without a name")
      return []
    }
    return fixes.compactMap {
      guard !$0.names.isEmpty, !$0.version.isEmpty else {
        receiver.skip(name, reason: "a fix without a vulnerability")
        return nil
      }
      return Fix(package: name, version: $0.version, names: $0.names)
    }
  }

  /// Words of letters, digits, hyphens and what else stands in names; text in brackets is a remark.
  private static func names(in text: String) -> [String] {
    text.prefix { $0 != "(" }.split { " \t,;+".contains($0) }.map(String.init).filter { $0.contains("-") }
  }

  /// One advisory for each CVE; without a CVE one under the first name.
  private static func advisories(_ fix: Fix, ecosystem: String) -> [Advisory] {
    let cves = fix.names.filter { $0.hasPrefix("CVE-") }
    let others = fix.names.filter { !$0.hasPrefix("CVE-") }
    var affected = AffectedPackage(ecosystem: ecosystem, name: fix.package)
    if fix.version == "0" {
      affected.status = .notAffected
    } else {
      affected.ranges = [.init(fixed: fix.version)]
    }
    return (cves.isEmpty ? Array(others.prefix(1)) : cves).map { id in
      var advisory = Advisory(id: id)
      advisory.aliases = others.filter { $0 != id }
      if id.hasPrefix("CVE-") { advisory.references = ["https://security.alpinelinux.org/vuln/" + id] }
      advisory.affected = [affected]
      return advisory
    }
  }
}
