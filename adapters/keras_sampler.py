"""Keras's initialisers, keras.initializers, with its kernels' axes: k… × in × out.

KERAS_BACKEND=jax sqrtn verify --sampler 'python3 adapters/keras_sampler.py'
"""
import keras
import numpy as np
from keras import initializers

from sampler import serve

INIT = {
    "lecun_normal": lambda seed: initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal", seed),
    "lecun_uniform": lambda seed: initializers.LecunUniform(seed),
    "glorot_normal": lambda seed: initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal", seed),
    "glorot_uniform": lambda seed: initializers.GlorotUniform(seed),
    "he_normal": lambda seed, mode="fan_in": initializers.VarianceScaling(2.0, mode, "untruncated_normal", seed),
    "he_uniform": lambda seed, mode="fan_in": initializers.VarianceScaling(2.0, mode, "uniform", seed),
    "variance_scaling": lambda seed: initializers.LecunNormal(seed),  # cut at two deviations
    "normal": lambda seed: initializers.RandomNormal(0.0, 1.0, seed),
    "uniform": lambda seed: initializers.RandomUniform(-1.0, 1.0, seed),
    "truncated_normal": lambda seed: initializers.TruncatedNormal(0.0, 1.0, seed),
    "orthogonal": lambda seed: initializers.Orthogonal(1.0, seed),
    "identity": lambda seed: initializers.Identity(),
}


def draw(ask):
    shape = ask["shape"]
    rank = len(shape)
    # Theirs: k… × in × out; the question's: out × in × k….
    theirs = tuple(reversed(shape)) if rank <= 2 else (*shape[2:], shape[1], shape[0])
    back = tuple(reversed(range(rank))) if rank <= 2 else (rank - 1, rank - 2, *range(rank - 2))
    options = {"mode": ask["mode"]} if "mode" in ask else {}
    # An initialiser with a seed gives one tensor for ever; a generator of seeds gives each its own.
    init = INIT[ask["rule"]](keras.random.SeedGenerator(ask["seed"]), **options)
    answer = np.empty((ask["count"], *shape), np.float32)
    for weight in answer:
        weight[...] = np.asarray(init(theirs, "float32")).transpose(back)
    return answer


serve(draw, program=f"Keras {keras.__version__} on {keras.backend.backend()}", rules=list(INIT), dtypes=["f32"],
      layouts=["linear", "conv", "grouped_conv"], modes=["fan_in", "fan_out", "fan_avg"])
