"""Short stories as raw messages: `10:00 protocol_started; 11:00:59 dose ceftriaxone; 10:05 fluid 200 until 10:40`.

A day other than 2 March 2015 stands before the time: `03-01 09:00 culture`; `day 03-01 dose ceftriaxone` knows no more.
Minutes are those of UTC.
"""

UNITS = {
    "weight": "kg", "systolic_bp": "mmHg", "mean_arterial_pressure": "mmHg", "temperature": "Cel", "heart_rate": "/min",
    "respiratory_rate": "/min", "spo2": "%",
}  # fmt: skip
STEPS = ["arrive", "triage", "admit", "discharge", "died", "transfer_in", "transfer_out"]
ADULT, CHILD = "1950-06-01", "2008-06-01"


def instant(words):
    """The time that a line begins with, and the words after it."""
    if words[0] == "day":
        return f"2015-{words[1]}", words[2:]
    day, rest = (words[0], words[1:]) if "-" in words[0] else ("03-02", words)
    return at(rest[0], day), rest[1:]


def at(clock, day="03-02"):
    """A clock time as sent."""
    return f"2015-{day}T{clock if clock.count(':') == 2 else clock + ':00'}+00:00"


def body_of(time, word, rest):
    """What a line says, as fields of a raw message."""
    match word:
        case "dose":
            return {"schema": "raw.medication/1", "started_at": time, "code": rest[0], "route": (rest[1:] or ["iv"])[0]}
        case "culture":
            return {"schema": "raw.lab/1", "collected_at": time, "code": (rest or ["blood_culture"])[0]}
        case "fluid":
            return fluid(time, rest)
        case "lactate":
            value = {} if rest[0] == "?" else {"value": float(rest[0])}
            resulted = {"resulted_at": at(rest[2])} if "resulted" in rest else {}
            return {"schema": "raw.lab/1", "collected_at": time, "code": "lactate", "unit": "mmol/L"} | value | resulted
        case _ if word in UNITS:
            charted = {"recorded_at": at(rest[2])} if "charted" in rest else {}
            value = {"value": float(rest[0]), "unit": UNITS[word]}
            return {"schema": "raw.vitals/1", "measured_at": time, "code": word} | value | charted
        case _ if word in STEPS:
            status = {"discharge_status": rest[0]} if rest else {}
            return {"schema": "raw.adt/1", "happened_at": time, "event": word} | status
        case _:
            value = {"value": float(rest[0])} if rest and rest[0][0].isdigit() else {}
            reason = {"reason": rest[0]} if rest and not value else {}
            return {"schema": "raw.act/1", "happened_at": time, "act": word} | value | reason


def fluid(time, rest):
    """`200 until 10:40 of bag1`: a part of an infusion."""
    fields = {"schema": "raw.medication/1", "started_at": time, "code": "lactated_ringers", "route": "iv"}
    ended = {"completed_at": at(rest[2])} if "until" in rest else {}
    hung = {"infusion_id": rest[rest.index("of") + 1]} if "of" in rest else {}
    return fields | {"volume": float(rest[0]), "volume_unit": "mL"} | ended | hung


def tell(story, born=CHILD, encounter="E1"):
    """The raw messages of a story about one patient."""
    who = {"schema": "raw.adt/1", "event": "register", **({"birth_date": born} if born else {})}
    bodies = [who]
    for line in filter(None, (part.strip() for part in story.split(";"))):
        time, words = instant(line.split())
        bodies.append(body_of(time, words[0], words[1:]))
    return [
        {
            "message_id": f"m{place}", "fact_id": f"f{place}", "facility_id": "F1", "patient_id": "P1",
            "encounter_id": encounter, "recorded_at": "2015-07-30T00:00:00+00:00",
            "received_at": "2015-07-30T00:00:00+00:00", "source": source_of(body),
            **({"code_system": "name"} if "code" in body else {}), **body,
        }
        for place, body in enumerate(bodies)
    ]  # fmt: skip


def source_of(body):
    """A day is sent by a source whose zone is declared."""
    return "simulated" if any(len(str(body.get(name))) == 10 for name in ("started_at", "collected_at")) else "default"
