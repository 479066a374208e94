"""What PEFT makes of adapters, and some of its own.

    python3 read_peft.py BASE ADAPTERS OUT QUESTION

QUESTION is a JSON file with ids and targets, (B,T) each. Prints a JSON object: the logits of
the model in BASE with ADAPTERS; the losses of five steps of AdamW from there; and the logits
with other adapters, which it saves to OUT.
"""
import json
import sys
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

warnings.filterwarnings("error", message=".*adapter keys.*")  # PEFT only warns where a name fits nowhere
torch.set_num_threads(1)
torch.manual_seed(1)
base, adapters, out, question = sys.argv[1:]
with open(question) as f:
    question = json.load(f)
ids, targets = torch.tensor(question["ids"]), torch.tensor(question["targets"])


def logits(model):
    with torch.no_grad():
        return model(ids).logits.flatten().tolist()


model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapters, is_trainable=True)
answer = {"read": logits(model), "losses": []}
trained = [p for p in model.parameters() if p.requires_grad]
adamw = torch.optim.AdamW(trained, lr=1e-2, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
for _ in range(5):
    loss = torch.nn.functional.cross_entropy(model(ids).logits.flatten(0, 1), targets.flatten())
    answer["losses"].append(loss.item())
    adamw.zero_grad()
    loss.backward()
    adamw.step()

own = get_peft_model(AutoModelForCausalLM.from_pretrained(base), LoraConfig(r=3, lora_alpha=5, target_modules="all-linear", task_type="CAUSAL_LM"))
for name, p in own.named_parameters():
    if "lora_B" in name:
        torch.nn.init.normal_(p, std=0.2)
own.save_pretrained(out)
answer["written"] = logits(own)
print(json.dumps(answer))
