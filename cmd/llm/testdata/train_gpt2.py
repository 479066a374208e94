"""Fine-tunes an exported model as the library's users do, and saves it.

python train_gpt2.py MODEL OUT QUESTION, or by torchrun in several processes,
each of which has its share of the batch. QUESTION is a file with a list of texts. The
answer goes to OUT/answer.json: what the model computes after ten steps.
"""

import json
import os
import sys

import torch
from torch.nn.parallel import DistributedDataParallel
from transformers import AutoModelForCausalLM, AutoTokenizer

STEPS, RATE = 10, 1e-3


def optimizer_of(model):
    return torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.95), eps=1e-8, weight_decay=0)


def main(source, out, question):
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(source).train()
    tokenizer = AutoTokenizer.from_pretrained(source)
    with open(question) as f:
        ids = [tokenizer.encode(text) for text in json.load(f)]
    length = min(len(i) for i in ids)
    batch = torch.tensor([i[:length] for i in ids])
    share = batch[rank * len(batch) // world : (rank + 1) * len(batch) // world]

    trained = model
    if world > 1:
        torch.distributed.init_process_group("gloo")
        trained = DistributedDataParallel(model)
    optimizer, losses = optimizer_of(model), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = trained(input_ids=share, labels=share).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    if rank == 0:
        model.save_pretrained(out)
        tokenizer.save_pretrained(out)

        # One step more, of a new optimiser, to be taken elsewhere too.
        with torch.no_grad():
            logits = model(input_ids=batch[:1]).logits[0]
        optimizer = optimizer_of(model)
        optimizer.zero_grad()
        before = model(input_ids=batch, labels=batch).loss
        before.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
        optimizer.step()
        with torch.no_grad():
            after = model(input_ids=batch, labels=batch).loss
        answer = {"ids": ids, "length": length, "losses": losses, "rate": RATE, "logits": logits.flatten().tolist(),
                  "before": before.item(), "norm": norm.item(), "after": after.item()}
        with open(os.path.join(out, "answer.json"), "w") as f:
            json.dump(answer, f)
    if world > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(*sys.argv[1:])
