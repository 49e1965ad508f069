/// Tells SPDX licence expressions (annex D of SPDX 2.3) from other texts that databases hold, such as `GPLv2+`.
enum LicenceExpression {
  /// Whether a text is an expression that any reader understands: known identifiers, `AND`, `OR`, `WITH` and brackets.
  static func isValid(_ text: String) -> Bool {
    guard text.utf8.count <= 2000 else { return false }
    let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
    var depth = 0
    var expectsLicence = true
    var expectsException = false
    var mayHaveException = false
    for word in spaced.split(separator: " ") {
      switch word {
      case "(":
        guard expectsLicence, !expectsException else { return false }
        depth += 1
      case ")":
        guard !expectsLicence, depth > 0 else { return false }
        depth -= 1
        mayHaveException = false
      case "AND", "OR":
        guard !expectsLicence else { return false }
        expectsLicence = true
        mayHaveException = false
      case "WITH":
        guard mayHaveException else { return false }
        (expectsLicence, expectsException, mayHaveException) = (true, true, false)
      default:
        guard expectsLicence, (expectsException ? exceptions : licences).contains(word) else { return false }
        mayHaveException = !expectsException
        (expectsLicence, expectsException) = (false, false)
      }
    }
    return !expectsLicence && depth == 0
  }

  private static let licences: Set<Substring> = Set(
    """
    0BSD AFL-2.1 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-2.0 \
    BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-4-Clause BSD-4-Clause-UC BSD-Source-Code BSL-1.0 \
    BlueOak-1.0.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CPL-1.0 EPL-1.0 EPL-2.0 EUPL-1.2 \
    FSFAP FSFUL FSFULLR FTL GFDL-1.1-or-later GFDL-1.2-or-later GFDL-1.3-or-later GPL-1.0-only GPL-1.0-or-later \
    GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND HPND-sell-variant ICU IJG ISC LGPL-2.0-only \
    LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LPPL-1.3c Libpng MIT MIT-0 \
    MIT-CMU MPL-1.1 MPL-2.0 MS-PL MulanPSL-2.0 NCSA NTP OFL-1.1 OLDAP-2.8 OpenSSL PSF-2.0 PostgreSQL Python-2.0 \
    Python-2.0.1 QPL-1.0 Ruby SISSL SMLNJ SSPL-1.0 Sleepycat TCL Unicode-3.0 Unicode-DFS-2016 Unlicense Vim W3C WTFPL \
    X11 Zlib ZPL-2.1 blessing bzip2-1.0.6 curl libtiff zlib-acknowledgement
    """.split(separator: " "))

  private static let exceptions: Set<Substring> = [
    "Autoconf-exception-2.0", "Autoconf-exception-3.0", "Bison-exception-2.2", "Classpath-exception-2.0",
    "Font-exception-2.0", "GCC-exception-2.0", "GCC-exception-3.1", "LLVM-exception", "Libtool-exception",
    "Linux-syscall-note", "OpenSSL-exception", "Universal-FOSS-exception-1.0",
  ]
}
