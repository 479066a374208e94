"""PyTorch's nn.Transformer at the work of the book's translator, as fast as it goes on a CPU.

    python3 torch_translate.py eager|compile SENTENCES LENGTH STEPS

Random weights and ids, float32, no padding. Prints one line, RESULT and a JSON object.
"""
import json
import math
import os
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
VOCAB, WIDTH, HIDDEN, HEADS, LAYERS = 541, 128, 512, 4, 2


class Translator(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, WIDTH)
        nn.init.normal_(self.embedding.weight, std=WIDTH ** -0.5)
        self.transformer = nn.Transformer(WIDTH, HEADS, LAYERS, LAYERS, HIDDEN, 0.0, "relu", batch_first=True, norm_first=True)
        angle = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, WIDTH, 2) / WIDTH)
        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], -1).flatten(1))
        self.register_buffer("causal", nn.Transformer.generate_square_subsequent_mask(length))

    def embed(self, ids):
        return self.embedding(ids) * math.sqrt(WIDTH) + self.positions

    def forward(self, source, shifted, target):
        hidden = self.transformer(self.embed(source), self.embed(shifted), tgt_mask=self.causal, tgt_is_causal=True)
        logits = F.linear(hidden, self.embedding.weight)
        return F.cross_entropy(logits.view(-1, VOCAB), target.view(-1), ignore_index=0, label_smoothing=0.1)


def train(way, sentences, length, steps):
    model = Translator(length)
    loss = torch.compile(model) if way == "compile" else model
    adam = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-9, fused=True)
    seconds = []
    for _ in range(5 + steps):  # the first five warm up
        ids = torch.randint(3, VOCAB, (3, sentences, length))
        start = time.perf_counter()
        loss(ids[0], ids[1], ids[2]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        adam.step()
        adam.zero_grad(set_to_none=True)
        seconds.append(time.perf_counter() - start)
    numbers = {"tokens_per_second": 2 * sentences * length / statistics.median(seconds[5:]), "version": torch.__version__}
    print("RESULT", json.dumps(numbers), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["eager" | "compile" as way, *sizes] if len(sizes) == 3:
            train(way, *map(int, sizes))
        case _:
            sys.exit(__doc__)
