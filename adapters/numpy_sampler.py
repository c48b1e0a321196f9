"""Initialisers written with NumPy's Generator, for `sqrtn verify --sampler 'python3 adapters/numpy_sampler.py'`."""
import math

import numpy as np

from sampler import serve

VARIANCE = {  # of a weight with these fans, before a gain
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
    "glorot": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
}


def fans(shape, layer, groups):
    """Terms of one output, outputs of one input."""
    area = math.prod(shape[2:])
    per_group = shape[0] // groups
    if layer == "transposed_conv":
        return per_group * area, shape[1] * area
    return shape[1] * area, per_group * area


def draw(ask):
    generator = np.random.default_rng(ask["seed"])
    shape = (ask["count"], *ask["shape"])
    dtype = {"f32": np.float32, "f64": np.float64, "u32": np.uint32}[ask["dtype"]]
    rule = ask["rule"]
    if rule == "bits":
        return generator.integers(0, 2**32, shape, dtype)
    if rule == "normal":
        return generator.standard_normal(shape, dtype)
    if rule == "uniform":
        return 2 * generator.random(shape, dtype) - 1
    family, law = rule.split("_")
    fan_in, fan_out = fans(ask["shape"], ask["layer"], ask["groups"])
    if "mode" in ask:  # of he_uniform: another fan
        fan_in = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[ask["mode"]]
    stddev = math.sqrt(VARIANCE[family](fan_in, fan_out))
    if law == "normal":
        return dtype(stddev) * generator.standard_normal(shape, dtype)
    return dtype(math.sqrt(3) * stddev) * (2 * generator.random(shape, dtype) - 1)


serve(draw, program=f"NumPy {np.__version__}", dtypes=["f32", "f64"],
      rules=["bits", "normal", "uniform", *(f"{family}_{law}" for family in VARIANCE for law in ("normal", "uniform"))],
      layouts=["linear", "packed_linear", "conv", "grouped_conv", "transposed_conv", "grouped_transposed_conv"],
      modes=["fan_in", "fan_out", "fan_avg"])
