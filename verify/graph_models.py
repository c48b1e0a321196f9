"""Five networks of real depth and small widths as .onnx files: graph_models.py FOLDER.

Needs onnx (pip install onnx). The weights are drawn with a fixed seed; graph-bands also draws them anew, for which
what scales a branch, 1/sqrt(2L), stands in the graph and not in a weight.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20


class Graph:
    """Nodes in the order in which they are added; each of its methods returns the name of a value."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.random = np.random.default_rng(1)

    def constant(self, value, dtype=np.float32):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def integers(self, *values):
        return self.constant(values, np.int64)

    def normal(self, *shape, variance):
        return self.constant(np.sqrt(variance) * self.random.standard_normal(shape))

    def add(self, op, *inputs, outputs=1, **attributes):
        names = [f"{op.lower()}_{len(self.nodes)}_{i}" for i in range(outputs)]
        name = f"/{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **attributes))
        return names[0] if outputs == 1 else names

    def save(self, path, output, shape, kind=TensorProto.FLOAT):
        self.nodes.append(helper.make_node("Identity", [output], ["y"], name="/output"))
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info("x", kind, shape)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            self.weights,
        )
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9), path)

    # Layers

    def convolution(self, x, channels_in, channels, kernel, stride=1, pad=None):
        weight = self.normal(channels, channels_in, kernel, kernel, variance=2 / (channels_in * kernel * kernel))
        pads = [kernel // 2 if pad is None else pad] * 4
        return self.add("Conv", x, weight, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=pads)

    def batch_norm(self, x, channels):
        ones, zeros = np.ones(channels), np.zeros(channels)
        return self.add("BatchNormalization", x, *map(self.constant, (ones, zeros, zeros, ones)))

    def layer_norm(self, x, width):
        return self.add("LayerNormalization", x, self.constant(np.ones(width)), self.constant(np.zeros(width)), axis=-1)

    def linear(self, x, width_in, width):
        product = self.add("MatMul", x, self.normal(width_in, width, variance=1 / width_in))
        return self.add("Add", product, self.constant(np.zeros(width)))

    def mlp(self, x, width, inner):
        return self.linear(self.add("Gelu", self.linear(x, width, inner)), inner, width)

    def heads(self, x, n_heads, size, order):
        return self.add("Transpose", self.add("Reshape", x, self.integers(0, 0, n_heads, size)), perm=order)

    def attention(self, x, width, n_heads, mask=None):
        size = width // n_heads
        queries, keys, values = self.add(
            "Split", self.linear(x, width, 3 * width), self.integers(width, width, width), outputs=3, axis=2
        )
        queries, values = (self.heads(part, n_heads, size, [0, 2, 1, 3]) for part in (queries, values))
        scores = self.add("MatMul", queries, self.heads(keys, n_heads, size, [0, 2, 3, 1]))
        scores = self.add("Div", scores, self.constant(np.sqrt(size)))
        if mask is not None:
            scores = self.add("Where", mask, self.constant(-np.inf), scores)
        mixed = self.add("MatMul", self.add("Softmax", scores, axis=-1), values)
        mixed = self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self.integers(0, 0, width))
        return self.linear(mixed, width, width)

    def transformer_block(self, x, width, n_heads, mask=None, scale=None):
        """Norms before both branches; `scale` multiplies each."""
        for branch in ("attention", "mlp"):
            y = self.layer_norm(x, width)
            y = self.attention(y, width, n_heads, mask) if branch == "attention" else self.mlp(y, width, 4 * width)
            x = self.add("Add", x, y if scale is None else self.add("Mul", y, self.constant(scale)))
        return x

    def patches(self, side, patch, width):
        """1 × tokens × width, of images of 3 channels."""
        x = self.convolution("x", 3, width, patch, stride=patch, pad=0)
        x = self.add("Reshape", x, self.integers(0, width, (side // patch) ** 2))
        return self.add("Transpose", x, perm=[0, 2, 1])


def resnet50(path, base=8, side=64):
    """3, 4, 6 and 3 bottleneck blocks, batch norm after each convolution. Source: He and others, CVPR 2016."""
    g = Graph()
    x = g.add("Relu", g.batch_norm(g.convolution("x", 3, base, 7, stride=2), base))
    x = g.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels_in = base
    for stage, blocks in enumerate((3, 4, 6, 3)):
        inner = base << stage
        channels = 4 * inner
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            y = g.add("Relu", g.batch_norm(g.convolution(x, channels_in, inner, 1), inner))
            y = g.add("Relu", g.batch_norm(g.convolution(y, inner, inner, 3, stride), inner))
            y = g.batch_norm(g.convolution(y, inner, channels, 1), channels)
            if block == 0:
                x = g.batch_norm(g.convolution(x, channels_in, channels, 1, stride), channels)
            x = g.add("Relu", g.add("Add", x, y))
            channels_in = channels
    x = g.add("Flatten", g.add("GlobalAveragePool", x))
    g.save(path, g.linear(x, channels_in, 10), [2, 3, side, side])


def gpt2(path, blocks=48, width=32, n_heads=4, tokens=16, vocabulary=256):
    """Causal pre-norm blocks, each branch times 1/sqrt(2·blocks), embeddings tied to the readout. Source: GPT-2."""
    g = Graph()
    table = g.normal(vocabulary, width, variance=1)
    x = g.add("Add", g.add("Gather", table, "x"), g.normal(1, tokens, width, variance=1))
    future = g.constant(np.triu(np.ones((tokens, tokens)), 1), np.bool_)
    for _ in range(blocks):
        x = g.transformer_block(x, width, n_heads, future, scale=1 / np.sqrt(2 * blocks))
    logits = g.add("MatMul", g.layer_norm(x, width), g.add("Transpose", table, perm=[1, 0]))
    g.save(path, logits, [1, tokens], TensorProto.INT64)


def vit(path, blocks=12, width=48, n_heads=4, side=32, patch=8):
    """A class token before the patches, pre-norm blocks. Source: Dosovitskiy and others, ICLR 2021."""
    g = Graph()
    x = g.add("Concat", g.normal(1, 1, width, variance=1), g.patches(side, patch, width), axis=1)
    x = g.add("Add", x, g.normal(1, (side // patch) ** 2 + 1, width, variance=0.02**2))
    for _ in range(blocks):
        x = g.transformer_block(x, width, n_heads)
    x = g.add("Gather", g.layer_norm(x, width), g.constant(0, np.int64), axis=1)
    g.save(path, g.linear(x, width, 10), [1, 3, side, side])


def mixer(path, blocks=8, width=48, side=32, patch=8):
    """MLPs over tokens and over channels in turn. Source: Tolstikhin and others, NeurIPS 2021."""
    g = Graph()
    tokens = (side // patch) ** 2
    x = g.patches(side, patch, width)
    for _ in range(blocks):
        y = g.add("Transpose", g.layer_norm(x, width), perm=[0, 2, 1])
        x = g.add("Add", x, g.add("Transpose", g.mlp(y, tokens, 2 * tokens), perm=[0, 2, 1]))
        x = g.add("Add", x, g.mlp(g.layer_norm(x, width), width, 4 * width))
    x = g.add("ReduceMean", g.layer_norm(x, width), g.integers(1), keepdims=0)
    g.save(path, g.linear(x, width, 10), [1, 3, side, side])


def unet(path, base=8, levels=4, side=32):
    """Two convolutions a level, pooled on the way down, transposed ones up. Source: Ronneberger and others, 2015."""
    g = Graph()

    def two_convolutions(x, channels_in, channels):
        for n in (channels_in, channels):
            x = g.add("Relu", g.convolution(x, n, channels, 3))
        return x

    skips, x, channels_in = [], "x", 3
    for level in range(levels):
        x = two_convolutions(x, channels_in, base << level)
        skips.append(x)
        x = g.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
        channels_in = base << level
    x = two_convolutions(x, channels_in, base << levels)
    for level in reversed(range(levels)):
        channels = base << level
        weight = g.normal(2 * channels, channels, 2, 2, variance=1 / (2 * channels))
        x = g.add("ConvTranspose", x, weight, kernel_shape=[2, 2], strides=[2, 2])
        x = two_convolutions(g.add("Concat", skips[level], x, axis=1), 2 * channels, channels)
    g.save(path, g.convolution(x, base, 1, 1), [1, 3, side, side])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for network in (resnet50, gpt2, vit, mixer, unet):
        network(folder / f"{network.__name__}.onnx")


main()
