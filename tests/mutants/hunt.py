"""The hunt: pytest collects once, then every mutant meets, in a process of its own, the tests that reach its line."""

import gc
import os
import signal
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType

import pytest
from _pytest.tmpdir import tmppath_result_key
from coverage import Coverage

from kept_readings import alive, caches_of_ours, forget_what_was_read
from scoring.rules import load_rules, shipped_measures

KILLED, SURVIVED, UNREACHED = "killed", "survived", "unreached"
READING = "reading"
SECONDS_A_TEST = 1
SECONDS_MORE = 60


@dataclass
class Hunt:
    """A pytest plugin that runs no test for its own sake.

    Attributes:
        mutants: What is hunted.
        at_most: How many seconds of tests a mutant must outlive to survive; None: all that reach it.
        on_outcome: Told of every mutant, and what became of it.
    """

    mutants: list
    at_most: float | None
    on_outcome: object
    killers: dict = field(default_factory=lambda: defaultdict(list))
    running: dict = field(default_factory=dict)

    def pytest_runtestloop(self, session):
        """Map the tests to lines, then hunt: as many mutants at once as there are processors."""
        self.reach = Reach(session.items)
        self.functions = {
            (each.__code__.co_filename, each.__code__.co_firstlineno): each for each in alive(FunctionType)
        }
        self.caches = caches_of_ours()  # once frozen, they are found no more
        forget_what_was_read(self.caches)  # what tests had worked out of it, a mutant must work out again
        load_rules(shipped_measures())
        gc.freeze()
        for mutant in self.mutants:
            self._hunt(mutant)
        while self.running:
            self._wait()
        return True

    def _hunt(self, mutant):
        tests = self._tests_to_meet(mutant)
        if not tests:
            self.on_outcome(mutant, UNREACHED)
            return
        while len(self.running) >= (os.cpu_count() or 1):
            self._wait()
        function = self.functions[mutant.path, mutant.starts]
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            status = 1
            try:
                os.write(writer, self._killer(mutant, function, tests))
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        self.running[pid] = mutant, tests, reader

    def _tests_to_meet(self, mutant):
        """Those that killed its siblings first, for they know the function; then the quickest."""
        reaching = self.reach.tests(mutant)
        first = [test for test in self.killers[mutant.name] if test in reaching]
        return self.reach.within(dict.fromkeys([*first, *reaching]), self.at_most)

    def _wait(self):
        """Until one mutant has met its tests; one that hung, or could not even be made, has ended otherwise."""
        pid, status = os.wait()
        mutant, tests, reader = self.running.pop(pid)
        with os.fdopen(reader, "rb") as answer:
            killer = answer.read()
        if killer:
            self.killers[mutant.name].insert(0, tests[int(killer)])
        self.on_outcome(mutant, KILLED if killer or status else SURVIVED)

    def _killer(self, mutant, function, tests):
        """In the child: the place of the first test that fails, nothing where all pass."""
        signal.setitimer(signal.ITIMER_PROF, SECONDS_MORE + SECONDS_A_TEST * len(tests))
        mutant.take_effect(function)
        if self.reach.is_read_once(mutant):
            forget_what_was_read(self.caches)
        return next((str(place).encode() for place, test in enumerate(tests) if fails(test)), b"")


class Reach:
    """Which tests run which lines of `scoring/`, and how long they take."""

    def __init__(self, items):
        """Run every test once; one that fails without any mutant needs what is not here, and is left out."""
        self.items, self.seconds, self.left_out = items, {}, []
        coverage = Coverage(data_file=None, config_file=False, source=["scoring"])
        coverage.start()
        coverage.switch_context(READING)
        forget_what_was_read(caches_of_ours())
        load_rules(shipped_measures())
        for place, item in enumerate(items):
            coverage.switch_context(str(place))
            began = time.process_time()
            if fails(item):
                self.left_out.append(item.nodeid)
            else:
                self.seconds[item] = time.process_time() - began
        coverage.stop()
        data = coverage.get_data()
        self.lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}

    def is_read_once(self, mutant):
        """Whether the line runs when the rules are read, which is kept: a mutant of it could be hidden."""
        return READING in self._contexts(mutant)

    def tests(self, mutant):
        """The tests that reach its line, those of its own file first, then each file's quickest before any second.

        Of what is read once, all may.
        """
        reaching = (
            self.items if self.is_read_once(mutant) else [self.items[int(each)] for each in self._contexts(mutant)]
        )
        own, turns, order = f"test_{Path(mutant.path).stem}", Counter(), {}
        for test in sorted((each for each in reaching if each in self.seconds), key=self.seconds.__getitem__):
            turns[test.path] += 1
            order[test] = 0 if test.path.stem == own else turns[test.path]
        return dict.fromkeys(sorted(order, key=order.__getitem__))

    def within(self, tests, seconds):
        """As many of the tests, from the first on, as take so long together."""
        left, chosen = seconds, []
        for test in tests:
            if left is not None:
                left -= self.seconds[test]
                if left < 0:
                    break
            chosen.append(test)
        return chosen

    def _contexts(self, mutant):
        return [each for each in self.lines.get(mutant.path, {}).get(mutant.line, ()) if each]


def fails(item):
    """Whether one test fails; what it set up is taken down."""
    state = item.session._setupstate  # noqa: SLF001 no public way runs one test twice
    try:
        item._initrequest()  # noqa: SLF001
        state.setup(item)
        item.runtest()
    except pytest.skip.Exception:
        return False
    except BaseException:  # noqa: BLE001 a test that cannot even exit has noticed the mutant
        return True
    finally:
        item.stash.setdefault(tmppath_result_key, {})
        state.teardown_exact(None)
    return False
