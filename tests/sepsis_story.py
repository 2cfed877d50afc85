"""A morning on which severe sepsis presents at 10:00, by a documented infection and its signs."""

SEPSIS = """
    10:00  infection suspected
    10:00  temperature 39.0
    10:00  heart rate 110
    10:00  creatinine 2.4
"""
