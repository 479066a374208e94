"""Reads exported models with PyTorch alone, and computes with them.

    python3 read_gpt2.py DIRECTORY... < question > answers

The question is {"ids": [...], "n": N}. The answers, one for each directory, have
the logits at every position of ids, and the N ids that follow if the likeliest is
always taken; with them, by how much the closest of these decisions was made.

It follows the description of GPT-2 and of the files, and nothing else: no
library of Hugging Face's, no code of the book's.
"""
import json
import math
import os
import struct
import sys

import torch
import torch.nn.functional as F

TYPES = {"F32": (torch.float32, 4), "F16": (torch.float16, 2), "BF16": (torch.bfloat16, 2)}


def read_tensors(path):
    """The tensors of a safetensors file, as float32, and its metadata."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        data = bytearray(f.read())
    metadata = header.pop("__metadata__", {})
    tensors, end = {}, 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = info["data_offsets"]
        dtype, size = TYPES[info["dtype"]]
        count = math.prod(info["shape"])
        assert begin == end and stop - begin == size * count, name
        t = torch.frombuffer(data, dtype=dtype, count=count, offset=begin)
        tensors[name] = t.reshape(info["shape"]).float()
        end = stop
    assert end == len(data)
    return tensors, metadata


class GPT2:
    def __init__(self, directory):
        with open(os.path.join(directory, "config.json")) as f:
            c = self.config = json.load(f)
        assert c["architectures"] == ["GPT2LMHeadModel"] and c["model_type"] == "gpt2"
        assert c["activation_function"] == "gelu_new" and c["n_inner"] in (None, 4 * c["n_embd"])
        self.p, metadata = read_tensors(os.path.join(directory, "model.safetensors"))
        assert metadata == {"format": "pt"}, metadata
        assert {name: list(t.shape) for name, t in self.p.items()} == self.shapes()
        self.head = self.p["wte.weight" if c["tie_word_embeddings"] else "lm_head.weight"]

    def shapes(self):
        """What a GPT-2 of this configuration consists of."""
        c = self.config
        C = c["n_embd"]
        s = {"wte.weight": [c["vocab_size"], C], "wpe.weight": [c["n_positions"], C]}
        for i in range(c["n_layer"]):
            for name, size in (("ln_1", C), ("ln_2", C)):
                s[f"h.{i}.{name}.weight"] = s[f"h.{i}.{name}.bias"] = [size]
            for name, rows, cols in (("attn.c_attn", C, 3 * C), ("attn.c_proj", C, C),
                                     ("mlp.c_fc", C, 4 * C), ("mlp.c_proj", 4 * C, C)):
                s[f"h.{i}.{name}.weight"], s[f"h.{i}.{name}.bias"] = [rows, cols], [cols]
        s["ln_f.weight"] = s["ln_f.bias"] = [C]
        if not c["tie_word_embeddings"]:
            s["lm_head.weight"] = [c["vocab_size"], C]
        return s

    def linear(self, name, x):
        return x @ self.p[name + ".weight"] + self.p[name + ".bias"]

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.p[name + ".weight"], self.p[name + ".bias"],
                            self.config["layer_norm_epsilon"])

    def attention(self, name, x):
        T, C = x.shape
        H = self.config["n_head"]
        q, k, v = (part.reshape(T, H, C // H).transpose(0, 1)
                   for part in self.linear(name + ".c_attn", x).split(C, dim=1))
        scores = q @ k.transpose(1, 2) / math.sqrt(C // H)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -math.inf).softmax(-1) @ v
        return self.linear(name + ".c_proj", mixed.transpose(0, 1).reshape(T, C))

    def hidden(self, ids):
        x = self.p["wte.weight"][ids] + self.p["wpe.weight"][: len(ids)]
        for i in range(self.config["n_layer"]):
            h = f"h.{i}."
            x = x + self.attention(h + "attn", self.norm(h + "ln_1", x))
            inner = self.linear(h + "mlp.c_fc", self.norm(h + "ln_2", x))
            x = x + self.linear(h + "mlp.c_proj", F.gelu(inner, approximate="tanh"))
        return self.norm("ln_f", x)

    def logits(self, ids):
        return self.hidden(ids) @ self.head.T

    def greedy(self, ids, n):
        ids, closest = list(ids), math.inf
        for _ in range(n):
            window = ids[-self.config["n_positions"]:]
            (best, second), (next_id, _) = (t.tolist() for t in (self.head @ self.hidden(window)[-1]).topk(2))
            ids.append(next_id)
            closest = min(closest, best - second)
        return ids[len(ids) - n:], closest


def answer(directory, ids, n):
    model = GPT2(directory)
    greedy, closest = model.greedy(ids, n)
    return {"logits": model.logits(ids).flatten().tolist(), "greedy": greedy,
            "closest": closest if n else 0}


def main():
    question = json.load(sys.stdin)
    with torch.no_grad():
        json.dump([answer(d, question["ids"], question["n"]) for d in sys.argv[1:]], sys.stdout)


main()
