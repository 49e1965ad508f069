"""What a Brinell report says of the rules of ComplianceAsCode that its checks name in references.ssg."""

import json
import sys

# The worst first: a rule that two checks name is as bad as the worse of them.
ORDER = ["fail", "blocked", "waived", "error", "undecided", "pass", "not_applicable"]
ANSWERED = {"fail", "blocked", "waived", "pass"}


class Verdict:
    """What a report says of one rule."""

    def __init__(self, verdict, check, reason=""):
        self.verdict = verdict
        self.check = check
        self.reason = reason

    @property
    def is_answered(self):
        return self.verdict in ANSWERED

    @property
    def holds(self):
        """Whether the rule is met; only for an answer. A waiver accepts that it is not."""
        return self.verdict == "pass"


def read_json(path):
    """The JSON in a file; ends the program with status 2 if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")


def fail(message):
    """Ends the program: the input is not what it should be."""
    print(f"{sys.argv[0].rsplit('/', 1)[-1]}: {message}", file=sys.stderr)
    sys.exit(2)


def guests(report):
    """Every guest of a report.

    >>> [guest["root"] for guest in guests({"targets": [{"guests": [{"root": "/dev/sda1"}]}, {"error": "x"}]})]
    ['/dev/sda1']
    """
    return [guest for target in report.get("targets", []) for guest in target.get("guests", [])]


def verdicts(report, guest):
    """The verdict of every rule that a check names.

    >>> report = {"checks": [{"id": "a.one", "references": {"ssg": ["r1", "r2"]}},
    ...                      {"id": "a.two", "references": {"ssg": ["r2"]}}, {"id": "a.three", "references": {}}]}
    >>> guest = {"verdicts": [{"check": "a.one", "verdict": "pass"},
    ...                       {"check": "a.two", "verdict": "blocked", "reason": "a.one fails"},
    ...                       {"check": "a.three", "verdict": "fail"}]}
    >>> found = verdicts(report, guest)
    >>> [(rule, found[rule].verdict, found[rule].check, found[rule].reason) for rule in sorted(found)]
    [('r1', 'pass', 'a.one', ''), ('r2', 'blocked', 'a.two', 'a.one fails')]
    """
    rules = {}
    for check in report.get("checks", []):
        names = (check.get("references") or {}).get("ssg") or []
        rules[check["id"]] = [names] if isinstance(names, str) else names
    found = {}
    for entry in guest.get("verdicts", []):
        verdict = Verdict(entry["verdict"], entry["check"], entry.get("reason") or "")
        for rule in rules.get(entry["check"], []):
            known = found.get(rule)
            if known is None or ORDER.index(verdict.verdict) < ORDER.index(known.verdict):
                found[rule] = verdict
    return found


def actual(guest, check):
    """What the findings of a check say, in one line.

    >>> actual({"findings": [{"check": "a", "subject": "x", "actual": "no"}, {"check": "b"}]}, "a")
    'x: no'
    """
    texts = [
        f"{finding.get('subject', '')}: {finding.get('actual', '')}"
        for finding in guest.get("findings", []) if finding.get("check") == check
    ]
    return "; ".join(texts[:3]) + (f"; and {len(texts) - 3} more" if len(texts) > 3 else "")


if __name__ == "__main__":
    import doctest

    sys.exit(1 if doctest.testmod().failed else 0)
