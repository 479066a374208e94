"""Appendix D's training run in PyTorch, to see how far PyTorch itself is off the
published log on another processor. Prints a line every five steps.

  LLMBOOK_DATA=... python3 cmd/reproduce/testdata/appendix_d.py

Run it in the module's directory: it asks cmd/llm for the ids of the story. Needs
only PyTorch, built without MKL (Debian: python3-torch, libopenblas0-pthread), as
MKL has another stream of random numbers for dropout.
"""
import math, os, subprocess
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

V, T, C, H, L, DROP = 50257, 256, 768, 12, 12, 0.1
EPOCHS, WARMUP, FIRST, PEAK, LAST = 15, 27, 1e-5, 1e-3, 1e-5


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(C)), nn.Parameter(torch.zeros(C))

    def forward(self, x):
        return F.layer_norm(x, (C,), self.weight, self.bias, 1e-5)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(C, C, bias=False) for _ in range(3))
        self.proj, self.drop = nn.Linear(C, C), nn.Dropout(DROP)
        self.register_buffer("future", torch.triu(torch.ones(T, T, dtype=torch.bool), 1))

    def forward(self, x):
        B, n, _ = x.shape
        q, k, v = (f(x).view(B, n, H, C // H).transpose(1, 2) for f in (self.query, self.key, self.value))
        scores = (q @ k.transpose(2, 3)).masked_fill(self.future[:n, :n], -torch.inf)
        weights = self.drop(torch.softmax(scores / math.sqrt(C // H), -1))
        return self.proj((weights @ v).transpose(1, 2).reshape(B, n, C))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.fc, self.out = Attention(), nn.Linear(C, 4 * C), nn.Linear(4 * C, C)
        self.norm1, self.norm2, self.drop = Norm(), Norm(), nn.Dropout(DROP)

    def forward(self, x):
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.out(F.gelu(self.fc(self.norm2(x)), approximate="tanh")))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions, self.drop = nn.Embedding(V, C), nn.Embedding(T, C), nn.Dropout(DROP)
        self.blocks, self.norm = nn.Sequential(*(Block() for _ in range(L))), Norm()
        self.head = nn.Linear(C, V, bias=False)

    def loss(self, batch):
        x, y = batch
        x = self.drop(self.tokens(x) + self.positions(torch.arange(x.shape[1])))
        return F.cross_entropy(self.head(self.norm(self.blocks(x))).flatten(0, 1), y.flatten())


def windows(text):
    out = subprocess.run(["go", "run", "./cmd/llm", "tokens", "encode", "-ids"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    ids = torch.tensor([int(i) for i in out.stdout.split()])
    return [(ids[i:i + T], ids[i + 1:i + T + 1]) for i in range(0, len(ids) - T, T)]


def rate(step):
    if step < WARMUP:
        return FIRST + step * (PEAK - FIRST) / WARMUP
    return LAST + (PEAK - LAST) * (1 + math.cos(math.pi * (step - WARMUP) / (EPOCHS * 9 - WARMUP))) / 2


@torch.no_grad()
def evaluate(model, loader):
    return model.loss(next(iter(loader))).item()


with open(os.path.join(os.environ["LLMBOOK_DATA"], "the-verdict.txt")) as f:
    story = f.read()
cut = int(0.9 * len(story))
train = DataLoader(windows(story[:cut]), batch_size=2, shuffle=True, drop_last=True)
validation = DataLoader(windows(story[cut:]), batch_size=2)
torch.manual_seed(123)
model = GPT()
adamw = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.1)
step = 0
for epoch in range(EPOCHS):
    for batch in train:
        adamw.param_groups[0]["lr"] = rate(step)
        adamw.zero_grad()
        model.loss(batch).backward()
        if step >= WARMUP:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        if step % 5 == 0:
            model.eval()
            print("step %d: %.6f %.6f" % (step, evaluate(model, train), evaluate(model, validation)), flush=True)
            model.train()
        step += 1
