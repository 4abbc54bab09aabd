#!/usr/bin/python3
"""Ten steps of each optimiser by PyTorch (1.13, double precision): the numbers of optimiser_test.cpp.

Three weights and two biases; the biases learn at half the rate and do not decay. The gradients follow the parameters, so a mistake grows.
"""
import torch

RATE = 0.1


def gradient(t, i, p):
    return ((t * 7 + i * 5) % 11 - 5) / 4 + 0.5 * p


def run(make):
    weights = torch.tensor([0.5, -1.25, 2.0], dtype=torch.float64, requires_grad=True)
    biases = torch.tensor([0.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimiser = make([{"params": [weights]}, {"params": [biases], "lr": RATE / 2, "weight_decay": 0.0}])
    for t in range(1, 11):
        for values, first in ((weights, 0), (biases, 3)):
            values.grad = torch.tensor([gradient(t, first + k, float(v)) for k, v in enumerate(values)], dtype=torch.float64)
        optimiser.step()
    return [float(v) for v in torch.cat([weights, biases])]


for name, make in {
    "adam": lambda groups: torch.optim.Adam(groups, lr=RATE),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=RATE),
    "sgd": lambda groups: torch.optim.SGD(groups, lr=RATE, momentum=0.9),
    "sgd, weight_decay 0.1": lambda groups: torch.optim.SGD(groups, lr=RATE, momentum=0.9, weight_decay=0.1),
    "rmsprop": lambda groups: torch.optim.RMSprop(groups, lr=RATE),
    "rmsprop, weight_decay 0.1": lambda groups: torch.optim.RMSprop(groups, lr=RATE, weight_decay=0.1),
}.items():
    print(name, "{" + ", ".join(f"{v:.15f}" for v in run(make)) + "}")
