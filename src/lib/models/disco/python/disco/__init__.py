"""Disco: MapReduce over a cluster. The engine is written in TypeScript (../engine.ts)."""

__version__ = "0.5.4"
