"""Time zero of severe sepsis, as `sep1-like/1` words it.

Infection: a timed culture of blood or another sterile site and an intravenous antibacterial given from
24 h before to 72 h after it; it begins with the earlier of the two. A blood culture known by its day only
confirms a dose where every minute of the day would do; the infection then begins with the dose. Time zero:
the first time at which an infection's beginning, two different SIRS criteria and one organ dysfunction lie
within 6 h of each other. Where no infection has its partner, a culture or an antibacterial alone gives a
time zero that is not confirmed. An infection that somebody documents goes before, unless culture and
antibacterial had confirmed a presentation more than 6 h before that of the documented one: that stands.
"""

from reference.mimic3_rows import HOUR


def find_time_zero(stay):
    """The first confirmed presentation, else the first unconfirmed one, and which of them it is."""
    for beginnings, confirmed in zip(infections(stay), (True, False), strict=True):
        found = [at for at in (present(stay, beginning) for beginning in beginnings) if at]
        if found:
            return min(found), confirmed
    return None, False


def find_documented_time_zero(stay, documented):
    """The presentation by an infection documented at a time, or the earlier one that stands; None: there is none."""
    at, (before, confirmed) = present(stay, documented), find_time_zero(stay)
    return before if at and confirmed and at - before > 6 * HOUR else at


def infections(stay):
    """Beginnings of confirmed and of unconfirmed suspected infections."""
    doses = [dose.at for dose in stay.doses]
    pairs = [
        (culture, dose) for culture in stay.cultures for dose in doses if -24 * HOUR <= dose - culture <= 72 * HOUR
    ]
    by_day = {
        dose
        for dose in doses
        for day in stay.culture_days
        if dose - 72 * HOUR <= day and day + 24 * HOUR <= dose + 24 * HOUR
    }
    paired = {at for pair in pairs for at in pair} | by_day
    return {min(pair) for pair in pairs} | by_day, {*stay.cultures, *doses} - paired


def present(stay, beginning):
    """The first time from `beginning` on at which all criteria are met within 6 h of each other; None if never."""
    hits = (beginning, *(at for at, _ in stay.sirs), *stay.dysfunction)
    moments = {at for at in hits if beginning <= at <= beginning + 6 * HOUR}
    return next((now for now in sorted(moments) if complete(stay, now)), None)


def complete(stay, now):
    """Whether SIRS and organ dysfunction of the last 6 h are there."""
    since = now - 6 * HOUR
    criteria = {criterion for at, criterion in stay.sirs if since <= at <= now}
    return len(criteria) >= 2 and any(since <= at <= now for at in stay.dysfunction)
