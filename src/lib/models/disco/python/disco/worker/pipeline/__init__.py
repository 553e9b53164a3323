"""Pipelines of stages that the learner writes."""
