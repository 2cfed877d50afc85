"""The benchmarks host our engine in other people's stream processors, in an environment that has less than ours."""

import re
import subprocess
import sys
from pathlib import Path

import orjson

ROOT = Path(__file__).parents[2]
ASK = """
import importlib.metadata, json, sys
sys.path.insert(0, "benchmarks/real_job")
import hosted
of = importlib.metadata.packages_distributions()
print(json.dumps(sorted({dist.lower() for name in list(sys.modules) for dist in of.get(name.partition(".")[0], ())})))
"""


def locked(file):
    """Names of the distributions that an environment is made of."""
    return {name.lower() for name in re.findall(r"^([\w.-]+)==", (ROOT / file).read_text("utf-8"), re.MULTILINE)}


def test_what_the_hosts_are_given_imports_nothing_that_their_environment_lacks():
    said = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, check=True, capture_output=True).stdout

    imported = set(orjson.loads(said)) & locked("requirements/service.txt")
    assert {"aiokafka", "pydantic"} <= imported
    assert imported <= locked("requirements/peers.txt")
