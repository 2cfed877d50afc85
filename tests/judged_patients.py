"""Every rule that ships, and what laws ask of the state and the alerts of a patient."""

from measures_by_rule import by_rule
from scoring.patient_state import PatientState
from scoring.rules import load_rules, rules_of, shipped_measures

OWN_FILES = [by_rule(name) for name in ("abnormal_vitals", "phoenix", "septic_shock")]

RULES = rules_of([*load_rules(shipped_measures()).measures, *OWN_FILES])


def remembered(messages):
    """A state that knows the messages and was never asked."""
    state = PatientState()
    for message in messages:
        state.facts.add(message)
    return state


def last_words(alerts):
    """The last alert of each thread."""
    return {alert.thread_id: alert for alert in alerts}
