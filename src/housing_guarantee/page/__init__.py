"""``report.html``: one file that opens from a USB stick, without a network, and shows everything that a run found."""
