"""Writes adamw-reference.json: parameters after steps of torch.optim.AdamW with given gradients.

Needs torch alone: python make_adamw_reference.py > adamw-reference.json
Gradient of parameter j at step s (from 0) is scale[j] * sin(1 + 0.9 * s + 2.1 * j). The first 3 parameters decay.
"""
import json
import math

import torch

SCALE = [1.0, 1e-3, 1e-6, 0.5, 1e-4]
START = [0.3, -0.2, 0.1, 1.0, -1.0]


def main():
    decayed = torch.nn.Parameter(torch.tensor(START[:3]))
    plain = torch.nn.Parameter(torch.tensor(START[3:]))
    optimizer = torch.optim.AdamW(
        [{"params": [decayed], "weight_decay": 0.05}, {"params": [plain], "weight_decay": 0.0}],
        lr=1e-2,
        betas=(0.9, 0.98),
        eps=1e-6,
    )
    after = []
    for s in range(20):
        gradient = torch.tensor([SCALE[j] * math.sin(1 + 0.9 * s + 2.1 * j) for j in range(5)])
        decayed.grad, plain.grad = gradient[:3].clone(), gradient[3:].clone()
        optimizer.step()
        after.append(decayed.tolist() + plain.tolist())
    print(json.dumps({"scale": SCALE, "start": START, "after": after}))


main()
