"""The story files of `tests/spec/stories`: one a measure, a test and a page of the reference at once.

How they are written stands in `tests/spec/stories/README.md`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from schemas.verdict import Element
from scoring.measure import Measure
from scoring.rules import load_rules, shipped_measures
from storyteller import alert_line, clock_text, play

FOLDER = Path(__file__).parent / "spec" / "stories"
SITUATIONS = ("met", "late", "missed", "uncharted", "not_applicable", "excluded", "corrected")
CANNOT_OCCUR = "What cannot occur"

ALERT = re.compile(r"\d\d:\d\d\S* [a-z ]+: (?P<what>[^,]+)")
LIST_LINE = re.compile(r"- (?:shows: (?P<shows>.+)|worked: (?P<worked>.+))")
CLAIM = re.compile(
    r"(?P<subject>case|time zero|silent|[a-z0-9_]+?)(?: (?P<time>due|closes|settles|done))?(?: of (?P<case>\S+))?"
    r": (?P<value>.+)"
)


@dataclass(frozen=True)
class Passage:
    """Lines of a story, and what is claimed once they were told."""

    told: tuple[str, ...]
    claimed: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """One story of a measure: its title is a sentence.

    Attributes:
        shows: Elements and situations, as pairs.
        worked: The arithmetic, of a case worked by hand.
        number: Which story below its title it is, from 1.
    """

    measure: str
    title: str
    shows: frozenset
    worked: str | None
    passages: tuple[Passage, ...]
    number: int = 1

    @property
    def name(self):
        """What a test run calls it."""
        return f"{self.measure}: {self.title}" + (f" ({self.number})" if self.number > 1 else "")


@dataclass(frozen=True)
class StoryFile:
    """All stories of one measure, and which situations its elements do not have, with the reason."""

    measure: str
    text: str
    stories: tuple[Story, ...]
    cannot_occur: dict

    @property
    def shown(self):
        """Titles of the stories that show a situation of an element."""
        found = {}
        for story in self.stories:
            for pair in story.shows:
                found.setdefault(pair, {})[story.title] = None
        return found

    @property
    def worked(self):
        """The arithmetic of the cases worked by hand, by their titles."""
        return {story.title: story.worked for story in self.stories if story.worked}


def file_name(measure):
    """The file, and the page, of a measure."""
    return f"{measure.replace('/', '--')}.md"


def measure_of(measure) -> Measure:
    """The rules of one measure."""
    return load_rules([measure]).measures[0]


def elements_of(measure):
    """The elements that its stories have to show."""
    return [*map(str, measure_of(measure).elements), str(Element.BUNDLE)]


def story_files():
    """Every story file that is there, in the order of the measures."""
    return [read_story_file(measure) for measure in shipped_measures() if (FOLDER / file_name(measure)).is_file()]


def read_story_file(measure, folder=FOLDER):
    """The stories of one measure; none where it has no file yet."""
    path = folder / file_name(measure)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    stories, cannot_occur = [], {}
    for section in re.split(r"^#+ ", text, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        if title == CANNOT_OCCUR:
            cannot_occur = _cannot_occur(body)
        else:
            stories += _stories(measure, title.strip(), body)
    return StoryFile(measure, text, tuple(stories), cannot_occur)


def _stories(measure, title, body):
    lists = [LIST_LINE.fullmatch(line) for line in body.splitlines() if line.startswith("- ")]
    shows = frozenset(pair for line in lists if line and line["shows"] for pair in _pairs(line["shows"]))
    worked = next((line["worked"] for line in lists if line and line["worked"]), None)
    blocks = re.findall(r"^```story\n(.*?)^```$", body, flags=re.MULTILINE | re.DOTALL)
    return [
        Story(measure, title, shows, worked, tuple(_passages(block)), number)
        for number, block in enumerate(blocks, start=1)
    ]


def _pairs(text):
    """`antibiotics, fluids late; bundle missed` as pairs of element and situation."""
    for part in text.split(";"):
        words = part.replace(",", " ").split()
        situations = [word for word in words if word in SITUATIONS]
        elements = [word for word in words if word not in SITUATIONS]
        if not situations or not elements:
            message = f"an element and a situation are needed: {part!r}; situations are {', '.join(SITUATIONS)}"
            raise ValueError(message)
        yield from ((element, situation) for element in elements for situation in situations)


def _cannot_occur(body):
    lines = [line[2:].partition(": ") for line in body.splitlines() if line.startswith("- ")]
    return {pair: reason for said, _, reason in lines for pair in _pairs(said)}


def _passages(block):
    told, claimed = [], []
    for line in (line.strip() for line in block.splitlines() if line.strip()):
        if ": " not in line:
            if claimed:
                yield Passage(tuple(told), tuple(claimed))
                told, claimed = [], []
            told.append(line)
        else:
            claimed.append(line)
    yield Passage(tuple(told), tuple(claimed))


def play_passages(story):
    """Each passage with what had come of the story by its end, and which alerts are new in it."""
    told, heard = [], 0
    for passage in story.passages:
        told += passage.told
        so_far = play(story.measure, "\n".join(told))
        yield passage, so_far, so_far.alerts[heard:]
        heard = len(so_far.alerts)


def claimed(passage):
    """What a passage claims: one entry a line, and one for all alerts of one element."""
    alerts = {}
    for line in passage.claimed:
        if found := ALERT.fullmatch(line.partition(", ")[0]):
            alerts.setdefault(found["what"], []).append(line)
    return [line for line in passage.claimed if not ALERT.match(line)] + list(alerts.values())


def as_it_is(passage, told, new_alerts):
    """What `claimed` would be, were every line of the passage true."""
    lines = list(map(alert_line, new_alerts))
    subjects = {ALERT.match(line)["what"]: None for line in passage.claimed if ALERT.match(line)}
    truths = [_truth(CLAIM.fullmatch(line), told, lines) for line in passage.claimed if not ALERT.match(line)]
    return truths + [[line for line in lines if ALERT.match(line)["what"] == subject] for subject in subjects]


def _truth(claim, told, lines):
    subject, case_id = claim["subject"], claim["case"] or "E1"
    if subject == "silent":
        said = [line for line in lines if claim["value"] in {"all", ALERT.match(line)["what"].replace(" ", "_")}]
        return "; ".join(said) or claim[0]
    return f"{claim[0].removesuffix(claim['value'])}{_value(claim, subject, case_id, told)}"


def _value(claim, subject, case_id, told):
    if not any(record.case_id == case_id for record in told.records.values()):
        return "none"
    if subject == "case":
        return told.status(case_id)
    if subject == "time zero":
        return _time(told.case(case_id).time_zero)
    if subject == "groups":
        return ", ".join(told.case(case_id).strata) or "none"
    if claim["time"]:
        return _time(getattr(told.element(subject, case_id), f"{claim['time']}_at"))
    return told.stands(subject, case_id)


def _time(at):
    return "none" if at is None else clock_text(at)
