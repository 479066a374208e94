"""PyTorch at LoRA training of SmolLM2-135M, as fast as it goes on a CPU.

    python3 torch_lora.py eager|compile BATCH LENGTH STEPS

Random weights and tokens, float32, changes of rank 16 at every matrix of the blocks
as PEFT computes them. Prints one line, RESULT and a JSON object. Needs PyTorch 2.5.
"""
import json
import os
import resource
import statistics
import sys
import time

# Memory is kept, and waiting threads sleep: see torch_gpt2.py.
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
VOCAB, WIDTH, HIDDEN, LAYERS, HEADS, SHARED, DIM, RANK, ALPHA = 49152, 576, 1536, 30, 9, 3, 64, 16, 32


class LoRA(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.base = nn.Linear(inputs, outputs, bias=False).requires_grad_(False)
        self.A, self.B = nn.Linear(inputs, RANK, bias=False), nn.Linear(RANK, outputs, bias=False)
        nn.init.normal_(self.B.weight, std=0.02)

    def forward(self, x):
        return self.base(x) + self.B(self.A(x)) * (ALPHA / RANK)


def frozen_norm():
    return nn.RMSNorm(WIDTH, eps=1e-5).requires_grad_(False)


def turn(x, cos, sin):
    a, b = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-b, a], dim=-1) * sin


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = frozen_norm(), frozen_norm()
        self.q, self.o = LoRA(WIDTH, HEADS * DIM), LoRA(HEADS * DIM, WIDTH)
        self.k, self.v = LoRA(WIDTH, SHARED * DIM), LoRA(WIDTH, SHARED * DIM)
        self.gate, self.up, self.down = LoRA(WIDTH, HIDDEN), LoRA(WIDTH, HIDDEN), LoRA(HIDDEN, WIDTH)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        h = self.norm1(x)
        q, k, v = (p(h).view(batch, length, -1, DIM).transpose(1, 2) for p in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(turn(q, cos, sin), turn(k, cos, sin), v, is_causal=True, enable_gqa=True)
        x = x + self.o(y.transpose(1, 2).reshape(batch, length, -1))
        h = self.norm2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.tokens = nn.Embedding(VOCAB, WIDTH).requires_grad_(False)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(LAYERS)), frozen_norm()
        angles = torch.outer(torch.arange(length), 1e5 ** (-torch.arange(0, DIM, 2) / DIM)).repeat(1, 2)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def forward(self, ids, targets):
        x = self.tokens(ids)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, VOCAB), targets.view(-1))


def train(way, batch, length, steps):
    model = Model(length)
    loss = torch.compile(model) if way == "compile" else model
    trained = [p for p in model.parameters() if p.requires_grad]
    adamw = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.1, fused=True)
    seconds = []
    for _ in range(2 + steps):  # the first two warm up
        ids = torch.randint(VOCAB, (2, batch, length))
        start = time.perf_counter()
        loss(ids[0], ids[1]).backward()
        nn.utils.clip_grad_norm_(trained, 1)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        seconds.append(time.perf_counter() - start)
    numbers = {
        "tokens_per_second": batch * length / statistics.median(seconds[2:]),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "version": torch.__version__,
    }
    print("RESULT", json.dumps(numbers), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["eager" | "compile" as way, *sizes] if len(sizes) == 3:
            train(way, *map(int, sizes))
        case _:
            sys.exit(__doc__)
