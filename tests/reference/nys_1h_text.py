"""The pediatric 1-hour specification as printed, spelled out naively: no code of the engine, no table, no cleverness.

Times are minutes as numbers; None is the text's "null". SAS takes a difference with a null for null, and null is less
than every number: `missing <= 1` holds.
"""

from datetime import date, datetime

HOUR = 60


def minute(text):
    """Minutes since the year 1, seconds cut off; None for a blank."""
    if not text:
        return None
    moment = datetime.fromisoformat(text[:16])
    return moment.toordinal() * 24 * 60 + moment.hour * 60 + moment.minute


def not_null_and_at_most_an_hour(later, earlier):
    return later is not None and earlier is not None and later - earlier <= HOUR


def sas_at_most_an_hour(later, earlier):
    return later is None or earlier is None or later - earlier <= HOUR


def eighteen(born, admitted):
    birthday = date(admitted.year, born.month, born.day) if (born.month, born.day) != (2, 29) else None
    if birthday is None:
        leap = admitted.year % 4 == 0 and (admitted.year % 100 != 0 or admitted.year % 400 == 0)
        birthday = date(admitted.year, 2, 29) if leap else date(admitted.year, 3, 1)
    age = admitted.year - born.year if admitted >= birthday else admitted.year - born.year - 1
    return age >= 18


def spec(row, reading):
    """`(status, reason, antibiotics, blood_culture, fluids)` of one row under a reading of the specification."""
    protocol = minute(row["protocol_datetime"])
    known = [minute(row[name]) for name in ("earliest_datetime", "triage_datetime", "admission_datetime") if row[name]]
    admission, discharge = minute(row["admission_datetime"]), minute(row["discharge_datetime"])
    if admission is None or discharge is None or discharge <= admission:
        return ("dropped", "bad_datetime")
    if not row["date_of_birth"]:
        return ("dropped", "no_birth_date")
    if eighteen(date.fromisoformat(row["date_of_birth"]), date.fromisoformat(row["admission_datetime"][:10])):
        return ("excluded", "age")
    earliest = min(known)
    excluded = minute(row["excluded_datetime"])
    one = (
        protocol is not None
        and row["excluded_from_protocol"] == "1"
        and not_null_and_at_most_an_hour(excluded, protocol)
    )
    two = protocol is None and row["excluded_from_protocol"] == "1" and not_null_and_at_most_an_hour(excluded, earliest)
    if one or two:
        return ("excluded", "protocol_exclusion_1h")
    one = protocol is not None and row["discharge_status"] == "20" and not_null_and_at_most_an_hour(discharge, protocol)
    two = protocol is None and row["discharge_status"] == "20" and not_null_and_at_most_an_hour(discharge, earliest)
    if one or two:
        return ("excluded", "expired_1h")
    return ("denominator", None, *numerators(row, protocol, earliest, reading))


def numerators(row, protocol, earliest, reading):
    antibiotics = minute(row["antibiotics_start_datetime"])
    culture = minute(row["blood_cultures_obtained_datetime"])
    fluids = minute(row["fluids_completed_datetime"])
    start = protocol if protocol is not None else earliest
    given = not_null_and_at_most_an_hour(antibiotics, start)
    completed = row["pediatric_fluids"] in ("0", "1", "2") and not_null_and_at_most_an_hour(fluids, start)
    obtained = row["blood_cultures_obtained"] == "1"
    in_order = antibiotics is not None and culture is not None and antibiotics - culture >= 0
    if reading == "literal" and protocol is None:
        drawn = obtained and (
            (in_order and sas_at_most_an_hour(culture, earliest))
            or (culture is None and sas_at_most_an_hour(culture, earliest))
        )
    else:
        drawn = obtained and (
            (in_order and sas_at_most_an_hour(culture, start))
            or (culture is not None and antibiotics is None and sas_at_most_an_hour(culture, start))
        )
    if reading == "bounded":
        given = given and antibiotics >= start
        drawn = drawn and culture >= start
        completed = completed and fluids >= start
    return given, drawn, completed


def public(row):
    """As the report words it, page 10."""
    fault = common_fault(row)
    if fault:
        return fault
    if row["protocol_initiated_in_ed"] != "1":
        return ("not_in_population", "protocol_not_in_ed")
    if row["transfer_in"] == "1" or row["transfer_out"] == "1":
        return ("excluded", "transfer")
    if row["excluded_from_protocol"] == "1":
        return ("excluded", "protocol_exclusion")
    arrivals = [minute(row[name]) for name in ("earliest_datetime", "triage_datetime") if row[name]]
    if not arrivals:
        return ("cannot_assess", "no_time_zero")
    return ("denominator", None, *numerators(row, min(arrivals), None, "intended"))


def trend(row):
    """As the report's figures, page 2 and Figure 5."""
    fault = common_fault(row)
    if fault:
        return fault
    if row["excluded_from_protocol"] == "1" and row["excluded_reason"] == "contraindication":
        return ("excluded", "contraindication")
    protocol = minute(row["protocol_datetime"])
    if row["discharge_status"] == "20" and not_null_and_at_most_an_hour(minute(row["discharge_datetime"]), protocol):
        return ("excluded", "expired_1h")
    if protocol is None:
        return ("cannot_assess", "no_time_zero")
    return ("denominator", None, *numerators(row, protocol, None, "intended"))


def common_fault(row):
    admission, discharge = minute(row["admission_datetime"]), minute(row["discharge_datetime"])
    if admission is None or discharge is None or discharge <= admission:
        return ("dropped", "bad_datetime")
    if not row["date_of_birth"]:
        return ("dropped", "no_birth_date")
    if eighteen(date.fromisoformat(row["date_of_birth"]), date.fromisoformat(row["admission_datetime"][:10])):
        return ("excluded", "age")
    return None
