"""Faults on purpose: changed inputs by the thousand, disks that fail, processes that are killed, connections cut.

What runs here at a small count is run at a large one by ``benchmarks/reliability.py``, from the same code.
"""
