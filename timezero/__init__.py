"""The door: the command, its settings and the demo; the one package that may import all the others."""
