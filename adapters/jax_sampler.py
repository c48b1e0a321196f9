"""JAX's initialisers, jax.nn.initializers, with its weights' axes: k… × in × out.

sqrtn verify --sampler 'python3 adapters/jax_sampler.py'
"""
import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import initializers

from sampler import serve

jax.config.update("jax_enable_x64", True)
DTYPES = {"f32": jnp.float32, "f64": jnp.float64, "bf16": jnp.bfloat16}
MODES = {"fan_in": "fan_in", "fan_out": "fan_out", "fan_avg": "fan_avg"}
INIT = {
    "lecun_normal": lambda: initializers.variance_scaling(1, "fan_in", "normal"),  # its lecun_normal is a cut one
    "lecun_uniform": initializers.lecun_uniform,
    "glorot_normal": lambda: initializers.variance_scaling(1, "fan_avg", "normal"),
    "glorot_uniform": initializers.glorot_uniform,
    "he_normal": lambda mode="fan_in": initializers.variance_scaling(2, mode, "normal"),
    "he_uniform": lambda mode="fan_in": initializers.variance_scaling(2, mode, "uniform"),
    "variance_scaling": initializers.lecun_normal,
    "orthogonal": initializers.orthogonal,
    "delta_orthogonal": initializers.delta_orthogonal,
    "normal": lambda: lambda key, shape, dtype: jax.random.normal(key, shape, dtype),
    "uniform": lambda: lambda key, shape, dtype: jax.random.uniform(key, shape, dtype, -1, 1),
    "truncated_normal": lambda: lambda key, shape, dtype: jax.random.truncated_normal(key, -2, 2, shape, dtype),
    "bits": lambda: lambda key, shape, dtype: jax.random.bits(key, shape, dtype),
}
compiled = {}


def draw(ask):
    dtype = DTYPES.get(ask["dtype"], jnp.uint32)
    shape = ask["shape"]
    rank = len(shape)
    kind = (ask["rule"], ask.get("mode"), tuple(shape), ask["dtype"])
    if kind not in compiled:
        init = INIT[ask["rule"]](**({"mode": ask["mode"]} if "mode" in ask else {}))
        # Theirs: k… × in × out; the question's: out × in × k….
        theirs = tuple(reversed(shape)) if rank <= 2 else (*shape[2:], shape[1], shape[0])
        back = tuple(reversed(range(rank))) if rank <= 2 else (rank - 1, rank - 2, *range(rank - 2))
        compiled[kind] = jax.jit(lambda key: jnp.transpose(init(key, theirs, dtype), back))
    keys = jax.random.split(jax.random.key(ask["seed"]), ask["count"])
    return np.stack([np.asarray(compiled[kind](key)) for key in keys]).view(np.uint8)


serve(draw, program=f"JAX {jax.__version__}", rules=list(INIT), dtypes=list(DTYPES),
      layouts=["linear", "conv", "grouped_conv"], modes=list(MODES))
