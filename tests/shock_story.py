"""A morning on which septic shock begins, of an adult and of a child, for the tests of what bears on a case."""

SHOCK = """
    07:00    born 1950-01-01
    08:00    admitted
    09:00    weight 70 kg
    09:10    lactate 5.1
    09:20    heart rate 120
    09:20    respiratory rate 30
    09:20    systolic bp 80
    09:30    systolic bp 82
    09:40    blood culture
    09:50    ceftriaxone iv
"""

CHILD = SHOCK.replace("1950-01-01", "2020-01-01").replace(
    "08:00    admitted", "08:00    arrived\n08:30    protocol started"
)
