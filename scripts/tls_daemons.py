"""The daemons that compare-tls starts: their packages, their commands, and how each is asked what it serves."""

import functools
import os
import re
import socket
import struct
import subprocess
import tempfile
import time

ADDRESS, PEER = "10.9.9.9", "10.9.9.8"
VERSIONS = {"TLSv1.0": "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}
CLASSES = ["NULL", "anon", "CBC", "SHA1", "kRSA"]
# Groups as Brinell calls them, and as OpenSSL's client does. Those of finite fields take part in TLS 1.3 alone.
GROUPS = {"x25519": "X25519", "x448": "X448", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
          "secp224r1": "P-224", "secp192r1": "P-192", "secp256k1": "secp256k1", "sect163k1": "sect163k1",
          "brainpoolP256r1": "brainpoolP256r1", "ffdhe2048": "ffdhe2048", "ffdhe8192": "ffdhe8192"}
# Since OpenSSL 3.5, before which the client does not know them.
NEW_GROUPS = {name: name for name in ("X25519MLKEM768", "SecP256r1MLKEM768", "MLKEM768", "brainpoolP256r1tls13")}
TREES = {
    "main": ["openssl", "nginx-light", "apache2", "haproxy", "postfix", "dovecot-imapd", "dovecot-pop3d", "postgresql",
             "mariadb-server", "redis-server", "vsftpd", "slapd", "ldap-utils", "rsyslog", "rsyslog-gnutls",
             "rsyslog-openssl", "libvirt-daemon-system", "ssl-cert", "systemd-sysv"],
    # Debian lets no two FTP or mail servers be installed side by side.
    "second": ["openssl", "proftpd-core", "proftpd-mod-crypto", "exim4-daemon-light", "bind9", "systemd-sysv"],
    "docker": ["openssl", "docker.io", "systemd-sysv"],
}
# A client that takes whatever it is offered, whatever the case writes into openssl.cnf.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OPENSSL_CONF": "/dev/null", "LC_ALL": "C"}


def in_tree(root, *words, **options):
    return subprocess.run(["chroot", root, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=30, env=ENVIRONMENT, **options)


def make_certificates(root, daemon):
    """A certificate that has signed itself, at /etc/tls; the key belongs to who runs the daemon."""
    folder = f"{root}/etc/tls"
    os.makedirs(folder, exist_ok=True)
    in_tree(root, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=compared", "-days", "9",
            "-keyout", "/etc/tls/k.pem", "-out", "/etc/tls/c.pem", "-addext", "subjectAltName=DNS:compared", check=True)
    with open(f"{folder}/ck.pem", "w", encoding="utf-8") as both:
        for name in ("c.pem", "k.pem"):
            with open(f"{folder}/{name}", encoding="utf-8") as part:
                both.write(part.read())
    in_tree(root, "chown", f"{daemon.user}:", "/etc/tls/k.pem", check=True)


class Running:
    """A daemon, started in the tree until the block ends, with all that it starts."""

    def __init__(self, daemon, root, ports, arguments=()):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            # The shell is the first process of the namespace: with it ends whatever the daemon has started, as whatever user.
            ["unshare", "--pid", "--fork", "--kill-child", "bash", "-c", 'chroot "$@"; exit $?', "bash", root,
             *daemon.command, *arguments], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, env={"PATH": ENVIRONMENT["PATH"], "LC_ALL": "C"})
        self.ports = ports
        self.answers = all(self.wait(port) for port in ports)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        for port in self.ports:
            while self.is_open(port):
                time.sleep(0.02)

    def wait(self, port):
        for _ in range(200):
            if self.is_open(port):
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.1)
        return False

    @staticmethod
    def is_open(port):
        try:
            socket.create_connection((ADDRESS, port), timeout=1).close()
            return True
        except OSError:
            return False

    def output(self):
        self.log.seek(0)
        return self.log.read()[-2000:].decode("utf-8", "replace")


def sockets():
    """Where something listens on the network of this namespace, as Brinell writes it; what comes and goes is left out."""
    found = set()
    lines = subprocess.run(["ss", "--no-header", "--listening", "--numeric", "--tcp", "--udp"], check=True,
                           stdout=subprocess.PIPE).stdout.decode().splitlines()
    for line in lines:
        transport, local = line.split()[0], line.split()[4]
        address, port = local.rsplit(":", 1)
        address = address.split("%")[0]
        if address in ("127.0.0.1", "[::1]") or int(port) >= 32768:
            continue
        found.add(f"{transport} {'*' if address in ('0.0.0.0', '[::]', '*') else address}:{port}")
    # Some open every address of every interface for itself.
    for item in sorted(found):
        same = {item.replace(ADDRESS, PEER), item}
        if ADDRESS in item and same <= found:
            found = found - same | {item.replace(ADDRESS, "*")}
    return found


def suites(root):
    """Names of suites by class, as the client's own library lists them."""
    text = in_tree(root, "openssl", "ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").stdout.decode()
    found = {name: [] for name in CLASSES}
    for line in text.splitlines():
        words = line.split()
        exchange, authentication, encryption, mac = (word.split("=", 1)[1] for word in words[2:6])
        if words[1] == "TLSv1.3" or "PSK" in exchange or exchange == "SRP":
            continue
        classes = {
            "NULL": encryption == "None", "anon": authentication == "None", "SHA1": mac == "SHA1",
            "kRSA": exchange == "RSA", "CBC": mac != "AEAD" and encryption != "None"}
        for name, holds in classes.items():
            if holds:
                found[name].append(words[0])
    # A server that has no parameters for DH, and takes the client's order, fails where these come first.
    return {name: sorted(known, key=lambda suite: suite.startswith(("ADH-", "DHE-"))) for name, known in found.items()}


@functools.cache
def groups(root):
    """The groups that the client of a tree knows."""
    words = in_tree(root, "openssl", "version").stdout.decode().split()
    release = [int(part) for part in words[1].split(".")[:2]]
    return GROUPS | (NEW_GROUPS if release >= [3, 5] else {})


def handshake(root, end, version, ciphers, group=None):
    """What the client says of a handshake with a version and one of the suites; None where there is none."""
    words = ["openssl", "s_client", "-connect", f"{end.address}:{end.port}", version, "-cipher", ciphers + ":@SECLEVEL=0"]
    words += ["-groups", group or ":".join(groups(root).values())]
    if end.starttls:
        words += ["-starttls", end.starttls]
    words += ["-servername", end.host] if end.host else ["-noservername"]
    words += ["-cert", "/etc/tls/c.pem", "-key", "/etc/tls/k.pem"] if end.shows_certificate else []
    try:
        text = in_tree(root, "timeout", "5", *words).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return None
    answer = re.search(r"^(?:New|Reused), \S+, Cipher is (\S+)", text, re.M)
    return text if answer is not None and answer[1] != "(NONE)" else None


def exchange(root, end, versions):
    """The groups of GROUPS that are taken one by one, and the bits of the prime for DHE; 0 without DHE."""
    old = max(versions - {"TLSv1.3"}, default=None)

    def takes(group):
        return ("TLSv1.3" in versions and handshake(root, end, "-tls1_3", "ALL", group)
                or old and handshake(root, end, VERSIONS[old], "ECDHE:AECDH", group))

    answer = {"groups": {name for name, group in groups(root).items() if takes(group)}, "dh": 0}
    text = handshake(root, end, VERSIONS[old], "DHE") if old else None
    if text:
        answer["dh"] = int(re.search(r"^(?:Server|Peer) Temp Key: DH, (\d+) bits", text, re.M)[1])
    return answer


class Conversation:
    """Lines sent and received without TLS."""

    def __init__(self, end):
        # Dovecot trusts who comes from the address that it listens on.
        source = ADDRESS if end.address == PEER else PEER
        self.socket = socket.create_connection((end.address, end.port), timeout=4, source_address=(source, 0))

    def ask(self, text, until=b"\n"):
        """Sends a text; the answer up to the mark, or what has come until then."""
        answer = b""
        try:
            self.socket.sendall(text.encode("latin-1"))
            while until not in answer:
                more = self.socket.recv(4096)
                if not more:
                    break
                answer += more
        except OSError:
            pass
        return answer.decode("utf-8", "replace")


class Daemon:
    """One daemon; `plain` tells whether it serves without TLS: true, false, or `redirects`."""
    tree, user, files = "main", "root", {}
    # As the kind `listener` calls it; None where Brinell does not know where it listens.
    listener = None
    # Whether the word for the use of TLS can be told from outside.
    tells_use = True

    def __init__(self, name, command, service=None, folders=(), **changes):
        self.name, self.command, self.service, self.folders = name, command, service or name, folders
        for key, value in changes.items():
            setattr(self, key, value)

    def prepare(self, root):
        for folder, owner in self.folders:
            in_tree(root, "install", "-d", "-o", owner, folder, check=True)

    def ask(self, end, root):
        versions = {name for name, option in VERSIONS.items() if handshake(root, end, option, "ALL:COMPLEMENTOFALL")}
        old = sorted(versions - {"TLSv1.3"})
        classes = {name for name, known in suites(root).items()
                   if any(handshake(root, end, VERSIONS[version], ":".join(known)) for version in old)}
        answer = {"versions": versions, "classes": classes}
        if end.asks_exchange:
            answer |= exchange(root, end, versions)
        plain = self.plain(end, root)
        if self.tells_use and plain is not None:
            answer["use"] = (plain if plain == "redirects" else "always" if not plain else "optional" if versions else "none")
        answer |= self.more(end, root)
        return answer

    def plain(self, end, root):
        return None

    def more(self, end, root):
        return {}


class Web(Daemon):
    def plain(self, end, root):
        text = Conversation(end).ask(f"GET / HTTP/1.0\r\nHost: {end.host or 'x'}\r\n\r\n", b"\r\n\r\n\r\n")
        status = re.match(r"HTTP/\S+ (\d+)", text)
        if not status or "400 Bad Request" in text and ("HTTPS" in text or "SSL" in text):
            return False
        return "redirects" if re.search(r"^location: https://", text, re.M | re.I) else True


class Docker(Web):
    """dockerd, without the bridge and the firewall that it needs for containers."""

    def prepare(self, root):
        for kind, place in (("sysfs", "sys"), ("cgroup2", "sys/fs/cgroup"), ("tmpfs", "run"), ("tmpfs", "var/lib/docker")):
            os.makedirs(f"{root}/{place}", exist_ok=True)
            subprocess.run(["mount", "-t", kind, kind, f"{root}/{place}"], check=True)


class Mail(Daemon):
    def plain(self, end, root):
        talk = Conversation(end)
        if not talk.ask("").startswith("220"):
            return False
        talk.ask("EHLO x\r\n", b"250 ")
        return talk.ask("MAIL FROM:<a@example.org>\r\n").startswith("250")


class Mailbox(Daemon):
    tells_use = False

    def more(self, end, root):
        if not end.starttls:
            return {"secrets": False}
        talk = Conversation(end)
        talk.ask("")
        if end.starttls == "pop3":
            return {"secrets": talk.ask("USER x\r\n").startswith("+OK")}
        # Refused for the password, or for the clear text?
        return {"secrets": "PRIVACYREQUIRED" not in talk.ask("a LOGIN x y\r\n", b"a NO")}


class Files(Daemon):
    def plain(self, end, root):
        talk = Conversation(end)
        if not talk.ask("").startswith("220"):
            return False
        return talk.ask("USER nobody\r\n").startswith("331")


class Directory(Daemon):
    def plain(self, end, root):
        if not end.starttls:
            return False
        answer = in_tree(root, "ldapsearch", "-x", "-LLL", "-H", f"ldap://{ADDRESS}:{end.port}", "-b", "", "-s", "base")
        return answer.returncode != 13


class PostgreSQL(Daemon):
    def plain(self, end, root):
        talk = Conversation(end)
        body = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
        talk.socket.sendall(struct.pack("!I", len(body) + 4) + body)
        return talk.socket.recv(1) == b"R"


class MariaDB(Daemon):
    def plain(self, end, root):
        text = in_tree(root, "mariadb", "--no-defaults", "-h", ADDRESS, "-P", str(end.port), "-u", "probe", "--skip-ssl", "-e",
                       "select 1").stdout.decode()
        # MariaDB 11 says so in words of its own.
        return "Access denied" not in text and "insecure transport" not in text


class Redis(Daemon):
    def plain(self, end, root):
        return Conversation(end).ask("PING\r\n")[:1] in ("+", "-")


class Silent(Daemon):
    """Takes whatever comes; in clear where no version of TLS is there."""

    def plain(self, end, root):
        return not any(handshake(root, end, option, "ALL") for option in VERSIONS.values())


class Server(Daemon):
    """`openssl s_server`, a program that sets nothing of its own but parameters for DHE."""
    tells_use = False

    def ask(self, end, root):
        answer = super().ask(end, root)
        answer.pop("dh", None)
        return answer


def as_user(user, *words):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]


ALL = [
    Server("openssl", ["openssl", "s_server", "-quiet", "-accept", "4433", "-cert", "/etc/tls/c.pem", "-key", "/etc/tls/k.pem"]),
    Web("nginx", ["nginx", "-g", "daemon off;"], listener="nginx"),
    Web("apache2", ["bash", "-c", ". /etc/apache2/envvars; exec apache2 -DFOREGROUND"], listener="apache2",
        folders=[("/run/apache2", "root"), ("/run/lock/apache2", "www-data")]),
    Web("haproxy", ["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"], listener="haproxy",
        folders=[("/run/haproxy", "root")]),
    Mail("postfix", ["postfix", "start-fg"], listener="postfix"),
    Mailbox("dovecot", ["dovecot", "-F"], listener="dovecot"),
    PostgreSQL("postgresql", as_user("postgres", "bash", "-c", "exec /usr/lib/postgresql/*/bin/postgres -D "
               "/var/lib/postgresql/*/main -c config_file=$(echo /etc/postgresql/*/main/postgresql.conf)"),
               user="postgres", listener="postgres", folders=[("/run/postgresql", "postgres")]),
    MariaDB("mariadb", ["mariadbd", "--user=mysql", "--init-file=/etc/tls/probe.sql"], service="mysqld", user="mysql",
            listener="mysqld", folders=[("/run/mysqld", "mysql")], files={"/etc/tls/probe.sql": "CREATE USER IF NOT EXISTS probe@'%';\n"}),
    Redis("redis", ["redis-server", "/etc/redis/redis.conf"], listener="redis-server"),
    Files("vsftpd", ["vsftpd", "/etc/vsftpd.conf", "-obackground=NO"], listener="vsftpd", folders=[("/run/vsftpd/empty", "root")]),
    Files("proftpd", ["proftpd", "-n"], listener="proftpd", tree="second", folders=[("/run/proftpd", "root")]),
    Directory("slapd", ["bash", "-c", '. /etc/default/slapd; exec slapd -d 0 -h "$SLAPD_SERVICES" -u openldap -g openldap '
                        '${SLAPD_CONF:+-f "$SLAPD_CONF"}'], user="openldap", listener="slapd",
              folders=[("/run/slapd", "openldap")]),
    Silent("rsyslog", ["rsyslogd", "-n", "-i", "NONE"], listener="rsyslogd"),
    Silent("libvirtd", ["libvirtd", "--listen"]),
    Docker("docker", ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver=vfs"],
           listener="docker", tree="docker"),
    Mail("exim", ["exim4", "-bdf"], service="exim4", listener="exim4", tree="second", user="Debian-exim"),
    Silent("bind", ["named", "-g", "-u", "bind"], service="named", listener="named", tree="second", user="bind", folders=[("/run/named", "bind")]),
]
