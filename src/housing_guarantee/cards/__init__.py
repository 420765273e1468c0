"""Proof cards (证明卡) for print: one A4 page a household, for its archive (一户一档)."""
