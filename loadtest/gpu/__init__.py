"""The parts of `loadtest.gpu_bench`: model shapes, text bounds, clients, figures, device, report."""
