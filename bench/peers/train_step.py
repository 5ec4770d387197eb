"""PyTorch's time for one training step of the full-size head, the peer of bench/trainStep.ts.

Written from METHOD's equations as one would write them for speed in PyTorch: the ConvLSTM's input part
is one batched convolution over all frames, the rest is unrolled; Adam is PyTorch's own.
    python3 train_step.py --videos 2 --frames 20 --attention pooled --repeats 5
"""
import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
import torch.nn.functional as F

C, GRID, MASK, START, D, WIDTH, E, KERNEL, K = 2048, 7, (1024, 512), 1024, 512, 512, 256, 3, 51


def conv3(a, b):
    return nn.Conv2d(a, b, 3, padding=1, bias=False)


class Spatial(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            conv3(C, MASK[0]), nn.BatchNorm2d(MASK[0]), nn.ReLU(),
            conv3(MASK[0], MASK[1]), nn.BatchNorm2d(MASK[1]), nn.ReLU(),
            conv3(MASK[1], 1), nn.Sigmoid())

    def forward(self, x):  # [B,C,h,w]
        mask = self.net(x)
        return mask, x * mask


class ConvLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.input = conv3(C, 4 * D)
        self.hidden = nn.Conv2d(D, 4 * D, 3, padding=1)

    def step(self, part, state):
        gates = part + (self.hidden(state[0]) if state else self.hidden.bias[:, None, None])
        i, f, o, g = gates.chunk(4, 1)
        cell = torch.sigmoid(i) * torch.tanh(g)
        if state:
            cell = torch.sigmoid(f) * state[1] + cell
        return torch.sigmoid(o) * torch.tanh(cell), cell


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.spatial, self.lstm = Spatial(), ConvLstm()
        self.score, self.classifier = nn.Linear(D, 1), nn.Linear(D, K)

    def forward(self, x):  # [N,n,C,h,w]
        N, n = x.shape[:2]
        mask, xm = self.spatial(x.flatten(0, 1))
        parts = self.lstm.input(xm).unflatten(0, (N, n)).unbind(1)
        state, pooled = None, []
        for part in parts:
            state = self.lstm.step(part, state)
            pooled.append(state[0].mean((2, 3)))
        h = torch.stack(pooled, 1)  # [N,n,D]
        w = self.score(h).squeeze(2).softmax(1)[:, None]  # [N,1,n]
        return self.classifier((w @ h).squeeze(1)), w, mask.view(N, n, GRID, GRID)


class Recurrent(nn.Module):
    """Score tanh."""

    def __init__(self):
        super().__init__()
        self.spatial, self.lstm, self.classifier = Spatial(), ConvLstm(), nn.Linear(D, K)
        self.start = nn.ModuleList(
            nn.Sequential(conv3(C, START), nn.BatchNorm2d(START), nn.ReLU(), conv3(START, D), nn.BatchNorm2d(D), nn.ReLU())
            for _ in range(2))
        self.frame, self.state, self.out = nn.Linear(C, WIDTH), nn.Linear(D, WIDTH, bias=False), nn.Linear(WIDTH, 1, bias=False)

    def forward(self, x):
        N, n = x.shape[:2]
        mask, xm = self.spatial(x.flatten(0, 1))
        parts = self.lstm.input(xm).view(N, n, -1)  # [N,n,4D*h*w]
        xm = xm.unflatten(0, (N, n))
        mean = xm.mean(1)
        state = tuple(net(mean) for net in self.start)
        frame = self.frame(xm.mean((3, 4)))  # [N,n,WIDTH]
        pooled, weights = [], []
        for _ in range(n):
            energy = self.out(torch.tanh(frame + self.state(state[0].mean((2, 3)))[:, None])).squeeze(2)
            w = energy.softmax(1)[:, None]
            state = self.lstm.step((w @ parts).view(N, 4 * D, GRID, GRID), state)
            pooled.append(state[0].mean((2, 3)))
            weights.append(w)
        return self.classifier(torch.stack(pooled, 1).mean(1)), torch.cat(weights, 1), mask.view(N, n, GRID, GRID)


class Joint(nn.Module):
    def __init__(self, context):
        super().__init__()
        self.context_form = context
        self.context = nn.Conv1d(C, D, KERNEL, padding=KERNEL // 2)
        self.tanh, self.gate, self.out, self.classifier = nn.Linear(D, E), nn.Linear(D, E), nn.Linear(E, 1, bias=False), nn.Linear(D, K)

    def project(self, x):  # [N,n,C,h,w] -> [N,n*h*w,D]
        N, n = x.shape[:2]
        weight, bias = self.context.weight, self.context.bias
        if self.context_form == "conv1d":
            z = F.conv1d(x.permute(0, 3, 4, 2, 1).reshape(-1, C, n), weight, bias, padding=1)
            return z.view(N, GRID * GRID, D, n).permute(0, 3, 1, 2).reshape(N, -1, D)
        if self.context_form == "conv3d":
            z = F.conv3d(x.transpose(1, 2), weight[..., None, None], bias, padding=(1, 0, 0))
            return z.permute(0, 2, 3, 4, 1).reshape(N, -1, D)
        if self.context_form == "conv2d":
            z = F.conv2d(x.flatten(3).transpose(1, 2), weight[..., None], bias, padding=(1, 0))
            return z.permute(0, 2, 3, 1).reshape(N, -1, D)
        places = F.pad(x.flatten(3).transpose(2, 3), (0, 0, 0, 0, 1, 1))  # [N,n+2,h*w,C]
        z = sum(places[:, k:k + n].reshape(-1, C) @ weight[:, :, k].t() for k in range(KERNEL)) + bias
        return z.view(N, -1, D)

    def forward(self, x):
        N, n = x.shape[:2]
        z = torch.relu(self.project(x))
        energy = self.out(torch.tanh(self.tanh(z)) * torch.sigmoid(self.gate(z))).squeeze(2)  # [N,n*h*w]
        alpha = energy.softmax(1)
        logits = (alpha[:, None] @ self.classifier(z)).squeeze(1)
        alpha = alpha.view(N, n, -1)
        w = alpha.sum(2)
        return logits, w[:, None], (alpha / w[..., None]).view(N, n, GRID, GRID)


def loss_of(logits, weights, masks, labels, contrast):
    tv = (masks[:, :, 1:] - masks[:, :, :-1]).abs().sum((1, 2, 3)) + (masks[..., 1:] - masks[..., :-1]).abs().sum((1, 2, 3))
    hinge = torch.relu(weights[..., :-2] * weights[..., 2:] - weights[..., 1:-1] ** 2).sum((1, 2))
    loss = F.cross_entropy(logits, labels) + 3e-4 * tv.mean() + hinge.mean()
    if contrast:
        sign = 0.5 - (masks.detach() > 0.5).float()
        loss = loss + 1e-4 * (masks * sign).sum((1, 2, 3)).mean()
    return loss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=2)
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--attention", choices=["pooled", "recurrent-tanh", "joint"], default="pooled")
    parser.add_argument("--context", choices=["conv1d", "conv2d", "conv3d", "matmul"], default="conv2d")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--foreach", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    model = {"pooled": Pooled, "recurrent-tanh": Recurrent, "joint": lambda: Joint(args.context)}[args.attention]()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, weight_decay=1e-4, foreach=args.foreach)
    x = torch.randn(args.videos, args.frames, C, GRID, GRID).relu()
    labels = torch.randint(K, (args.videos,))
    times = []
    for step in range(args.repeats + 1):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss_of(*model(x), labels, args.attention != "joint").backward()
        optimizer.step()
        if step > 0:  # the first one allocates
            times.append((time.perf_counter() - started) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"milliseconds": round(statistics.median(times), 1), "peakMegabytes": round(peak)}))


if __name__ == "__main__":
    main()
