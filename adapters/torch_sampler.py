"""PyTorch's initialisers: torch.nn.init, and what nn.Linear, nn.Conv2d and nn.ConvTranspose2d draw by themselves.

sqrtn verify --sampler 'python3 adapters/torch_sampler.py'
"""
import torch
from torch import nn

from sampler import serve

DTYPES = {"f32": torch.float32, "f64": torch.float64, "bf16": torch.bfloat16}
INIT = {
    "glorot_normal": nn.init.xavier_normal_,
    "glorot_uniform": nn.init.xavier_uniform_,
    "he_normal": lambda w, mode="fan_in": nn.init.kaiming_normal_(w, mode=mode, nonlinearity="relu"),
    "he_uniform": lambda w, mode="fan_in": nn.init.kaiming_uniform_(w, mode=mode, nonlinearity="relu"),
    "normal": nn.init.normal_,
    "uniform": lambda w: nn.init.uniform_(w, -1, 1),
    "truncated_normal": nn.init.trunc_normal_,
    "orthogonal": nn.init.orthogonal_,
    "identity": nn.init.eye_,
    "dirac": nn.init.dirac_,
}


def default_weight(ask, dtype):
    """Of a fresh layer whose weight has the asked shape."""
    first, second, *kernel = ask["shape"]
    groups = ask["groups"]
    if ask["layer"] == "linear":
        return nn.Linear(second, first, dtype=dtype).weight
    if ask["layer"] == "conv":
        return nn.Conv2d(second * groups, first, kernel, groups=groups, dtype=dtype).weight
    return nn.ConvTranspose2d(first, second * groups, kernel, groups=groups, dtype=dtype).weight


@torch.no_grad()
def draw(ask):
    torch.manual_seed(ask["seed"])
    dtype = DTYPES[ask["dtype"]]
    answer = torch.empty((ask["count"], *ask["shape"]), dtype=dtype)
    options = {"mode": ask["mode"]} if "mode" in ask else {}
    if ask["rule"] == "dirac" and ask["groups"] > 1:
        options["groups"] = ask["groups"]
    if dtype == torch.bfloat16 and ask["rule"] == "orthogonal":
        answer = answer.float()  # there is no QR in bfloat16
    for weight in answer:
        if ask["rule"] == "torch_default":
            weight.copy_(default_weight(ask, dtype))
        else:
            INIT[ask["rule"]](weight, **options)
    return answer.to(dtype).view(torch.uint8).numpy()


serve(draw, program=f"PyTorch {torch.__version__}", rules=["torch_default", *INIT], dtypes=list(DTYPES),
      layouts=["linear", "conv", "grouped_conv", "transposed_conv", "grouped_transposed_conv"],
      modes=["fan_in", "fan_out"])
