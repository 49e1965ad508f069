"""Configurations that compare-tls tries with each daemon: a weak setting that is inherited, overridden, in an include, in
a virtual host, written twice, in the wrong order."""

import os
from dataclasses import dataclass, field

from tls_daemons import ADDRESS, PEER


@dataclass
class End:
    """One end as Brinell calls it, and how it is reached."""
    subject: str
    port: int
    starttls: str = ""
    host: str = ""
    address: str = ADDRESS
    shows_certificate: bool = False
    # Whether the groups and the parameters for DHE are asked too, which takes twenty handshakes more.
    asks_exchange: bool = False


@dataclass
class Case:
    """Files by path: `-> x` is a link, a leading `+` appends, None removes. Arguments go to the daemon's command, and
    have to be in its unit among the files."""
    name: str
    files: dict = field(default_factory=dict)
    ends: list = field(default_factory=list)
    arguments: list = field(default_factory=list)


OPENSSL = "/etc/ssl/openssl.cnf"
WEAK = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"


def version(tree, package):
    with open(f"{tree}/var/lib/dpkg/status", encoding="utf-8") as status:
        stanza = status.read().split(f"Package: {package}\n", 1)[1]
    return stanza.split("\nVersion: ", 1)[1].split("\n", 1)[0]


def system(text):
    return "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" + text


LOW = {OPENSSL: system("MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n")}


def openssl():
    end = [End("openssl system defaults", 4433)]
    texts = {
        "as shipped": None,
        "empty": "",
        "minimum 1.3": system("MinProtocol = TLSv1.3\n"),
        "minimum 1.0, level 0": LOW[OPENSSL],
        "level 0 alone": system("CipherString = DEFAULT@SECLEVEL=0\n"),
        "minimum 1.0, level 1": system("MinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=1\n"),
        "all suites": system("CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0\n"),
        "maximum": system("MaxProtocol = TLSv1.2\n"),
        "Protocol takes 1.3 away": system("Protocol = ALL, -TLSv1.3\n"),
        "Protocol names one": system("Protocol = TLSv1.2\n"),
        "Protocol begins with minus": system("Protocol = -TLSv1.2\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "Protocol after MinProtocol": system("MinProtocol = TLSv1\nProtocol = ALL, -TLSv1, -TLSv1.1\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "Protocol with a hole": system("Protocol = ALL, -TLSv1.1\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "MinProtocol after Protocol": system("Protocol = TLSv1.2\nMinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "written twice": system("MinProtocol = TLSv1.3\nMinProtocol = TLSv1.2\n"),
        "nothing leads there": "[c]\nMinProtocol = TLSv1.3\n",
        "section twice": system("MinProtocol = TLSv1.3\n[d]\nx = y\n[c]\nMinProtocol = TLSv1.2\n"),
        "continued": system("MinProtocol = \\\nTLSv1.3\n"),
        "dotted name": system("TLS.MinProtocol = TLSv1.3\n"),
        "numbered names": system("1.MinProtocol = TLSv1.3\n2.MinProtocol = TLSv1.2\n"),
        "quoted": system('CipherString = "ALL@SECLEVEL=0"\n'),
        "variable": "low = TLSv1.3\n" + system("MinProtocol = $ENV::NONE\n").replace("$ENV::NONE", "${default::low}"),
        "include": ".include /etc/ssl/more.cnf\n" + system(".include = /etc/ssl/cd\n"),
        "options": system("Options = -ServerPreference\nMinProtocol = TLSv1.3\n"),
        "wrong value": system("MinProtocol = TLSv9\n"),
        "small letters": system("minprotocol = TLSv1.3\n"),
        "none": system("MinProtocol = None\nCipherString = DEFAULT@SECLEVEL=0\n"),
        "key exchange": system("Groups = P-256\nMinProtocol = TLSv1.2\n"),
    }
    cases = [Case(name, {OPENSSL: text} if text is not None else {}, end) for name, text in texts.items()]
    for case in cases:
        if case.name == "include":
            case.files |= {"/etc/ssl/more.cnf": "x = y\n", "/etc/ssl/cd/1.cnf": "MinProtocol = TLSv1\n",
                           "/etc/ssl/cd/2.cnf": "CipherString = ALL@SECLEVEL=0\n", "/etc/ssl/cd/3.txt": "MinProtocol = TLSv1.3\n"}
    return cases


def nginx():
    head = "ssl_certificate /etc/tls/c.pem; ssl_certificate_key /etc/tls/k.pem;\n"

    def case(name, text, ends, files=None):
        main = "events {}\nhttp {\n" + head + text + "\n}\n"
        return Case(name, {"/etc/nginx/nginx.conf": main} | (files or {}), ends)

    a, b = End("nginx a:443", 443, host="a"), End("nginx b:443", 443, host="b")
    both = "server { listen 443 ssl; server_name a; %s } server { listen 443 ssl; server_name b; %s }"
    one = "server { listen 443 ssl; server_name a; %s }"
    return [
        case("default", one % "", [a]),
        case("inherited from http", f"ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers {WEAK};" + one % "", [a]),
        case("level alone", f"ssl_protocols TLSv1 TLSv1.1 TLSv1.2;" + one % "", [a]),
        case("overridden in the server", f"ssl_protocols TLSv1; ssl_ciphers {WEAK};" + one % "ssl_protocols TLSv1.3; ssl_ciphers HIGH;", [a]),
        case("include, repeated for all", "include conf.d/*.conf;" + one % "include snip;", [a], {
            "/etc/nginx/conf.d/1.conf": f"ssl_ciphers '{WEAK}';\n", "/etc/nginx/snip": "ssl_protocols TLSv1 TLSv1.2;\n"}),
        case("weak in the second host", both % ("ssl_protocols TLSv1.3;", f"ssl_protocols TLSv1 TLSv1.2 TLSv1.3; ssl_ciphers {WEAK};"), [a, b]),
        case("weak in the first host", both % (f"ssl_protocols TLSv1 TLSv1.2; ssl_ciphers {WEAK};", "ssl_protocols TLSv1.3;"), [a, b]),
        case("default_server comes second", both.replace("443 ssl; server_name b", "443 ssl default_server; server_name b") % (
            f"ssl_protocols TLSv1 TLSv1.2; ssl_ciphers {WEAK};", "ssl_protocols TLSv1.2 TLSv1.3;"), [a, b]),
        case("a hole", f"ssl_protocols TLSv1 TLSv1.3; ssl_ciphers {WEAK};" + one % "", [a]),
        case("openssl.cnf is low", one % "", [a], LOW),
        case("openssl.cnf is high", "ssl_protocols TLSv1.2 TLSv1.3;" + one % "", [a], {OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf is high, default", one % "", [a], {OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf has suites", "ssl_protocols TLSv1 TLSv1.2;" + one % "", [a], {OPENSSL: system("CipherString = ALL:@SECLEVEL=0\n")}),
        case("clear, redirect", "server { listen 80; return 301 https://$host$request_uri; } server { listen 81; root /x; } server { listen 82; location / { return 301 https://a/; } }",
             [End("nginx default:80", 80), End("nginx default:81", 81), End("nginx default:82", 82)]),
        case("ssl_conf_command", "ssl_protocols TLSv1.2 TLSv1.3;" + one % "ssl_conf_command MinProtocol TLSv1.3;", [a]),
        case("ssl_conf_command lowers", one % "ssl_conf_command MinProtocol TLSv1; ssl_conf_command CipherString ALL:@SECLEVEL=0;", [a]),
        case("comment and quotes", one % f"# ssl_protocols TLSv1.3;\nssl_protocols \"TLSv1.2\" 'TLSv1.3';", [a]),
    ]


def apache2():
    ssl = {"/etc/apache2/mods-enabled/ssl.load": "-> ../mods-available/ssl.load",
           "/etc/apache2/mods-enabled/socache_shmcb.load": "-> ../mods-available/socache_shmcb.load",
           "/etc/apache2/sites-enabled/000-default.conf": None}
    conf = {"/etc/apache2/mods-enabled/ssl.conf": "-> ../mods-available/ssl.conf"}
    key = "SSLEngine on\nSSLCertificateFile /etc/tls/c.pem\nSSLCertificateKeyFile /etc/tls/k.pem\n"

    def host(name, text, address="*:443", more=key):
        return f"<VirtualHost {address}>\nServerName {name}\n{more}{text}\n</VirtualHost>\n"

    def case(name, text, ends, files=None):
        ports = {"/etc/apache2/ports.conf": "Listen 443\n"}
        return Case(name, ssl | ports | {"/etc/apache2/sites-enabled/a.conf": text} | (files or {}), ends)

    a, b = End("apache2 a:443", 443, host="a"), End("apache2 b:443", 443, host="b")
    return [
        case("default", host("a", ""), [a]),
        case("debian's ssl.conf", host("a", ""), [a], conf),
        case("inherited", f"SSLProtocol all -SSLv3\nSSLCipherSuite {WEAK}\n" + host("a", ""), [a]),
        case("inherited from a later line", host("a", "") + f"SSLProtocol all -SSLv3\nSSLCipherSuite {WEAK}\n", [a]),
        case("overridden", f"SSLProtocol all\nSSLCipherSuite {WEAK}\n" + host("a", "SSLProtocol -all +TLSv1.2\nSSLCipherSuite HIGH"), [a]),
        case("include", "Include snip.conf\n" + host("a", "Include tls/*.conf"), [a], {
            "/etc/apache2/snip.conf": "SSLProtocol TLSv1.3\n", "/etc/apache2/tls/a.conf": f"SSLProtocol all -TLSv1\nSSLCipherSuite {WEAK}\n"}),
        case("virtual hosts", host("a", "SSLProtocol TLSv1.3") + host("b", f"SSLProtocol all\nSSLCipherSuite {WEAK}"), [a, b]),
        case("written twice", host("a", f"SSLProtocol TLSv1.2\nSSLProtocol all\nSSLCipherSuite HIGH\nSSLCipherSuite {WEAK}"), [a]),
        case("a sign is missing", host("a", f"SSLProtocol +TLSv1.2 TLSv1.3\nSSLCipherSuite {WEAK}"), [a]),
        case("a hole", host("a", f"SSLProtocol TLSv1 +TLSv1.3\nSSLCipherSuite {WEAK}"), [a]),
        case("openssl.cnf is low", host("a", ""), [a], LOW),
        case("openssl.cnf is high", host("a", "SSLProtocol all"), [a], {OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf is high, default", host("a", ""), [a], {OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("SSLOpenSSLConfCmd", host("a", "SSLOpenSSLConfCmd MinProtocol TLSv1.3"), [a]),
        case("SSLOpenSSLConfCmd lowers", host("a", "SSLOpenSSLConfCmd CipherString ALL:@SECLEVEL=0\nSSLOpenSSLConfCmd MinProtocol TLSv1"), [a]),
        case("Define", "Define LOW TLSv1\nDefine OLD\n<IfDefine OLD>\n" + host("a", f"SSLProtocol +TLSv1.2 +${{LOW}} +TLSv1.1\nSSLCipherSuite {WEAK}") + "</IfDefine>\n", [a]),
        case("Macro", "<Macro TLS $v>\nSSLProtocol $v\n</Macro>\n" + host("a", "Use TLS TLSv1.3"), [a], {
            "/etc/apache2/mods-enabled/macro.load": "-> ../mods-available/macro.load"}),
        case("If", "<IfModule !mod_gnutls.c>\n<IfVersion >= 2.4>\nSSLProtocol TLSv1.3\n</IfVersion>\n</IfModule>\n" + host("a", ""), [a]),
        case("IfVersion that does not hold", "SSLProtocol TLSv1.3\n<IfVersion < 2.4>\nSSLProtocol all\n</IfVersion>\n" + host("a", ""), [a]),
        case("redirect", "Listen 80\n" + host("r", "Redirect / https://a/", "*:80", "") + host("a", ""), [End("apache2 r:80", 80), a]),
        case("clear", "Listen 80\n" + host("r", "", "*:80", "") + host("a", ""), [End("apache2 r:80", 80), a]),
    ]


def haproxy():
    def case(name, options, ends=None, world="", files=None, more=""):
        text = (f"global\n{world}\ndefaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\n"
                f"frontend f\n bind *:443 ssl crt /etc/tls/ck.pem {options}\n http-request return status 200\n{more}")
        return Case(name, {"/etc/haproxy/haproxy.cfg": text} | (files or {}), ends or [End("haproxy f:443", 443)])

    weak = f"ciphers {WEAK}"
    return [
        case("default", ""),
        case("inherited", "", world=f"ssl-default-bind-options ssl-min-ver TLSv1.0\nssl-default-bind-ciphers {WEAK}"),
        case("overridden", "ssl-min-ver TLSv1.2 ciphers HIGH", world=f"ssl-default-bind-options ssl-min-ver TLSv1.0\nssl-default-bind-ciphers {WEAK}"),
        case("minimum", f"ssl-min-ver TLSv1.0 {weak}"),
        case("maximum", f"ssl-max-ver TLSv1.2 {weak}"),
        case("maximum below the default minimum", f"ssl-max-ver TLSv1.1 {weak}"),
        case("no-tlsv12", f"no-tlsv12 {weak}"),
        case("no-tlsv13 globally, minimum here", f"ssl-min-ver TLSv1.0 {weak}", world="ssl-default-bind-options no-tlsv13"),
        case("force globally, minimum here", f"ssl-min-ver TLSv1.0 {weak}", world="ssl-default-bind-options force-tlsv12"),
        case("force here", f"force-tlsv11 {weak}"),
        case("options twice", "", world="ssl-default-bind-options ssl-min-ver TLSv1.3\nssl-default-bind-options ssl-min-ver TLSv1.2"),
        case("second frontend", "ssl-min-ver TLSv1.3", [End("haproxy f:443", 443), End("haproxy g:444", 444)],
             more=f"frontend g\n bind *:444 ssl crt /etc/tls/ck.pem ssl-min-ver TLSv1.0 {weak}\n http-request return status 200\n"),
        case("clear and redirect", "", [End("haproxy f:443", 443), End("haproxy g:80", 80), End("haproxy h:81", 81)],
             more="frontend g\n bind *:80\n http-request redirect scheme https unless { ssl_fc }\nfrontend h\n bind *:81\n http-request return status 200\n"),
        case("openssl.cnf is low", "", files=LOW),
        case("openssl.cnf is high", "", files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("named defaults", "", [End("haproxy f:443", 443), End("haproxy g:80", 80)],
             more="defaults d\n mode tcp\ndefaults e from d\n mode http\n timeout client 9s\nfrontend g from e\n bind *:80\n http-request return status 200\n"),
        case("range of ports", "", [End("haproxy f:443", 443), End("haproxy g:8001", 8001)],
             more=f"frontend g\n bind *:8001-8002 ssl crt /etc/tls/ck.pem ssl-min-ver TLSv1.0 {weak}\n http-request return status 200\n"),
        case("conditions", "", more=f".if feature(OPENSSL)\nfrontend g\n bind *:444 ssl crt /etc/tls/ck.pem ssl-min-ver TLSv1.3\n http-request return status 200\n.endif\n.if defined(NOTHING)\nfrontend x\n bind *:445\n.endif\n",
             ends=[End("haproxy f:443", 443), End("haproxy g:444", 444)]),
    ]


def postfix():
    key = "smtpd_tls_cert_file = /etc/tls/c.pem\nsmtpd_tls_key_file = /etc/tls/k.pem\n"

    def case(name, main, master="", ends=None, files=None):
        services = ("smtp inet n - n - - smtpd\n%s\ncleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\n"
                    "anvil unix - - n - 1 anvil\ntlsmgr unix - - n 1000? 1 tlsmgr\nproxymap unix - - n - - proxymap\n" % master)
        base = "compatibility_level = 3.6\nmyhostname = a.example.org\ninet_protocols = ipv4\n"
        return Case(name, {"/etc/postfix/main.cf": base + key + main, "/etc/postfix/master.cf": services} | (files or {}),
                    ends or [End("postfix smtpd smtp", 25, "smtp")])

    may, must = "smtpd_tls_security_level = may\n", "smtpd_tls_security_level = encrypt\n"
    wrapped = [End("postfix smtpd smtp", 25, "smtp"), End("postfix smtpd smtps", 465)]
    return [
        case("none", ""),
        case("may", may),
        case("may, protocols", may + "smtpd_tls_protocols = >=TLSv1.2\n"),
        case("mandatory counts not", may + "smtpd_tls_mandatory_protocols = >=TLSv1.3\n"),
        case("encrypt", must),
        case("encrypt, mandatory", must + "smtpd_tls_mandatory_protocols = >=TLSv1.2\nsmtpd_tls_mandatory_ciphers = high\nsmtpd_tls_mandatory_exclude_ciphers = aNULL\n"),
        case("exclusions", may + "smtpd_tls_exclude_ciphers = aNULL, kRSA\n  SHA1\n"),
        case("a hole", may + "smtpd_tls_protocols = !TLSv1.1\n"),
        case("a hole in a list", may + "smtpd_tls_protocols = TLSv1, TLSv1.2\n"),
        case("written twice", may + "smtpd_tls_protocols = >=TLSv1.3\nsmtpd_tls_protocols = >=TLSv1.1\n"),
        case("override in master.cf", must, "  -o smtpd_tls_security_level=may -o smtpd_tls_protocols=>=TLSv1.2\n"),
        case("variable", "smtpd_tls_protocols = $mine\nmine = >=TLSv1.2\n" + may),
        case("default in a variable", "smtpd_tls_protocols = ${nothing?{>=TLSv1.3}:{>=TLSv1.2}}\n" + may),
        case("wrapper", may, "smtps inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n", wrapped),
        case("wrapper, level none", "", "smtps inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n", wrapped),
        case("list of suites", may + "smtpd_tls_ciphers = high\ntls_high_cipherlist = AES128-SHA\n"),
        case("null", may + "smtpd_tls_ciphers = null\n"),
        case("openssl.cnf is high", may, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf in the list", may + "smtpd_tls_ciphers = high\n", files=LOW),
        case("level in the list", may + "tls_medium_cipherlist = ALL:@SECLEVEL=2\n"),
        case("chain files", may + "smtpd_tls_cert_file =\nsmtpd_tls_key_file =\nsmtpd_tls_chain_files = /etc/tls/k.pem, /etc/tls/c.pem\n"),
        case("hexadecimal", may + "smtpd_tls_protocols = >=0303\n"),
    ]


def dovecot(tree):
    is_new = not version(tree, "dovecot-core").startswith("1:2.3")
    key = "ssl_cert = </etc/tls/c.pem\nssl_key = </etc/tls/k.pem\n"
    users = "passdb {\n driver = static\n args = password=p\n}\n"
    if is_new:
        key = "ssl_server_cert_file = /etc/tls/c.pem\nssl_server_key_file = /etc/tls/k.pem\n"
        users = "passdb static {\n password = p\n}\n"
    format = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if is_new else ""
    usual = [End("dovecot imap", 143, "imap"), End("dovecot imaps", 993)]

    def case(name, text, ends=None, files=None, start="protocols = imap\n"):
        if is_new:
            text = text.replace("disable_plaintext_auth = no", "auth_allow_cleartext = yes")
        main = format + start + "log_path = /dev/stderr\n" + users + key + text
        return Case(name, {"/etc/dovecot/dovecot.conf": main} | (files or {}), ends or usual)

    def within(block, **names):
        plain, secure = usual
        return [plain, secure, End(f"dovecot imap {block}", 143, "imap", **names), End(f"dovecot imaps {block}", 993, **names)]

    weak = f"ssl_cipher_list = {WEAK}\n"
    return [
        case("default", ""),
        case("required", "ssl = required\n"),
        case("off", "ssl = no\n", [End("dovecot imap", 143, "imap")]),
        case("off, passwords in clear", "ssl = no\ndisable_plaintext_auth = no\n", [End("dovecot imap", 143, "imap")]),
        case("passwords in clear", "disable_plaintext_auth = no\n"),
        # 2.4 does not start with both.
        *([] if is_new else [case("passwords in clear, required", "disable_plaintext_auth = no\nssl = required\n")]),
        case("minimum", "ssl_min_protocol = TLSv1\n" + weak),
        case("minimum without level", "ssl_min_protocol = TLSv1\n"),
        case("any", "ssl_min_protocol = ANY\n" + weak),
        case("latest", "ssl_min_protocol = LATEST\n"),
        case("suites alone", weak),
        case("overridden in a protocol", "ssl_min_protocol = TLSv1.3\n" + weak + "protocol imap {\n  ssl_min_protocol = TLSv1\n}\n"),
        case("protocol before the rest", "protocol imap {\n  ssl_min_protocol = TLSv1.1\n}\nssl_min_protocol = TLSv1.3\n" + weak),
        case("other protocol", "protocol pop3 {\n  ssl_min_protocol = TLSv1\n}\n" + weak),
        case("include", "!include conf.d/*.conf\n!include_try /nothing\n", files={
            "/etc/dovecot/conf.d/99-x.conf": "ssl_min_protocol = TLSv1.1\n" + weak, "/etc/dovecot/conf.d/10-x.conf": "ssl_min_protocol = TLSv1.3\n"}),
        case("written twice", "ssl_min_protocol = TLSv1\nssl_min_protocol = TLSv1.2\n" + weak),
        case("nested protocol", "protocol !pop3 {\n  ssl_min_protocol = TLSv1\n}\n" + weak),
        case("port 0", "service imap-login {\n  inet_listener imap {\n    port = 0\n  }\n}\n", [End("dovecot imaps", 993)]),
        case("port in one line", "service imap-login {\n  inet_listener imap { \n port = 1143\n }\n}\n", [End("dovecot imap", 1143, "imap"), End("dovecot imaps", 993)]),
        case("openssl.cnf is low", "", files=LOW),
        case("openssl.cnf is high", "", files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("continued", "ssl_min_protocol = \\\n  TLSv1.3\n"),
        case("quoted", "ssl_min_protocol = \"TLSv1.3\" \n"),
        case("Debian's files", "", files={}, start="!include_try /usr/share/dovecot/protocols.d/*.protocol\n!include conf.d/*.conf\n", ends=[
            End("dovecot imap", 143, "imap"), End("dovecot imaps", 993), End("dovecot pop3", 110, "pop3"), End("dovecot pop3s", 995)]),
    ] + [
        case("local address", weak + "ssl_min_protocol = TLSv1.3\nlocal 10.9.9.8 {\n  ssl_min_protocol = TLSv1.1\n}\n",
             within("local 10.9.9.8", address=PEER)),
        case("local address, required there", "local 10.9.9.8 {\n  ssl = required\n  protocol imap {\n    ssl_min_protocol = TLSv1.3\n  }\n}\n",
             within("local 10.9.9.8", address=PEER)),
        case("name of the client", "local_name a.example {\n  ssl_min_protocol = TLSv1\n  ssl_cipher_list = ALL:@SECLEVEL=0\n}\n",
             within("local_name a.example", host="a.example")),
    ] + ([
        case("list of protocols", "protocols {\n  imap = yes\n  pop3 = no\n}\nprotocols {\n  pop3 = yes\n}\nssl_min_protocol = TLSv1.3\n", usual + [
            End("dovecot pop3", 110, "pop3"), End("dovecot pop3s", 995)], start=""),
    ] if is_new else [])


def postgresql(tree):
    release = os.listdir(f"{tree}/etc/postgresql")[0]
    folder = f"/etc/postgresql/{release}/main"

    def case(name, conf, hba="host all all 10.0.0.0/8 trust\n", files=None):
        base = (f"data_directory = '/var/lib/postgresql/{release}/main'\nhba_file = '{folder}/pg_hba.conf'\n"
                "listen_addresses = '*'\nssl_cert_file = '/etc/tls/c.pem'\nssl_key_file = '/etc/tls/k.pem'\n")
        return Case(name, {f"{folder}/postgresql.conf": base + conf, f"{folder}/pg_hba.conf": "local all all trust\n" + hba}
                    | (files or {}), [End("postgresql main", 5432, "postgres")])

    on, weak = "ssl = on\n", f"ssl_ciphers = '{WEAK}'\n"
    every = "hostssl all all all trust\n"
    return [
        case("off", ""),
        case("on", on),
        case("on, hostssl", on, every),
        case("hostnossl rejected first", on, "hostnossl all all all reject\nhost all all all trust\n"),
        case("hostnossl rejected last", on, "host all all all trust\nhostnossl all all all reject\n"),
        case("rejected for both families", on, "hostnossl all all 0.0.0.0/0 reject\nhostnossl all all ::/0 reject\nhost all all all trust\n"),
        case("mask", on, "host all all 10.0.0.0 255.0.0.0 trust\n"),
        case("samenet", on, "hostssl all all samenet trust\n"),
        case("minimum", on + "ssl_min_protocol_version = 'TLSv1'\n" + weak),
        case("minimum without level", on + "ssl_min_protocol_version = TLSv1\n"),
        case("suites alone", on + weak),
        case("maximum", on + "ssl_max_protocol_version = 'TLSv1.2'\n"),
        case("written twice", on + "ssl_min_protocol_version = TLSv1.3\nssl_min_protocol_version = TLSv1.2\n"),
        case("include_dir", on + "ssl_min_protocol_version = TLSv1.3\ninclude_dir = 'conf.d'\n", files={
            f"{folder}/conf.d/1.conf": "ssl_min_protocol_version = TLSv1.1\n" + weak, f"{folder}/conf.d/.2.conf": "ssl = off\n",
            f"{folder}/conf.d/3.txt": "ssl = off\n"}),
        case("included before", "include 'more.conf'\n" + on + "ssl_min_protocol_version = TLSv1.3\n", files={
            f"{folder}/more.conf": "ssl_min_protocol_version = TLSv1.1\n"}),
        case("ALTER SYSTEM", on + "ssl_min_protocol_version = TLSv1.3\n", files={
            f"/var/lib/postgresql/{release}/main/postgresql.auto.conf": "ssl_min_protocol_version = 'TLSv1.1'\nssl_ciphers = 'ALL:@SECLEVEL=0'\n"}),
        case("no equals sign, beginnings of words", "ssl tru\nssl_min_protocol_version 'TLSv1.3' # x\n"),
        case("capital letters", "SSL = ON\nSSL_Min_Protocol_Version = 'tlsv1.3'\n"),
        case("quoted quote", on + "ssl_ciphers = 'HIGH:!aNULL'\napplication_name = 'it''s'\n"),
        case("openssl.cnf is low", on, files=LOW),
        case("openssl.cnf is high", on, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("include in hba", on, "hostssl all all samehost trust\nhostssl all all 10.9.9.0/24 trust\nhostnossl all all 10.9.9.0/24 reject\n"),
        case("quoted words and commas", on, 'hostnossl "all" all, all all reject\nhost all all all trust\n'),
        case("continued line", on, "hostnossl all \\\n all all reject\nhost all all all trust\n"),
    ]


def mariadb(tree):
    release = ".".join(version(tree, "mariadb-server").split(":")[-1].split(".")[:2])
    key = "ssl_cert = /etc/tls/c.pem\nssl_key = /etc/tls/k.pem\n"

    def case(name, text, files=None, arguments=()):
        main = {"/etc/mysql/mariadb.conf.d/99-x.cnf": f"[mysqld]\nbind-address = 0.0.0.0\n{text}"}
        if arguments:
            main["/etc/systemd/system/mariadb.service.d/1.conf"] = f"[Service]\nEnvironment='MYSQLD_OPTS={' '.join(arguments)}'\n"
        return Case(name, main | (files or {}), [End("mysqld", 3306, "mysql")], list(arguments))

    return [
        case("no certificate", ""),
        case("certificate", key),
        case("required", key + "require_secure_transport = ON\n"),
        case("required without value", key + "require-secure-transport\n"),
        case("required by a prefix", key + "require_secure = 1\n"),
        case("skip-ssl", key + "skip-ssl\n"),
        case("ssl=0", key + "ssl=0\n"),
        case("skip then ssl", key + "skip-ssl\nssl=1\n"),
        case("disable-ssl", key + "disable-ssl\n"),
        case("versions", key + "tls_version = TLSv1.1,TLSv1.2\nssl_cipher = ALL:@SECLEVEL=0\n"),
        case("suites alone", key + f"ssl_cipher = {WEAK}\n"),
        case("a hole", key + "tls_version = TLSv1.1,TLSv1.3\nssl_cipher = ALL:@SECLEVEL=0\n"),
        case("a group for the release", key, {"/etc/mysql/mariadb.conf.d/99-y.cnf": f"[mariadb-{release}]\ntls_version = TLSv1.3\n[mariadb-10.5]\nskip-ssl\n"}),
        case("groups that do not count", key, {"/etc/mysql/mariadb.conf.d/99-y.cnf": "[client]\nskip-ssl\n[mysqld_safe]\nskip-ssl\n[embedded]\nskip-ssl\n"}),
        case("later file", key + "tls_version = TLSv1.3\n", {"/etc/mysql/mariadb.conf.d/99-z.cnf": "[mariadbd]\ntls_version = TLSv1.2\n"}),
        case("earlier file", key + "tls_version = TLSv1.3\n", {"/etc/mysql/conf.d/1.cnf": "[mysqld]\ntls_version = TLSv1.2\n"}),
        case("include", key + "!include /etc/mysql/x\n", {"/etc/mysql/x": "[server]\nrequire_secure_transport = on\n"}),
        case("blanks and quotes", "ssl-cert = '/etc/tls/c.pem'\nssl-key=\"/etc/tls/k.pem\" \n tls_version=TLSv1.3 # x\n"),
        case("loose", key + "loose-tls_version = TLSv1.3\nloose-nonsense = 1\n"),
        case("openssl.cnf is low", key, LOW),
        case("openssl.cnf is high", key, {OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("of the user's own", key, {"/etc/my.cnf": "[mysqld]\ntls_version = TLSv1.3\n"}),
        case("options of the command", key + "tls_version = TLSv1.2\n", arguments=["--require-secure-transport", "--tls-version=TLSv1.3"]),
    ]


def redis():
    key = "tls-cert-file /etc/tls/c.pem\ntls-key-file /etc/tls/k.pem\ntls-ca-cert-file /etc/tls/c.pem\ntls-auth-clients no\n"
    base = "bind 0.0.0.0\nprotected-mode no\ndaemonize no\ndir /tmp\n"
    plain, secure = End("redis port", 6379), End("redis tls-port", 6380)

    def case(name, text, ends=None, files=None, arguments=()):
        unit = f"[Service]\nExecStart=\nExecStart=/usr/bin/redis-server /etc/redis/redis.conf {' '.join(arguments)}\n"
        files = (files or {}) | ({"/etc/systemd/system/redis-server.service.d/1.conf": unit} if arguments else {})
        return Case(name, {"/etc/redis/redis.conf": base + key + text} | files, ends or [secure], list(arguments))

    only = "port 0\ntls-port 6380\n"
    return [
        case("clear", "", [plain]),
        case("both", "tls-port 6380\n", [plain, secure]),
        case("TLS alone", only),
        case("versions", only + "tls-protocols \"TLSv1 TLSv1.2\"\ntls-ciphers ALL:@SECLEVEL=0\n"),
        case("versions without level", only + "tls-protocols \"TLSv1 TLSv1.1 TLSv1.2\"\n"),
        case("suites alone", only + f"tls-ciphers {WEAK}\n"),
        case("written twice", only + "tls-protocols TLSv1.3\ntls-protocols TLSv1.2\n"),
        case("include, later", "tls-protocols TLSv1.3\ninclude /etc/redis/more.conf\n", files={"/etc/redis/more.conf": only + "tls-protocols TLSv1.2\n"}),
        case("include, earlier", "include /etc/redis/more.conf\ntls-protocols TLSv1.3\n", files={"/etc/redis/more.conf": only + "tls-protocols TLSv1.2\n"}),
        case("capital letters", "PORT 0\nTLS-Port 6380\nTLS-PROTOCOLS TLSv1.3\n"),
        case("small letters in the value", only + "tls-protocols tlsv1.3\n"),
        case("empty versions", only + 'tls-protocols ""\n'),
        case("openssl.cnf is low", only, files=LOW),
        case("openssl.cnf is low, suites", only + "tls-protocols \"TLSv1 TLSv1.1 TLSv1.2\"\n", files=LOW),
        case("openssl.cnf is high", only, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("options of the command", "tls-protocols TLSv1.2\n", arguments=["--port", "0", "--tls-port", "6380", "--tls-protocols", "TLSv1.3"]),
    ]


def vsftpd(tree):
    # The program of 3.0.5 has other names than its manual; that of 3.0.3 knows no more than TLS 1.0.
    old = "ssl_tlsv1=%s\n" + ("ssl_tlsv11=%s\n" if version(tree, "vsftpd").startswith("3.0.5") else "")
    base = "listen=YES\nanonymous_enable=NO\nlocal_enable=YES\nrsa_cert_file=/etc/tls/c.pem\nrsa_private_key_file=/etc/tls/k.pem\nsecure_chroot_dir=/run/vsftpd/empty\n"
    end = [End("vsftpd", 21, "ftp")]

    def case(name, text, ends=None, files=None, arguments=()):
        unit = f"[Service]\nExecStart=\nExecStart=/usr/sbin/vsftpd /etc/vsftpd.conf {' '.join(arguments)}\n"
        files = (files or {}) | ({"/etc/systemd/system/vsftpd.service.d/1.conf": unit} if arguments else {})
        return Case(name, {"/etc/vsftpd.conf": base + text} | files, ends or end, list(arguments))

    on, weak = "ssl_enable=YES\n", f"ssl_ciphers={WEAK}\n"
    return [
        case("off", ""),
        case("on", on),
        case("not forced", on + "force_local_logins_ssl=NO\n"),
        case("suites", on + weak),
        case("suites without level", on + "ssl_ciphers=HIGH\n"),
        case("1.0 off", on + weak + "ssl_tlsv1=NO\n"),
        case("written twice", on + "ssl_enable=NO\n"),
        case("implicit", on + "implicit_ssl=YES\n", [End("vsftpd", 21)]),
        case("openssl.cnf is low", on, files=LOW),
        case("openssl.cnf is high", on + weak, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("anonymous alone", on + "anonymous_enable=YES\nlocal_enable=NO\n"),
        case("anonymous may do without", on + "anonymous_enable=YES\n"),
        case("anonymous is forced too", on + "anonymous_enable=YES\nforce_anon_logins_ssl=YES\nallow_anon_ssl=YES\n"),
        case("small letters", "ssl_enable=yes\nforce_local_logins_ssl=no\n"),
        case("old versions on", on + weak + old.replace("%s", "YES")),
        case("a second file", on + weak + "force_local_logins_ssl=NO\n", files={"/etc/more": "force_local_logins_ssl=YES\n" + old.replace("%s", "NO")}, arguments=["/etc/more"]),
        case("an option of the command", on + weak + "force_local_logins_ssl=NO\n", arguments=["-oforce_local_logins_ssl=YES"]),
    ]


def proftpd():
    load = "ModulePath /usr/lib/proftpd\nLoadModule mod_tls.c\nServerType standalone\nUser proftpd\nGroup nogroup\nPort 21\nRequireValidShell off\nDefaultServer on\nDefaultAddress 10.9.9.9\n"
    key = "TLSRSACertificateFile /etc/tls/c.pem\nTLSRSACertificateKeyFile /etc/tls/k.pem\n"
    end = [End("proftpd", 21, "ftp")]

    def case(name, text, ends=None, files=None):
        return Case(name, {"/etc/proftpd/proftpd.conf": load + text} | (files or {}), ends or end)

    on, weak = "TLSEngine on\n" + key, f"TLSCipherSuite {WEAK}\n"
    return [
        case("off", ""),
        case("on", on),
        case("required", on + "TLSRequired on\n"),
        case("required for data", on + "TLSRequired data\n"),
        case("required for control", on + "TLSRequired ctrl\n"),
        case("required for the login", on + "TLSRequired auth\n"),
        case("versions", on + "TLSProtocol TLSv1 TLSv1.1 TLSv1.2 TLSv1.3\n" + weak),
        case("versions without level", on + "TLSProtocol TLSv1 TLSv1.1 TLSv1.2\n"),
        case("suites alone", on + weak),
        case("all minus", on + "TLSProtocol ALL -TLSv1\n" + weak),
        case("a hole", on + "TLSProtocol TLSv1 TLSv1.3\n" + weak),
        case("in Global", f"<Global>\n{on}TLSRequired on\nTLSProtocol TLSv1.3\n</Global>\n"),
        case("Global is overridden", f"<Global>\n{on}TLSProtocol TLSv1.3\n</Global>\nTLSProtocol TLSv1.2\n"),
        case("Global comes later", f"{on}TLSProtocol TLSv1.2\n<Global>\nTLSProtocol TLSv1.3\n</Global>\n"),
        case("include", "Include /etc/proftpd/tls.conf\n", files={"/etc/proftpd/tls.conf": f"<IfModule mod_tls.c>\n{on}TLSRequired on\n</IfModule>\n<IfModule mod_nothing.c>\nTLSEngine off\n</IfModule>\n"}),
        case("virtual host", on + "TLSRequired on\n<VirtualHost 10.9.9.9>\nPort 2121\n</VirtualHost>\n", end + [End("proftpd 10.9.9.9", 2121, "ftp")]),
        case("virtual host of its own", f"<VirtualHost 10.9.9.9>\nPort 2121\n{on}TLSProtocol TLSv1.3\n</VirtualHost>\n", end + [End("proftpd 10.9.9.9", 2121, "ftp")]),
        case("virtual host inherits Global", f"<Global>\n{on}TLSRequired on\n</Global>\n<VirtualHost 10.9.9.9>\nPort 2121\nTLSRequired off\n</VirtualHost>\n", end + [End("proftpd 10.9.9.9", 2121, "ftp")]),
        case("written twice", on + "TLSProtocol TLSv1.3\nTLSProtocol TLSv1.2\n"),
        case("openssl.cnf is low", on, files=LOW),
        case("openssl.cnf is high", on, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("implicit", on + "TLSOptions UseImplicitSSL\n", [End("proftpd", 21)]),
    ]


def slapd(tree):
    # Debian's changed from GnuTLS to OpenSSL.
    is_open = not version(tree, "slapd").startswith("2.5")
    new = "HIGH:!aNULL" if is_open else "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"
    newest = "ECDHE+AESGCM" if is_open else "SECURE256:-VERS-ALL:+VERS-TLS1.3"
    usual = "DEFAULT" if is_open else "NORMAL"
    weak = WEAK if is_open else "NORMAL:+ANON-ECDH:+ANON-DH"
    middle = "AES128-SHA:AES256-SHA" if is_open else "NORMAL:-VERS-ALL:+VERS-TLS1.2"
    key = "olcTLSCertificateFile: /etc/tls/c.pem\nolcTLSCertificateKeyFile: /etc/tls/k.pem\n"
    both = [End("slapd ldap:389", 389, "ldap"), End("slapd ldaps:636", 636)]
    config = "/etc/ldap/slapd.d/cn=config.ldif"

    def case(name, text, ends=None, files=None, urls="ldap:/// ldaps:///"):
        return Case(name, {config: "+" + text, "/etc/default/slapd": f'SLAPD_USER=openldap\nSLAPD_SERVICES="{urls} ldapi:///"\n'}
                    | (files or {}), ends or both)

    def old(text):
        return {"/etc/ldap/slapd.d": None, "/etc/ldap/slapd.conf": "include /etc/ldap/schema/core.schema\n" + text,
                "/etc/default/slapd": 'SLAPD_CONF=/etc/ldap/slapd.conf\nSLAPD_SERVICES="ldap:/// ldaps:///"\n'}

    tls = "TLSCertificateFile /etc/tls/c.pem\nTLSCertificateKeyFile /etc/tls/k.pem\n"
    return [
        case("without", "", [End("slapd ldap:389", 389, "ldap")], urls="ldap:///"),
        case("certificate", key),
        case("priorities", key + "olcTLSCipherSuite: " + new + "\n"),
        case("priorities, 1.3", key + "olcTLSCipherSuite: " + newest + "\n"),
        case("minimum", key + "olcTLSProtocolMin: 3.3\n"),
        case("minimum 1.3", key + "olcTLSProtocolMin: 3.4\n"),
        case("minimum and priorities", key + "olcTLSProtocolMin: 3.4\nolcTLSCipherSuite: " + usual + "\n"),
        case("security", key + "olcSecurity: ssf=128\n"),
        case("security tls", key + "olcSecurity: tls=1\n"),
        case("security simple_bind", key + "olcSecurity: simple_bind=128\n"),
        case("security 0", key + "olcSecurity: ssf=0\n"),
        case("weak priorities", key + "olcTLSCipherSuite: " + weak + "\n"),
        case("folded line", key + "olcTLSCipherSuite: " + new.replace(":", ":\n ") + "\n"),
        case("gnutls config", key, files={"/etc/gnutls/config": "[overrides]\ndisabled-version = tls1.0\ndisabled-version = tls1.1\n"}),
        case("gnutls default priority", key, files={"/etc/gnutls/config": "[overrides]\ndefault-priority-string = NORMAL:-VERS-TLS1.0\n"}),
        case("slapd.conf", "", files={config: "", **old(tls + "TLSCipherSuite " + middle + "\n")}),
        case("slapd.conf includes", "", files={config: "", **old("include /etc/ldap/tls.conf\n" + tls), "/etc/ldap/tls.conf": "TLSCipherSuite " + middle + "\nsecurity ssf=128\n"}),
        case("slapd.conf continued", "", files={config: "", **old(tls + "TLSCipherSuite\n  " + middle + "\n")}),
    ] + ([
        case("openssl.cnf is high", key + "olcTLSProtocolMin: 3.1\n", files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf is low", key, files=LOW),
        case("minimum of 1.0, suites of every level", key + "olcTLSProtocolMin: 3.1\nolcTLSCipherSuite: " + WEAK + "\n"),
    ] if is_open else [])


def rsyslog():
    end = [End("rsyslog imtcp 6514", 6514)]

    def case(name, text, ends=None, files=None):
        return Case(name, {"/etc/rsyslog.conf": text + "*.* /var/log/all\n"} | (files or {}), ends or end)

    keys = 'global(defaultNetstreamDriver%s defaultNetstreamDriverCAFile="/etc/tls/c.pem" defaultNetstreamDriverCertFile="/etc/tls/c.pem" defaultNetstreamDriverKeyFile="/etc/tls/k.pem")\n'
    gtls, ossl, none = (keys % f'="{name}"' if name else keys.replace("defaultNetstreamDriver%s ", "") for name in ("gtls", "ossl", ""))
    load = 'module(load="imtcp" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"%s)\n'
    listen = 'input(type="imtcp" port="6514")\n'
    return [
        case("clear", 'module(load="imtcp")\n' + listen),
        case("driver without mode", gtls + 'module(load="imtcp")\n' + listen),
        case("gtls", gtls + load % "" + listen),
        case("ossl", ossl + load % "" + listen),
        case("driver of the module", none + load % ' StreamDriver.Name="ossl"' + listen),
        case("driver of the module against the default", gtls + load % ' StreamDriver.Name="ossl"' + listen),
        case("mode of the input", ossl + 'module(load="imtcp")\ninput(type="imtcp" port="6514" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")\n'),
        case("two inputs", ossl + load % "" + listen + 'input(type="imtcp" port="514" StreamDriver.Mode="0")\n', end + [End("rsyslog imtcp 514", 514)]),
        case("older words", "$DefaultNetstreamDriver gtls\n$DefaultNetstreamDriverCAFile /etc/tls/c.pem\n$DefaultNetstreamDriverCertFile /etc/tls/c.pem\n$DefaultNetstreamDriverKeyFile /etc/tls/k.pem\n$ModLoad imtcp\n$InputTCPServerStreamDriverMode 1\n$InputTCPServerStreamDriverAuthMode anon\n$InputTCPServerRun 6514\n"),
        case("ossl, names are checked", ossl + 'module(load="imtcp" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")\n' + listen),
        case("ossl, no mode of authentication", ossl + 'module(load="imtcp" StreamDriver.Mode="1")\n' + listen),
        case("include", '$IncludeConfig /etc/rsyslog.d/*.conf\n', files={"/etc/rsyslog.d/1.conf": ossl + load % "" + listen}),
        case("over lines", ossl + 'module(\n  load="imtcp"\n  StreamDriver.Mode="1"\n  StreamDriver.AuthMode="anon"\n)\n' + listen),
        case("gnutlsPriorityString", ossl + load % ' gnutlsPriorityString="MinProtocol=TLSv1.3"' + listen),
        case("gnutlsPriorityString lowers", ossl + load % ' gnutlsPriorityString="MinProtocol=TLSv1\nCipherString=ALL:@SECLEVEL=0"' + listen),
        case("gtls, gnutlsPriorityString", gtls + load % ' gnutlsPriorityString="NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"' + listen),
        case("ossl, openssl.cnf is low", ossl + load % "" + listen, files=LOW),
        case("ossl, openssl.cnf is high", ossl + load % "" + listen, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("gtls, gnutls config", gtls + load % "" + listen, files={"/etc/gnutls/config": "[overrides]\ndisabled-version = tls1.0\n"}),
    ]


def libvirtd():
    base = 'key_file = "/etc/tls/k.pem"\ncert_file = "/etc/tls/c.pem"\nca_file = "/etc/tls/c.pem"\ntls_no_sanity_certificate = 1\ntls_no_verify_certificate = 1\n'
    units = {f"/etc/systemd/system/{name}.socket": "-> /dev/null" for name in (
        "libvirtd", "libvirtd-ro", "libvirtd-admin", "libvirtd-tcp", "libvirtd-tls")}
    start = {"/etc/default/libvirtd": 'LIBVIRTD_ARGS="--listen"\n'}
    tls, tcp = End("libvirtd tls", 16514), End("libvirtd tcp", 16509)

    def case(name, text, ends=None, files=None):
        return Case(name, units | start | {"/etc/libvirt/libvirtd.conf": base + text} | (files or {}), ends or [tls])

    return [
        case("default", ""),
        case("tcp too", 'listen_tcp = 1\nauth_tcp = "none"\n', [tls, tcp]),
        case("tcp alone", 'listen_tcp = 1\nlisten_tls = 0\nauth_tcp = "none"\n', [tcp]),
        case("priorities", 'tls_priority = "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"\n'),
        case("priorities, 1.3", 'tls_priority="SECURE256:-VERS-ALL:+VERS-TLS1.3" # x\n'),
        case("written twice", 'tls_priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3"\ntls_priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2"\n'),
        case("gnutls config", "", files={"/etc/gnutls/config": "[overrides]\ndisabled-version = tls1.0\n"}),
        case("system priorities", "", files={"/etc/gnutls/config": "[priorities]\nLIBVIRT = NORMAL:-VERS-ALL:+VERS-TLS1.2\nSYSTEM = NORMAL:-VERS-TLS1.0\n"}),
    ]


def exim():
    port, wrapped = End("exim4 smtp 25", 25, "smtp"), End("exim4 smtp 465", 465)
    high = "tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.3\n"
    key = "tls_certificate = /etc/tls/c.pem\ntls_privatekey = /etc/tls/k.pem\n"

    def case(name, text, ends=None, files=None, key=key):
        main = ("primary_hostname = a.example.org\nacl_smtp_rcpt = accept\nkeep_environment =\ndisable_ipv6\n" + key + text)
        return Case(name, {"/etc/exim4/exim4.conf": main} | (files or {}), ends or [port])

    return [
        case("default", ""),
        case("no certificate", "", key=""),
        case("not offered", "tls_advertise_hosts =\n"),
        case("minimum 1.3", high),
        case("inherited from a macro", "MINE = NORMAL:-VERS-ALL:+VERS-TLS1.2\ntls_require_ciphers = MINE\n"),
        case("macro defined anew", "BASE = NORMAL:-VERS-ALL\nMINE = BASE:+VERS-TLS1.2\nBASE == NORMAL\ntls_require_ciphers = MINE\n"),
        case("overridden by a macro", ".ifndef LIST\nLIST = NORMAL:-VERS-TLS1.0:-VERS-TLS1.1\n.endif\ntls_require_ciphers = LIST\n"),
        case("branch that counts not", ".ifdef NOT\n" + high + ".endif\n"),
        case("else", ".ifdef NOT\n.else\n" + high + ".endif\n"),
        case("elifdef of the binary", ".ifdef NOT\n.elifdef _HAVE_GNUTLS\n" + high + ".else\n.endif\n"),
        case("branches in each other", ".ifdef NO\n.ifdef NO\n.else\n" + high + ".endif\n.endif\n"),
        case("include", ".include /etc/exim4/more\n", files={"/etc/exim4/more": high}),
        case("include of nothing", ".include_if_exists /etc/exim4/none\n"),
        case("continued", "tls_require_ciphers = NORMAL:\\\n  # not this\n   -VERS-ALL:\\\n  +VERS-TLS1.3\n"),
        case("quoted", 'tls_require_ciphers = "NORMAL:-VERS-ALL:+VERS-TLS1.2"\n'),
        case("at once", "daemon_smtp_ports = 25 : 465\ntls_on_connect_ports = 465\n" + high, [port, wrapped]),
        case("at once, not offered", "daemon_smtp_ports = 25 : 465\ntls_on_connect_ports = 465\ntls_advertise_hosts =\n", [port, wrapped]),
        case("secure", "tls_require_ciphers = SECURE256\n"),
        case("gnutls config", "", files={"/etc/gnutls/config": "[overrides]\ndisabled-version = tls1.0\n"}),
        case("hide", "hide " + high),
    ]


def bind():
    key = 'cert-file "/etc/tls/c.pem"; key-file "/etc/tls/k.pem";'
    tls, https = End("named tls 853", 853), End("named https 443", 443)
    plain = "listen-on-v6 { none; }; recursion no; "

    def case(name, block, listen, ends=None, files=None):
        main = "tls a { %s %s };\noptions { directory \"/var/cache/bind\"; %s%s };\n" % (key, block, plain, listen)
        return Case(name, {"/etc/bind/named.conf": main} | (files or {}), ends or [tls])

    usual = "listen-on port 853 tls a { any; };"
    other = 'tls b { %s protocols { TLSv1.2; }; ciphers "ALL:eNULL:@SECLEVEL=0"; };\n' % key
    return [
        case("default", "", usual),
        case("1.3 alone", "protocols { TLSv1.3; };", usual),
        case("1.2 alone", "protocols { TLSv1.2; };", usual),
        case("weak suites", 'ciphers "ALL:eNULL:@SECLEVEL=0";', usual),
        case("strong suites", 'ciphers "HIGH:!kRSA:!SHA1:!aNULL:!SHA256:!SHA384";', usual),
        case("usual port", "", "listen-on tls a { any; };"),
        case("ephemeral", "protocols { TLSv1.3; };", "listen-on tls ephemeral { any; };"),
        case("https", "protocols { TLSv1.3; };", "listen-on tls a http default { any; };", [https]),
        case("port of https", "", "https-port 8443; listen-on tls a http default { any; };", [End("named https 8443", 8443)]),
        case("comments", "// protocols { TLSv1.3; };\n/* protocols { TLSv1.3; }; */ # x\n", usual),
        case("include", "", usual + ' include "/etc/bind/more";', [tls, End("named tls 8853", 8853)], {
            "/etc/bind/more": "listen-on port 8853 tls b { any; };\n",
            "/etc/bind/named.conf": 'include "/etc/bind/tls";\noptions { directory "/var/cache/bind"; %s %s include "/etc/bind/more"; };\n' % (plain, usual),
            "/etc/bind/tls": "tls a { %s protocols { TLSv1.3; }; };\n" % key + other}),
        case("openssl.cnf is high", "", usual, files={OPENSSL: system("MinProtocol = TLSv1.3\n")}),
        case("openssl.cnf is low", "", usual, files=LOW),
        case("suites over openssl.cnf", 'ciphers "HIGH:!aNULL";', usual, files={OPENSSL: system("CipherString = ALL:eNULL:@SECLEVEL=0\n")}),
        case("openssl.cnf has weak suites", "", usual, files={OPENSSL: system("CipherString = ALL:eNULL:@SECLEVEL=0\n")}),
    ]


def docker():
    end, clear = End("docker tcp:2376", 2376), End("docker tcp:2375", 2375)
    known = End("docker tcp:2376", 2376, shows_certificate=True)
    key = '"tlscert": "/etc/tls/c.pem", "tlskey": "/etc/tls/k.pem", "tlscacert": "/etc/tls/c.pem"'
    options = ["--tlscert=/etc/tls/c.pem", "--tlskey=/etc/tls/k.pem", "--tlscacert=/etc/tls/c.pem"]
    host = '"hosts": ["tcp://10.9.9.9:2376"]'

    def case(name, settings, ends=None, arguments=(), path="/etc/docker/daemon.json"):
        files = {"/etc/systemd/system/docker.service.d/1.conf": f"[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd {' '.join(arguments)}\n"}
        return Case(name, files | ({path: "{%s}\n" % settings} if settings else {}), ends or [end], list(arguments))

    return [
        case("clear", '"hosts": ["tcp://10.9.9.9:2375"]', [clear]),
        case("tlsverify", f'"tlsverify": true, {host}, {key}', [known]),
        case("tls without tlsverify", f'"tls": true, "tlsverify": false, {host}, {key}'),
        case("tlsverify is false", f'"tlsverify": false, {host}, {key}'),
        case("tls is false", '"tls": false, "hosts": ["tcp://10.9.9.9:2375"]', [clear]),
        case("tls alone asks for a certificate", f'"tls": true, {host}, {key}', [known]),
        case("options", "", [known], ["-H", "tcp://10.9.9.9:2376", "--tlsverify", *options]),
        case("options over nothing", "", [clear], ["--host=tcp://10.9.9.9:2375", "--tls=false"]),
        case("options and file", f'"tlsverify": true, {key}', [known], ["-H=tcp://10.9.9.9:2376"]),
        case("another file", f'"tlsverify": true, {host}, {key}', [known], ["--config-file", "/etc/other.json"], "/etc/other.json"),
        case("no scheme, several hosts", "", [clear, End("docker tcp:2400", 2400)], ["-H", "10.9.9.9:2375", "-H", "tcp://10.9.9.9:2400"]),
        case("no port", f'"tlsverify": true, "hosts": ["tcp://10.9.9.9"], {key}', [End("docker tcp:2375", 2375, shows_certificate=True)]),
        case("short options", "", [End("docker tcp:2376", 2376)], ["-Htcp://10.9.9.9:2376", "--tls", "--tlsverify=false", *options]),
    ]


def cases(daemon, tree):
    """The configurations of a daemon, in the words of the release that a tree holds."""
    function = CASES[daemon]
    return function(tree) if function in OF_A_RELEASE else function()


CASES = {function.__name__: function for function in (
    openssl, nginx, apache2, haproxy, postfix, dovecot, postgresql, mariadb, redis, vsftpd, proftpd, slapd, rsyslog,
    libvirtd, docker, exim, bind)}
OF_A_RELEASE = (dovecot, postgresql, mariadb, vsftpd, slapd)
