import TestSupport
import Testing

@testable import Facts

/// libvirtd. Rows of the same kind are tried on 9.0 and 11.3 by scripts/compare-tls.
@Suite struct LibvirtTLSTests {
  @Test(arguments: [
    ("", "", []), ("listen_tcp = 1\n", "", []),
    ("listen_tcp = 1\nlisten_tls = 0\n", "--listen", ["libvirtd tcp none"]),
    ("", "--listen", ["libvirtd tls required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]),
    (
      "tls_priority = \"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1\"\n", "--listen",
      ["libvirtd tls required TLSv1.2 TLSv1.3"]
    ),
  ])
  func libvirt(_ text: String, _ options: String, _ expected: [String]) throws {
    let files = ["/etc/libvirt/libvirtd.conf": text]
    #expect(
      try tlsEndpoints(["libvirtd.service"], files, exec: "/usr/sbin/libvirtd \(options)").map(words)
        == expected)
  }

  /// Tried: the first of two lines counts.
  @Test func libvirtTakesTheFirstLine() throws {
    let text = "tls_priority = \"NORMAL:-VERS-ALL:+VERS-TLS1.3\" # x\ntls_priority = \"NORMAL\"\n"
    let ends = try tlsEndpoints(
      ["libvirtd.service"], ["/etc/libvirt/libvirtd.conf": text], exec: "/usr/sbin/libvirtd --listen")
    #expect(ends.map(words) == ["libvirtd tls required TLSv1.3"])
    #expect(ends.first?.certificate?.value == "/etc/pki/libvirt/servercert.pem")
  }

  private static let low = "tls_priority = \"NORMAL:-VERS-ALL:+VERS-TLS1.1\"\n"

  @Test(arguments: [
    // From the library: without tls_priority libvirt takes GnuTLS's own.
    TLSRow(
      "inherited", ["/etc/gnutls/config": "[overrides]\ndefault-priority-string = NORMAL:-VERS-TLS1.3\n"],
      exec: "/usr/sbin/libvirtd --listen",
      "libvirtd tls required TLSv1.0 TLSv1.1 TLSv1.2, use default, versions config:2, suites config:2"),
    TLSRow(
      "overridden",
      [
        "/etc/libvirt/libvirtd.conf": low + "tls_priority = \"NORMAL\"\n",
        "/etc/gnutls/config": "[overrides]\ndefault-priority-string = NORMAL:-VERS-TLS1.3\n",
      ], exec: "/usr/sbin/libvirtd --listen",
      "libvirtd tls required TLSv1.1, use default, versions libvirtd.conf:1, suites libvirtd.conf:1"),
    // libvirtd.conf includes nothing (util/virconf.c); options of the unit come out of a file of defaults.
    TLSRow(
      "by options from another file",
      [
        "/etc/libvirt/libvirtd.conf": "listen_tcp = 1\nlisten_tls = 0\n",
        "/etc/default/libvirtd": "LIBVIRTD_ARGS=\"--listen\"\n",
      ],
      exec:
        "/usr/sbin/libvirtd $LIBVIRTD_ARGS\nEnvironment=LIBVIRTD_ARGS=\"--timeout 120\"\nEnvironmentFile=-/etc/default/libvirtd",
      "libvirtd tcp none, use libvirtd.conf:1"),
    // The modular daemon has a file of its own.
    TLSRow(
      "for virtproxyd",
      [
        "/etc/libvirt/libvirtd.conf": "listen_tls = 0\n",
        "/etc/libvirt/virtproxyd.conf": "listen_tcp = 0\n\(low)",
      ],
      units: ["virtproxyd-tls.socket"],
      "libvirtd tls required TLSv1.1, use virtproxyd-tls.socket, versions virtproxyd.conf:2, suites virtproxyd.conf:2"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["libvirtd.service"]) }
}
