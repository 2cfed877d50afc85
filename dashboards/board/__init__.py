"""The live board: a web page over server-sent events, and the metrics of the same picture."""
