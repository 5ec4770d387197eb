"""Features of clips by OpenCV and PyTorch with the weights of the same ONNX file: what `wherewhen extract` is timed beside.

    python3 bench/peers/extract.py --clips DIR --network googlenet.onnx --frames 16 --threads 1 [--batch 8]

Debian's packages python3-opencv, python3-torch and python3-onnx. BVLC GoogLeNet; frames at floor(N / n) * i, scaled to 224 x
224, BGR less the mean of ImageNet (preprocessing `caffe`); the scales `features_14` and `features`, float16, one file a clip.
Prints JSON: clips, frames, wall and processor seconds, starting included.
"""
import argparse
import json
import os
import tempfile
import time

import cv2
import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

MEAN = torch.tensor([103.939, 116.779, 123.68]).reshape(1, 3, 1, 1)


class GoogLeNet:
    """Both scales of frames [B, 3, 224, 224]."""

    def __init__(self, file):
        graph = onnx.load(file).graph
        stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        stored.update({n.output[0]: stored[n.input[0]] for n in graph.node if n.op_type == "Cast" and n.input[0] in stored})
        self.weights = {
            name: torch.from_numpy(value.astype(numpy.float32)) for name, value in stored.items() if name.startswith("ops.")
        }

    def conv(self, x, name, **sizes):
        return F.relu_(F.conv2d(x, self.weights[f"ops.{name}.weight"], self.weights[f"ops.{name}.bias"], **sizes))

    def pool(self, x):
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    def inception(self, x, name):
        conv = lambda y, part, **sizes: self.conv(y, f"inception_{name}_{part}", **sizes)
        return torch.cat(
            [
                conv(x, "1x1"),
                conv(conv(x, "3x3_reduce"), "3x3", padding=1),
                conv(conv(x, "5x5_reduce"), "5x5", padding=2),
                conv(F.max_pool2d(x, 3, 1, padding=1, ceil_mode=True), "pool_proj"),
            ],
            1,
        )

    def __call__(self, x):
        x = self.pool(self.conv(x, "conv1_7x7_s2", stride=2, padding=3))
        x = self.conv(F.local_response_norm(x, 5), "conv2_3x3_reduce")
        x = self.pool(F.local_response_norm(self.conv(x, "conv2_3x3", padding=1), 5))
        x = self.pool(self.inception(self.inception(x, "3a"), "3b"))
        for name in ("4a", "4b", "4c", "4d", "4e"):
            x = self.inception(x, name)
        return x, self.inception(self.inception(self.pool(x), "5a"), "5b")


def frames_of(file, count):
    """Frames floor(N / n) * i, decoded one after another up to the last that is asked for."""
    video = cv2.VideoCapture(file)
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = {total // count * i for i in range(count)}
    found = []
    for at in range(max(wanted) + 1):
        if not video.grab():
            break
        if at in wanted:
            found.append(cv2.resize(video.retrieve()[1], (224, 224)))
    return torch.from_numpy(numpy.stack(found)).permute(0, 3, 1, 2).float() - MEAN


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--clips", required=True)
    options.add_argument("--network", required=True)
    options.add_argument("--frames", type=int, default=16)
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--threads", type=int, default=1)
    asked = options.parse_args()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    network = GoogLeNet(asked.network)
    clips = sorted(os.path.join(at, one) for at, _, files in os.walk(asked.clips) for one in files if one.endswith((".avi", ".mp4")))
    with torch.no_grad(), tempfile.TemporaryDirectory() as out:
        for clip in clips:
            parts = [network(batch.contiguous()) for batch in frames_of(clip, asked.frames).split(asked.batch)]
            scales = {f"scale{i}": torch.cat(scale).half().numpy() for i, scale in enumerate(zip(*parts))}
            numpy.savez(os.path.join(out, os.path.basename(clip)), **scales)
    print(
        json.dumps(
            {
                "clips": len(clips),
                "frames": len(clips) * asked.frames,
                "wallSeconds": round(time.time() - START, 2),
                "processorSeconds": round(time.process_time(), 2),
            }
        )
    )


START = time.time()
if __name__ == "__main__":
    main()
