"""Severe sepsis as SEP-1 has it: suspected infection, two SIRS criteria and one organ dysfunction within 6 h.

An infection is suspected where somebody says so. Where nobody does: by a culture of blood or another sterile site and
a systemic antibacterial from 24 h before to 72 h after it, from the earlier of the two; either alone opens a case that
lapses after 72 h. A laboratory value counts from its collection. Every comparison is strict.
"""

from fractions import Fraction

from reference.naive_cases import Zero, own_acts
from reference.naive_chart import DAY, HOUR, exact, exactly_timed, last_minute, minute

WITHIN = 6 * HOUR
UNCONFIRMED_FOR = 3 * DAY * 60
"""Seconds that a lonely sign waits for its partner."""

DOCUMENTED = ["infection_suspected", "sepsis_documented"]
SAID_SEVERE = ["severe_sepsis_documented", "septic_shock_documented"]

SIRS = [
    ("temperature", "temperature", lambda value: value > Fraction("38.3") or value < 36),
    ("heart_rate", "heart_rate", lambda value: value > 90),
    ("respiratory_rate", "respiratory_rate", lambda value: value > 20),
    ("white_cells", "wbc", lambda value: value > 12 or value < 4),
    ("white_cells", "bands", lambda value: value > 10),
]
DYSFUNCTION = [
    ("systolic_bp", lambda value: value < 90),
    ("mean_arterial_pressure", lambda value: value < 65),
    ("creatinine", lambda value: value > 2),
    ("bilirubin", lambda value: value > 2),
    ("platelets", lambda value: value < 100),
    ("inr", lambda value: value > Fraction("1.5")),
    ("aptt", lambda value: value > 60),
    ("lactate", lambda value: value > 2),
]


def hits(stay, quantity, calls):
    """When a quantity was measured that meets a criterion; a day does not say."""
    rows = exactly_timed(stay.values(quantity))
    return [row.at for row in rows if row.value is not None and calls(exact(row.value))]


def sirs_hits(stay):
    """Criteria of SIRS with when they are met."""
    return [(criterion, at) for criterion, quantity, calls in SIRS for at in hits(stay, quantity, calls)]


def dysfunction_hits(stay):
    """When organ dysfunction is met; new ventilation is one."""
    measured = [at for quantity, calls in DYSFUNCTION for at in hits(stay, quantity, calls)]
    return measured + [row.at for row in exactly_timed(stay.acts("mechanical_ventilation"))]


def are_partners(culture, dose):
    """Whether an antibacterial lies from 24 h before to 72 h after a culture, whatever minute of its day that was."""
    return minute(dose) >= last_minute(culture) - DAY and minute(dose) <= minute(culture) + 3 * DAY


def surrogates(stay):
    """When infections are suspected by culture and antibacterial, and by one that lacks its partner.

    No infection can be dated by a day; a culture known by its day may still confirm a dose.
    """
    cultures, doses = stay.of("culture", "blood", "sterile"), exactly_timed(stay.antibacterials())
    pairs = [(culture, dose) for culture in cultures for dose in doses if are_partners(culture, dose)]
    confirmed = [dose.at if culture.day_only else min(culture.at, dose.at) for culture, dose in pairs]
    paired = [row for pair in pairs for row in pair]
    lonely = [row for row in [*exactly_timed(cultures), *doses] if not any(row is each for each in paired)]
    return confirmed, [(row.at, row.kind) for row in lonely]


def infections(stay, case):
    """When, in the case's stretch, an infection is suspected: documented, confirmed by culture and dose, and lonely."""
    confirmed, lonely = surrogates(stay)
    documented = [row.at for row in exactly_timed(own_acts(stay, case, *DOCUMENTED))]
    return documented, [at for at in confirmed if case.holds(at)], [each for each in lonely if case.holds(each[0])]


def presentation(stay, case, onsets):
    """When first an onset, two different SIRS criteria and a dysfunction have come, none more than 6 h before."""
    sirs, broken = sirs_hits(stay), dysfunction_hits(stay)
    for now in sorted({*onsets, *broken, *(at for _, at in sirs)}):
        criteria = {criterion for criterion, at in sirs if is_near(at, now)}
        both = any(is_near(at, now) for at in onsets) and any(is_near(at, now) for at in broken)
        if both and len(criteria) >= 2:
            return now if case.holds(now) else None
    return None


def is_near(at, now):
    """Whether something has come by now, and no more than 6 h before, in whole minutes."""
    return at <= now and now // 60 - at // 60 <= WITHIN


def has_lapsed(stay, at):
    """Whether a lonely sign has waited 72 h for its partner."""
    return stay.now is None or stay.now >= at + UNCONFIRMED_FOR


def repeats(at, kind, lapsed):
    """Whether a lonely sign is one more of a kind of which one, with its case, lapsed since."""
    return any(kind == other and at < earlier + UNCONFIRMED_FOR for earlier, other in lapsed)


def provisional(stay, case, lonely):
    """When severe sepsis presents by the lonely signs that still wait; by those that have lapsed."""
    shown = [(at, kind, presentation(stay, case, [at])) for at, kind in sorted(lonely)]
    shown = [each for each in shown if each[2] is not None]
    lapsed = [(at, kind) for at, kind, _ in shown if has_lapsed(stay, at)]
    waiting = [when for at, kind, when in shown if not has_lapsed(stay, at) and not repeats(at, kind, lapsed)]
    return min(waiting, default=None), next((when for at, _, when in shown if (at, _) in lapsed), None)


def confirmed_presentation(stay, case, documented, confirmed):
    """The documented infection's presentation, unless another had been confirmed more than 6 h before it."""
    by_documents, by_surrogate = presentation(stay, case, documented), presentation(stay, case, confirmed)
    if by_documents is None or by_surrogate is None:
        return by_surrogate if by_documents is None else by_documents
    return by_surrogate if by_documents // 60 - by_surrogate // 60 > WITHIN else by_documents


def severe_sepsis(stay, case):
    """Time zero of the case that opens in a stretch; None where none opens.

    Severe sepsis or septic shock that somebody documents before the criteria are met is the presentation.
    """
    documented, confirmed, lonely = infections(stay, case)
    waiting, lapsed = provisional(stay, case, lonely)
    at = confirmed_presentation(stay, case, documented, confirmed)
    said = min((row.at for row in exactly_timed(own_acts(stay, case, *SAID_SEVERE))), default=None)
    if said is not None and (at is None or said < at):
        return Zero(said // 60, second=said)
    at = waiting if at is None else at
    if at is not None:
        return Zero(at // 60, second=at)
    return None if lapsed is None else Zero(lapsed // 60, lapsed=True, second=lapsed)
