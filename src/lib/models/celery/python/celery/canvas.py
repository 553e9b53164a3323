"""Signatures and what is composed of them: not built yet, each says so when it is called."""

from ._missing import absent

__all__ = ("Signature", "chain", "chord", "chunks", "group", "maybe_signature", "signature")

Signature = absent("Signature")
signature = subtask = absent("signature")
maybe_signature = absent("maybe_signature")
chain = absent("chain")
group = absent("group")
chord = absent("chord")
chunks = absent("chunks")
xmap = absent("xmap")
xstarmap = absent("xstarmap")
