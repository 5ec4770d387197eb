# Exports a ResNet-50 without its classifier as PyTorch does: `resnet.py OUT.onnx BATCH`. Random weights: only time counts.
import sys

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        layers = []
        for size, here, out, step in ((1, inputs, width, 1), (3, width, width, stride), (1, width, 4 * width, 1)):
            layers += [nn.Conv2d(here, out, size, step, size // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        self.body = nn.Sequential(*layers[:-1])
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != 4 * width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, depth in enumerate((3, 4, 6, 3)):
        for place in range(depth):
            layers.append(Block(inputs, 64 * 2**stage, 2 if place == 0 and stage > 0 else 1))
            inputs = 256 * 2**stage
    return nn.Sequential(*layers).eval()


out, batch = sys.argv[1], int(sys.argv[2])
torch.onnx.export(
    resnet50(), torch.zeros(batch, 3, 224, 224), out, input_names=["frames"], output_names=["features"], opset_version=13
)
