"""What the library costs and how often it is right: `make bench`, or one file by `python -m benchmarks.rules.bench_step`."""
