"""Benchmarks and load tests: `python -m loadtest.bench_hit_path`, and so on."""
