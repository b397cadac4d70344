"""Known vulnerabilities of the locked versions: `python .ci/audit.py LOCK`.

Without a service that knows any (no network, or a mirror that keeps files alone) it says that it
was skipped; pip-audit itself takes such a mirror's "not found" for a clean result.
"""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS = 120  # for all packages; a network that swallows connections must not hold up CI


def main(lock: str) -> int:
    """The exit status: 1 if a locked version has a known vulnerability."""
    audit = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    audit += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        told = subprocess.run(audit, capture_output=True, text=True, timeout=SECONDS)
        packages = json.loads(told.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return _skipped()
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return _skipped()
    found = [(package, flaw) for package in known for flaw in package["vulns"]]
    for package, flaw in found:
        mended = ", ".join(flaw["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    print(f"{len(known)} of {len(packages)} packages audited, {len(found)} vulnerabilities known.")
    return 1 if found else 0


def _skipped() -> int:
    print("The audit was skipped: no service that knows of vulnerabilities can be reached.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
