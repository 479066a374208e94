"""PyTorch at the work of this book's GPT-2, as fast as it goes on a CPU.

    python3 torch_gpt2.py train 124M|small BATCH LENGTH STEPS
    python3 torch_gpt2.py decode PROMPT TOKENS

Random weights and tokens. Each prints one line, RESULT and a JSON object. Debian
has PyTorch as python3-torch.
"""
import json
import os
import resource
import statistics
import sys
import time

# As installed, PyTorch runs at half this speed: the C library returns every large
# tensor to the system and gets it back page by page, and OpenMP's threads, while
# they wait, spin where others work. Both are read when a process starts.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": str(8 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
}
if any(os.environ.get(k) != v for k, v in TUNED.items()):
    os.environ.update(TUNED)
    os.execv(sys.executable, [sys.executable] + sys.argv)

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count())))
torch.manual_seed(1)

# vocabulary, context, width, heads, layers
MODELS = {"124M": (50257, 1024, 768, 12, 12), "small": (4096, 256, 384, 6, 6)}


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def attend(self, x, hidden, past):
        batch, length, width = x.shape
        parts = self.attn(x).split(width, dim=2)
        q, k, v = (p.view(batch, length, self.heads, -1).transpose(1, 2) for p in parts)
        if past is not None:
            if past:
                k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
            past[:] = k, v
        if hasattr(F, "scaled_dot_product_attention"):  # from 2.0 on
            y = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1)
        else:
            scores = q @ k.transpose(2, 3) * (self.heads / width) ** 0.5
            if length > 1:
                scores = scores.masked_fill(hidden[:length, :length], float("-inf"))
            y = scores.softmax(3) @ v
        return self.proj(y.transpose(1, 2).reshape(batch, length, width))

    def forward(self, x, hidden, past=None):
        x = x + self.attend(self.norm1(x), hidden, past)
        return x + self.narrow(F.gelu(self.wide(self.norm2(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.vocab, context, width, heads, layers = MODELS[name]
        self.tokens, self.positions = nn.Embedding(self.vocab, width), nn.Embedding(context, width)
        for table in (self.tokens, self.positions):
            nn.init.normal_(table.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("hidden", torch.ones(context, context).triu(1).bool())

    def forward(self, ids, past=None):
        start = past[0][0].shape[2] if past and past[0] else 0
        x = self.tokens(ids) + self.positions(torch.arange(start, start + ids.shape[1]))
        for i, layer in enumerate(self.layers):
            x = layer(x, self.hidden, None if past is None else past[i])
        if past is not None:
            x = x[:, -1:]  # the next token needs no other logits
        return F.linear(self.norm(x), self.tokens.weight)


def result(**numbers):
    numbers["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    numbers["version"] = torch.__version__
    print("RESULT", json.dumps(numbers), flush=True)


def optimizer(model):
    try:
        return torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.1, fused=True)
    except (TypeError, RuntimeError):  # older ones have no such loop for CPUs
        return torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.1)


def train(name, batch, length, steps):
    model = Model(name)
    adamw = optimizer(model)
    seconds = []
    for _ in range(1 + steps):  # the first warms up
        ids = torch.randint(model.vocab, (2, batch, length))
        start = time.perf_counter()
        loss = F.cross_entropy(model(ids[0]).view(-1, model.vocab), ids[1].view(-1))
        adamw.zero_grad(set_to_none=True)
        loss.backward()
        adamw.step()
        seconds.append(time.perf_counter() - start)
    result(tokens_per_second=batch * length / statistics.median(seconds[1:]))


@torch.no_grad()
def decode(prompt, tokens):
    model = Model("124M").eval()
    for _ in range(2):  # the first round warms up
        past = [[] for _ in model.layers]
        next_id = model(torch.randint(model.vocab, (1, prompt)), past).argmax(2)
        start = time.perf_counter()
        for _ in range(tokens):
            next_id = model(next_id, past).argmax(2)
        seconds = time.perf_counter() - start
    result(tokens_per_second=tokens / seconds)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["train", name, *sizes] if name in MODELS and len(sizes) == 3:
            train(name, *map(int, sizes))
        case ["decode", prompt, tokens]:
            decode(int(prompt), int(tokens))
        case _:
            sys.exit(__doc__)
