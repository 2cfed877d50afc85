"""Faust by the batch: an agent is given what was fetched of a partition as one message.

A part by itself: it knows of no topic, record or engine of this project, and any job may be built
on it. `BatchedApp.stage` takes a handler of batches, `BatchedApp.keyed_bytes` makes a table, and
`BatchedApp.producer_of_batches` sends. What a handler has sent and stored when it returns is
acknowledged; only then may the offsets of its records be committed.
"""
