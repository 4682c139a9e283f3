"""Reads the log, the decisions in it, and what stands behind them."""
