"""Configurations of sshd and ssh on which compare-sshd asks them and Brinell."""

from dataclasses import dataclass, field

SERVER, CLIENT = "/etc/ssh/sshd_config", "/etc/ssh/ssh_config"

# Options of both that hold a list of algorithms, each with a name that is weak and one that is not.
ALGORITHMS = {
    "Ciphers": ("aes128-cbc", "aes256-ctr"),
    "MACs": ("hmac-md5", "hmac-sha2-256"),
    "KexAlgorithms": ("diffie-hellman-group1-sha1", "curve25519-sha256"),
    "HostKeyAlgorithms": ("ssh-rsa", "ssh-ed25519"),
    "PubkeyAcceptedAlgorithms": ("ssh-rsa", "rsa-sha2-512"),
}
# Those that sshd takes in a Match block; ssh takes all of them there.
MATCHABLE = {"PubkeyAcceptedAlgorithms"}


@dataclass
class Case:
    """One configuration. Queries lead from the line that Brinell names (None: of no block) to a connection or a host."""
    name: str
    files: dict
    queries: dict = field(default_factory=lambda: {None: {}})
    program: str = "sshd"
    # Options that are not compared here: several blocks hold at once, of which Brinell tells each.
    without: tuple = ()


def server(name, text, queries=None, more=None, without=()):
    return Case(f"sshd: {name}", {SERVER: text} | (more or {}), {None: {}} | (queries or {}), without=without)


def client(name, text, queries=None, more=None):
    return Case(f"ssh: {name}", {CLIENT: text} | (more or {}), {None: "elsewhere.example"} | (queries or {}), "ssh")


def server_algorithms():
    for option, (weak, strong) in ALGORITHMS.items():
        yield server(f"{option} weak", f"{option} {strong},{weak}\n")
        yield server(f"{option} weak, overridden", f"{option} {strong}\n{option} +{weak}\n")
        yield server(f"{option} weak, overrides", f"{option} +{weak}\n{option} {strong}\n")
        yield server(f"{option} weak in an Include", f"Include /etc/ssh/more/*.conf\n{option} {strong}\n",
                     more={"/etc/ssh/more/a.conf": f"{option} ^{weak}\n"})
        yield server(f"{option} weak in an Include too late", f"{option} {strong}\nInclude more/*.conf\n",
                     more={"/etc/ssh/more/a.conf": f"{option} ^{weak}\n"})
        yield server(f"{option} weak in a Match block", f"{option} {strong}\nMatch User bob\n {option} +{weak}\n",
                     {"Match User bob": {"user": "bob"}})
        yield server(f"{option} removed", f"{option} -{strong}\n")
        yield server(f"{option} removed by a pattern", f"{option} -*sha1*,*aes*,*nistp*\n")
        yield server(f"{option} of the wrong case", f"{option.upper()} = \"{strong}\" # {weak}\n")
        yield server(f"{option} unknown", f"{option} {strong},nonsense\n")
        yield server(f"{option} removes what is unknown", f"{option} -nonsense\n")
        yield server(f"{option} without a value", f"{option}\n")
    yield server("key types by a pattern", "HostKeyAlgorithms *\nPubkeyAcceptedAlgorithms rsa-*,ssh-rsa*\n")
    yield server("ciphers by a pattern", "Ciphers aes*\n")


def server_matches():
    yield server("inherited", "")
    yield server("stock", None)
    yield server("Match all", "X11Forwarding no\nMatch all\nX11Forwarding yes\nMaxAuthTries 3\n")
    yield server("Match of several criteria", "MaxAuthTries 2\nMatch User bob Address 10.0.0.0/8\nMaxAuthTries 9\n",
                 {"Match User bob Address 10.0.0.0/8": {"user": "bob", "addr": "10.1.1.1"}})
    yield server("Match that a pattern denies", "PermitRootLogin no\nMatch User *,!root\nPermitTTY no\n",
                 {"Match User *,!root": {"user": "bob"}, None: {"user": "root"}})
    yield server("the first of two blocks", "Match User bob\nBanner /a\nMatch User bob\nBanner /b\n",
                 {"Match User bob": {"user": "bob"}})
    yield server("a block wins over a line before it", "PermitTunnel yes\nMatch Host lab\nPermitTunnel no\n",
                 {"Match Host lab": {"host": "lab"}})
    yield server("an Include in a block", "Match User bob\nInclude more/a.conf\n",
                 {"Match User bob": {"user": "bob"}}, {"/etc/ssh/more/a.conf": "AllowTcpForwarding no\nMatch all\nPermitTTY no\n"})
    yield server("a block ends with its file", "Include more/a.conf\nPermitTTY no\n", {"Match User bob": {"user": "bob"}},
                 {"/etc/ssh/more/a.conf": "Match User bob\nX11Forwarding yes\n"})
    yield server("Match by port", "Match LocalPort 2222\nGatewayPorts yes\n", {"Match LocalPort 2222": {"lport": "2222"}})
    yield server("lists in a block", "AcceptEnv A\nAllowUsers a b\nMatch User bob\nAcceptEnv B\nAllowUsers c\n",
                 {"Match User bob": {"user": "bob"}})
    yield server("a criterion that is unknown", "Match Colour red\nX11Forwarding yes\n")
    yield server("what no block may hold", "Match User bob\nUsePAM no\n")
    yield server("Match all beside others", "Match all User bob\nX11Forwarding yes\n")


def server_values():
    yield server("the first counts", "PermitRootLogin no\nPermitRootLogin yes\nLoginGraceTime 1m30s\nLoginGraceTime 5\n")
    yield server("MaxStartups", "MaxStartups 5\nMaxStartups 10:20:30\n")
    yield server("lists add up", "AllowUsers a b\nAllowUsers c\nAcceptEnv X\nAcceptEnv Y Z\nPort 22\nPort 2222\n")
    yield server("old names", "ChallengeResponseAuthentication no\nPubkeyAcceptedKeyTypes ssh-ed25519\nKeepAlive no\n")
    yield server("quotes and signs", "Banner=\"/etc/a b\"\nPermitRootLogin  =  no\n\tX11Forwarding\tno # why\nPermitTTY \"no\"\n")
    yield server("carriage returns", "PermitRootLogin no\r\nX11Forwarding yes\r\n")
    yield server("words of other programs", "Compression delayed\nAllowTcpForwarding all\nLogLevel DEBUG\n")
    yield server("capitals", "permitrootlogin NO\nUSEPAM Yes\n")
    yield server("several methods", "AuthenticationMethods publickey,password publickey\nAuthorizedKeysFile a b\n")
    yield server("numbers", "ClientAliveInterval 5m\nClientAliveCountMax 0\nMaxSessions 2\nRequiredRSASize 3072\n")
    yield server("none", "ForceCommand none\nChrootDirectory none\nBanner none\n")
    for line in ("PermitRootLogin maybe", "Nonsense yes", "PermitRootLogin", "X11Forwarding no yes", "Banner \"/a",
                 "MaxStartups 0:30:10", "LoginGraceTime x", "ClientAliveInterval -1", "PermitRootLogin no extra"):
        yield server(f"refused: {line}", line + "\n")
    yield server("includes without end", "Include /etc/ssh/sshd_config\n")
    yield server("an Include of nothing", "Include /etc/ssh/absent/*.conf\nPermitRootLogin no\n")
    yield server("Include in the order of names", "Include more/*\n", more={
        "/etc/ssh/more/b": "MaxAuthTries 2\n", "/etc/ssh/more/a": "MaxAuthTries 1\n", "/etc/ssh/more/.c": "MaxSessions 1\n"})
    yield server("two patterns in an Include", "Include more/b more/a\n", more={
        "/etc/ssh/more/b": "MaxAuthTries 2\n", "/etc/ssh/more/a": "MaxAuthTries 1\n"})


def client_algorithms():
    for option, (weak, strong) in ALGORITHMS.items():
        yield client(f"{option} weak", f"{option} {strong},{weak}\n")
        yield client(f"{option} weak, overridden", f"{option} {strong}\nHost *\n {option} +{weak}\n")
        yield client(f"{option} weak, overrides", f"Host *\n {option} +{weak}\n{option} {strong}\n")
        yield client(f"{option} weak in an Include", f"Include more/*.conf\n{option} {strong}\n",
                     more={"/etc/ssh/more/a.conf": f"{option} ^{weak}\n"})
        yield client(f"{option} weak for a host", f"Host lab\n {option} {weak}\nHost *\n {option} {strong}\n",
                     {"Host lab": "lab"})
        yield client(f"{option} weak for a host too late", f"{option} {strong}\nHost lab\n {option} {weak}\n",
                     {"Host lab": "lab"})
        yield client(f"{option} removed by a pattern", f"{option} -*sha1*,*aes*,*nistp*\n")
        yield client(f"{option} unknown", f"{option} {strong},nonsense\n")


def client_matches():
    yield client("inherited", "")
    yield client("stock", None)
    yield client("two patterns", "Host lab *.test\n Compression yes\n ForwardAgent yes\n", {"Host lab *.test": "a.test"})
    yield client("a pattern that denies", "Host * !lab\n ForwardX11 yes\n",
                 {"Host * !lab": "elsewhere.example", None: "lab"})
    yield client("Match", "Match host lab\n ForwardX11 yes\nMatch all\n BatchMode yes\n", {"Match host lab": "lab"})
    yield client("an Include in a block", "Host lab\n Include more/a.conf\nHost *\n StrictHostKeyChecking yes\n",
                 {"Host lab": "lab"}, {"/etc/ssh/more/a.conf": "StrictHostKeyChecking no\n"})
    yield client("a block ends with its file", "Include more/a.conf\nForwardAgent yes\n", {"Host lab": "lab"},
                 {"/etc/ssh/more/a.conf": "Host lab\n BatchMode yes\n"})
    yield client("the words of yes", "StrictHostKeyChecking off\nForwardAgent true\nHashKnownHosts yes\n")
    yield client("quotes and signs", "StrictHostKeyChecking=\"no\"\nPort = 2222 # why\nServerAliveInterval 2m\n")
    yield client("lists add up", "SendEnv A B\nSendEnv C\n")
    for line in ("StrictHostKeyChecking maybe", "Nonsense yes", "Port", "Ciphers", "BatchMode no yes", "Host"):
        yield client(f"refused: {line}", line + "\n")
    yield client("includes without end", "Include /etc/ssh/ssh_config\n")


def cases():
    for group in (server_matches, server_values, server_algorithms, client_matches, client_algorithms):
        yield from group()
