"""The window: shows what the read models say, and never decides anything clinical."""
