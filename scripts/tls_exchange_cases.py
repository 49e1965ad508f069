"""Configurations of the groups and the parameters for DHE that compare-tls tries with each daemon. Where a daemon does not
start with one, Brinell has to be undecided."""

import base64
import os
from dataclasses import replace

import tls_cases
from tls_cases import OPENSSL, WEAK, system

# Made with `openssl dhparam`.
P512 = 0xb94cde6367d59c64e44d629b6e774e8e08e576bc0143beb6088a781555f993c658f47a9e9fc4063d3f0810c3785201da976ae75c7fd49143836b611fc9d0595f
P1024 = 0x801171f063711358e2dfd3c4eda43b1663f701624ce0d0fdfb646b403101bc9ab1133b8a45e2bd49d8c5199326a8091a4cf62b6a15ac131ecfde72551a61eeae12d6b5c94bbe2e50f6e53c9a677305c82ba8e773083e021cd581f05eebd575aa32fc1583a56ba2bbf810180e5153d16f29bb093b50258193a2d27eded4ac0067
# Group 14 of RFC 3526.
P2048 = 0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff


def der(tag, content):
    length = len(content)
    head = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + head + content


def number(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def parameters(prime, exponent=None):
    body = number(prime) + number(2) + (number(exponent) if exponent else b"")
    text = base64.encodebytes(der(0x30, body)).decode()
    return f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n"


DH512, DH1024, DH2048 = parameters(P512), parameters(P1024), parameters(P2048)
# No prime, which only PostgreSQL minds, and so none of the groups that OpenSSL knows; with secret exponents so short that it
# takes the strength for less than that of 1024 bits.
SHORT = parameters(P2048 + 2, 120)
# Longer than the 10 000 bits that OpenSSL uses.
HUGE = parameters((1 << 10240) - 1)
EC384 = "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n"
FILE = "/etc/tls/dh.pem"
BAD = {"empty": "", "truncated": DH2048[:200], "no end": DH2048.replace("-----END DH PARAMETERS-----\n", ""),
       "another object": "-----BEGIN X-----\nMAA=\n-----END X-----\n", "indented": DH2048.replace("-----BEGIN", " -----BEGIN"),
       "other object before": "-----BEGIN X-----\nMAA=\n-----END X-----\n" + DH2048, "CRLF": DH2048.replace("\n", "\r\n")}


def base(daemon, tree, name):
    case = next(case for case in tls_cases.cases(daemon, tree) if case.name == name)
    return replace(case, ends=[replace(end, asks_exchange=True) for end in case.ends])


def variants(daemon, tree, name, path, place, texts):
    """Cases made of a case: texts by name, with further files beside the text; `place` puts the text into the file."""
    start = base(daemon, tree, name)
    cases = [replace(start, name=f"exchange: {name}")]
    for title, given in texts.items():
        text, files = given if isinstance(given, tuple) else (given, {})
        main = place(start.files.get(path) or "", text)
        cases.append(replace(start, name=f"exchange: {title}", files=start.files | {path: main} | files))
    return cases


def with_file(setting, level0, level1, without=()):
    """The ways in which a file can be good and bad, for a daemon that `setting` tells of it; `without` those that the image
    cannot tell of this daemon."""
    cases = {"2048 bits": (setting, {FILE: DH2048}), "1024 bits at level 2": (setting, {FILE: DH1024}),
             "no such file": setting, "short exponent": (setting, {FILE: SHORT}), "beyond the library": (setting, {FILE: HUGE})}
    cases |= {"1024 bits at level 0": (setting + level0, {FILE: DH1024}), "512 bits at level 0": (setting + level0, {FILE: DH512}),
              "1024 bits at level 1": (setting + level1, {FILE: DH1024}), "512 bits at level 1": (setting + level1, {FILE: DH512})}
    cases |= {f"file: {name}": (setting, {FILE: text}) for name, text in BAD.items()}
    return {name: case for name, case in cases.items() if name not in without}


def with_groups(setting, without=()):
    """The ways in which groups can be named, for a daemon that takes OpenSSL's list after `setting`."""
    lists = {"one group": "secp384r1", "another name": "P-521:X25519", "weak ones at level 2": "P-192:sect163k1:P-224:X25519",
             "none is known": "nothing", "one is not known": "P-256:nothing", "twice": "P-256:prime256v1", "small letters": "p-256",
             "not in TLS 1.3": "secp256k1:brainpoolP256r1", "finite field alone": "ffdhe2048"}
    return {f"groups: {name}": setting % text for name, text in lists.items() if name not in without}


def groups_of_openssl():
    return {"openssl.cnf: groups": ("", {OPENSSL: system("Groups = P-384\n")}),
            "openssl.cnf: weak groups": ("", {OPENSSL: system("Groups = P-192:sect163k1:X25519\nCipherString = DEFAULT@SECLEVEL=0\n")})}


def append(main, text):
    return main + text


def openssl(tree):
    def cnf(text):
        return "", {OPENSSL: system(text)}

    texts = {name: cnf(text) for name, text in with_groups("Groups = %s\nMinProtocol = TLSv1.2\n").items()}
    return variants("openssl", tree, "as shipped", "/etc/x", append, texts | {
        "Curves after Groups": cnf("Groups = P-384\nCurves = P-521\n"),
        "Groups after Curves": cnf("Curves = P-521\nGroups = P-384\n"),
        "ECDHParameters": cnf("ECDHParameters = P-521\n"),
        "ECDHParameters, automatic": cnf("Groups = P-384\nECDHParameters = Automatic\n"),
        "weak at level 0": cnf("Groups = P-192:sect163k1:P-224\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "no suites with ECDHE": cnf("CipherString = DHE:kRSA\nMaxProtocol = TLSv1.2\n"),
        "TLS 1.3 alone": cnf("MinProtocol = TLSv1.3\nGroups = secp256k1:P-384\n")})


def nginx(tree):
    def place(main, text):
        return main.replace("http {\n", "http {\n" + text)

    level0, level1 = f"ssl_ciphers {WEAK};", "ssl_ciphers HIGH:@SECLEVEL=1;"
    texts = with_file(f"ssl_dhparam {FILE};", level0, level1) | with_groups("ssl_ecdh_curve %s;") | groups_of_openssl() | {
        "groups: auto": "ssl_ecdh_curve auto;", "weak groups at level 0": f"ssl_ecdh_curve P-192:sect163k1; {level0}",
        "a relative path": ("ssl_dhparam dh.pem;", {"/etc/nginx/dh.pem": DH2048}),
        "no suites with DHE": (f"ssl_dhparam {FILE}; ssl_ciphers ECDHE;", {FILE: DH2048}),
        "command Groups": "ssl_ecdh_curve P-256; ssl_conf_command Groups P-384;",
        "command DHParameters": (f"ssl_conf_command DHParameters {FILE};", {FILE: DH2048}),
        "command Curves": "ssl_conf_command Curves P-384;"}
    hosts = variants("nginx", tree, "weak in the first host", "/etc/nginx/nginx.conf", lambda main, text: main.replace(
        "server_name b;", "server_name b;" + text), {"of the second host": (f"ssl_ecdh_curve P-384; ssl_dhparam {FILE};", {FILE: DH1024})})
    return variants("nginx", tree, "default", "/etc/nginx/nginx.conf", place, texts) + hosts


def apache2(tree):
    def place(main, text):
        return main.replace("ServerName a\n", "ServerName a\n" + text + "\n")

    level0, level1 = f"\nSSLCipherSuite {WEAK}", "\nSSLCipherSuite HIGH:@SECLEVEL=1"
    command = "SSLOpenSSLConfCmd %s %s"
    texts = with_file(command % ("DHParameters", FILE), level0, level1) | with_groups("SSLOpenSSLConfCmd Groups %s") | groups_of_openssl()
    texts |= {f"appended: {name}": (text, {"/etc/tls/c.pem": "+" + file}) for name, text, file in (
        ("2048 bits", "", DH2048), ("1024 bits", "", DH1024), ("1024 bits at level 0", level0, DH1024),
        ("1024 bits at level 1", level1, DH1024), ("truncated", "", DH2048[:300]), ("curve", "", EC384), ("both", level0, EC384 + DH1024))}
    texts |= {"Curves": command % ("Curves", "P-384"), "ECDHParameters": command % ("ECDHParameters", "secp521r1"),
              "weak groups at level 0": command % ("Curves", "P-192:sect163k1") + level0,
              "of the server": ("", {"/etc/apache2/ports.conf": "Listen 443\nSSLOpenSSLConfCmd Curves P-521\n"}),
              "command over appended": (command % ("DHParameters", FILE) + level0, {FILE: DH1024, "/etc/tls/c.pem": "+" + DH2048}),
              "a relative path": (command % ("DHParameters", "dh.pem"), {"/etc/apache2/dh.pem": DH2048})}
    hosts = variants("apache2", tree, "virtual hosts", "/etc/apache2/sites-enabled/a.conf", lambda main, text: main.replace(
        "ServerName b\n", "ServerName b\n" + text), {"of the second host": (
            f"SSLOpenSSLConfCmd Curves P-384\nSSLOpenSSLConfCmd DHParameters {FILE}\n", {FILE: DH1024})})
    return variants("apache2", tree, "default", "/etc/apache2/sites-enabled/a.conf", place, texts) + hosts


def haproxy(tree):
    def options(main, text):
        return main.replace("/etc/tls/ck.pem", "/etc/tls/ck.pem " + text)

    def world(main, text):
        return main.replace("global\n", "global\n" + text + "\n")

    path, pem = "/etc/haproxy/haproxy.cfg", "/etc/tls/ck.pem"
    level0, level1 = f"\nssl-default-bind-ciphers {WEAK}", "\nssl-default-bind-ciphers HIGH:@SECLEVEL=1"
    size = "tune.ssl.default-dh-param %d"
    texts = with_file(f"ssl-dh-param-file {FILE}", level0, level1) | with_groups("ssl-default-bind-curves %s") | groups_of_openssl()
    texts |= {f"{number} bits asked": size % number for number in (1024, 2048, 4096)}
    texts |= {"1024 bits asked at level 0": size % 1024 + level0, "4096 bits asked, file": (size % 4096 + f"\nssl-dh-param-file {FILE}", {FILE: DH2048}),
              "appended": ("", {pem: "+" + DH2048}), "appended, 1024 bits at level 0": (level0, {pem: "+" + DH1024}),
              "appended, 1024 bits": ("", {pem: "+" + DH1024}), "appended over file": (f"ssl-dh-param-file {FILE}" + level0, {FILE: DH1024, pem: "+" + DH2048})}
    own = {"curves": "curves P-384", "ecdhe": "ecdhe secp521r1", "curves over ecdhe": "ecdhe secp521r1 curves P-384",
           "weak curves at level 0": f"curves P-192:sect163k1 ciphers {WEAK}", "ecdhe of another name": "ecdhe nothing"}
    inherited = variants("haproxy", tree, "default", path, lambda main, text: world(options(main, text), "ssl-default-bind-curves P-521"), {
        "curves over the default": "curves P-384", "ecdhe under the default": "ecdhe secp384r1"})
    return variants("haproxy", tree, "default", path, world, texts) + variants("haproxy", tree, "default", path, options, own)[1:] + inherited[1:]


def postfix(tree):
    setting = f"smtpd_tls_dh1024_param_file = {FILE}\n"
    texts = with_file(setting, "smtpd_tls_exclude_ciphers = aNULL\n", "tls_medium_cipherlist = HIGH:@SECLEVEL=1\n") | groups_of_openssl()
    lists = {name: text.replace(":", " ") for name, text in with_groups("tls_eecdh_auto_curves = %s\n").items()}
    texts |= lists | {"groups: with colons": "tls_eecdh_auto_curves = P-256:P-384\n",
        "no anonymous suites": "smtpd_tls_exclude_ciphers = aNULL\n", "auto": "smtpd_tls_dh1024_param_file = auto\n",
        "curves with commas": "tls_eecdh_auto_curves = P-521, secp384r1 nothing\n", "no curves": "tls_eecdh_auto_curves =\n",
        "grade none": "smtpd_tls_eecdh_grade = none\n", "grade strong": "smtpd_tls_eecdh_grade = strong\n",
        "weak curves": "tls_eecdh_auto_curves = sect163k1 P-192\n", "file of 512 bits": "smtpd_tls_dh512_param_file = /etc/tls/none\n",
        "no DHE": "smtpd_tls_exclude_ciphers = DHE, aNULL\n"}
    if not tls_cases.version(tree, "postfix").startswith("3.7"):
        texts |= {"finite fields": "tls_ffdhe_auto_groups = ffdhe8192\n", "no finite fields": "tls_ffdhe_auto_groups =\n",
                  "no lists": "tls_eecdh_auto_curves =\ntls_ffdhe_auto_groups =\n", "nothing known": "tls_eecdh_auto_curves = x\ntls_ffdhe_auto_groups =\n",
                  "twice in other letters": "tls_eecdh_auto_curves = p-521:P-521\ntls_ffdhe_auto_groups =\n"}
    return variants("postfix", tree, "may", "/etc/postfix/main.cf", append, texts)


def dovecot(tree):
    is_new = not tls_cases.version(tree, "dovecot-core").startswith("1:2.3")
    setting = "ssl_server_dh_file = %s\n" if is_new else "ssl_dh = <%s\n"
    level0, level1 = f"ssl_cipher_list = {WEAK}\n", "ssl_cipher_list = HIGH:@SECLEVEL=1\n"
    # Suites with DHE count for Brinell without parameters too, and Dovecot's suites are all ephemeral.
    texts = with_file(setting % FILE, level0, level1) | groups_of_openssl()
    texts |= with_groups("ssl_curve_list = %s\n", ["finite field alone"])
    other = {FILE: DH2048, "/etc/tls/other.pem": DH1024}
    own = setting % "/etc/tls/other.pem" + "ssl_curve_list = P-384\n"
    texts |= {"weak curves at level 0": "ssl_curve_list = P-192:sect163k1\n" + level0,
              "of the protocol": (setting % FILE + f"protocol imap {{\n{own}}}\n" + level0, other)}
    path = "/etc/dovecot/dovecot.conf"
    blocks = {name: variants("dovecot", tree, name, path, lambda main, text: main.replace("{\n  ssl", "{\n" + text + "  ssl"), {
        f"{name}, of its own": (own, other)})[1:] for name in ("local address", "name of the client")}
    return variants("dovecot", tree, "default", path, append, texts) + sum(blocks.values(), [])


def postgresql(tree):
    release = os.listdir(f"{tree}/etc/postgresql")[0]
    level0, level1 = f"ssl_ciphers = '{WEAK}'\n", "ssl_ciphers = 'HIGH:@SECLEVEL=1'\n"
    # It asks whether the prime is one.
    texts = with_file(f"ssl_dh_params_file = '{FILE}'\n", level0, level1, ["short exponent", "beyond the library"]) | with_groups("ssl_ecdh_curve = '%s'\n") | groups_of_openssl()
    texts |= {"a relative path": ("ssl_dh_params_file = 'dh.pem'\n", {f"/var/lib/postgresql/{release}/main/dh.pem": DH2048}),
              "weak curve at level 0": "ssl_ecdh_curve = 'prime192v1'\n" + level0, "weak curve at level 2": "ssl_ecdh_curve = 'prime192v1'\n"}
    return variants("postgresql", tree, "on", f"/etc/postgresql/{release}/main/postgresql.conf", append, texts)


def mariadb(tree):
    return variants("mariadb", tree, "certificate", "/etc/mysql/mariadb.conf.d/99-x.cnf", append, groups_of_openssl() | {
        "all suites": f"ssl_cipher = {WEAK}\n", "no DHE": "ssl_cipher = ECDHE\n"})


def redis(tree):
    level0, level1 = f"tls-ciphers {WEAK}\n", "tls-ciphers HIGH:@SECLEVEL=1\n"
    # It ends where anything else stands before.
    texts = with_file(f"tls-dh-params-file {FILE}\n", level0, level1, ["file: other object before"]) | groups_of_openssl() | {"all suites": level0}
    return variants("redis", tree, "TLS alone", "/etc/redis/redis.conf", append, texts)


def vsftpd(tree):
    return variants("vsftpd", tree, "on", "/etc/vsftpd.conf", append, groups_of_openssl() | {
        "suites with DHE": "ssl_ciphers=DHE:ECDHE\n", "all suites": f"ssl_ciphers={WEAK}\n"})


def proftpd(tree):
    level0, level1 = f"TLSCipherSuite {WEAK}\n", "TLSCipherSuite HIGH:@SECLEVEL=1\n"
    texts = with_file(f"TLSDHParamFile {FILE}\n", level0, level1) | with_groups("TLSECDHCurve %s\n") | groups_of_openssl() | {
        "all suites": level0, "curve auto": "TLSECDHCurve auto\n", "weak curves at level 0": "TLSECDHCurve P-192:sect163k1\n" + level0}
    return variants("proftpd", tree, "on", "/etc/proftpd/proftpd.conf", append, texts)


def with_priorities(setting):
    """Groups and DHE in priority strings of GnuTLS."""
    lists = {"one group": "NORMAL:-GROUP-ALL:+GROUP-SECP384R1", "old word": "NORMAL:-CURVE-ALL:+CURVE-X25519",
             "weak groups": "NORMAL:-GROUP-ALL:+GROUP-SECP192R1:+GROUP-SECP224R1:-VERS-TLS1.3", "no DHE": "NORMAL:-DHE-RSA",
             "no ECDHE in 1.2": "NORMAL:-ECDHE-RSA:-ECDHE-ECDSA:-VERS-TLS1.3", "no finite fields": "NORMAL:-GROUP-FFDHE2048:-GROUP-FFDHE3072",
             "SECURE256": "SECURE256", "PFS": "PFS", "low profile": "NORMAL:%PROFILE_LOW"}
    return {f"priorities: {name}": setting % text for name, text in lists.items()}


GNUTLS = {"gnutls config disables": ("", {"/etc/gnutls/config": "[overrides]\ndisabled-curve = secp256r1\ndisabled-curve = x25519\n"})}


def slapd(tree):
    suites, setting = "olcTLSCipherSuite: %s\n", f"olcTLSDHParamFile: {FILE}\n"
    curve = {"TLSECName": "olcTLSECName: secp384r1\n"}
    if tls_cases.version(tree, "slapd").startswith("2.5"):
        # GnuTLS finds a block that is indented too.
        texts = with_file(setting, suites % "NORMAL:%PROFILE_VERY_WEAK", suites % "NORMAL", ["file: indented"]) | with_priorities(suites) | GNUTLS
    else:
        texts = with_file(setting, suites % WEAK, suites % "HIGH:@SECLEVEL=1") | with_groups("olcTLSECName: %s\n") | groups_of_openssl()
    return variants("slapd", tree, "certificate", "/etc/ldap/slapd.d/cn=config.ldif", append, texts | curve)


def rsyslog(tree):
    def command(main, text):
        return main.replace('AuthMode="anon"', 'AuthMode="anon"' + (f' gnutlsPriorityString="{text}"' if text else ""))

    texts = with_groups("Groups=%s") | groups_of_openssl() | {
        "weak groups": "Groups=P-192:sect163k1\nCipherString=ALL:@SECLEVEL=0", "no anonymous suites": "CipherString=HIGH:!aNULL",
        "parameters": (f"DHParameters={FILE}", {FILE: DH1024}), "parameters at level 2": (f"CipherString=HIGH\nDHParameters={FILE}", {FILE: DH2048})}
    return (variants("rsyslog", tree, "ossl", "/etc/rsyslog.conf", command, texts)
            + variants("rsyslog", tree, "gtls", "/etc/rsyslog.conf", command, with_priorities("%s") | GNUTLS))


def libvirtd(tree):
    return variants("libvirtd", tree, "default", "/etc/libvirt/libvirtd.conf", append, with_priorities('tls_priority = "%s"\n') | GNUTLS)


def exim(tree):
    texts = with_priorities("tls_require_ciphers = %s\n") | GNUTLS | {
        "tls_dhparam": (f"tls_dhparam = {FILE}\n", {FILE: DH1024}), "tls_dhparam, none": "tls_dhparam = none\n",
        "tls_dhparam, named": "tls_dhparam = ffdhe4096\n", "tls_dh_max_bits": "tls_dh_max_bits = 1024\n", "tls_eccurve": "tls_eccurve = secp521r1\n"}
    return variants("exim", tree, "default", "/etc/exim4/exim4.conf", append, texts)


def bind(tree):
    def place(main, text):
        return main.replace("tls a { ", "tls a { " + text + " ", 1)

    level0, level1 = f'ciphers "{WEAK}";', 'ciphers "HIGH:@SECLEVEL=1";'
    texts = with_file(f'dhparam-file "{FILE}";', level0, level1) | groups_of_openssl() | {"all suites": level0}
    return variants("bind", tree, "default", "/etc/bind/named.conf", place, texts)


def docker(tree):
    return variants("docker", tree, "tls without tlsverify", "/etc/x", append, {})


def cases(daemon, tree):
    """The configurations of a daemon, in the words of the release that a tree holds."""
    return CASES[daemon](tree)


CASES = {function.__name__: function for function in (
    openssl, nginx, apache2, haproxy, postfix, dovecot, postgresql, mariadb, redis, vsftpd, proftpd, slapd, rsyslog, libvirtd,
    docker, exim, bind)}
