"""What llama.cpp makes of a GGUF file.

ask_llama.py FILE.gguf < question.json > answer.json

question: prompts (ids of each), new (how many tokens to go on with), texts (to find the ids of),
        quantize (where to write the file as Q8_0), chats (to render by the file's template)
answer: ids and gaps of each prompt's greedy continuation, where a gap is how much more the
        best token scored than the second; logits behind the prompt; the ids of the texts;
        begin, bos and eos: what texts begin with, and the two ids
"""
import ctypes
import json
import sys

import numpy as np
import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

question = json.load(sys.stdin)
if question.get("quantize"):
    how = llama_cpp.llama_model_quantize_default_params()
    how.ftype, how.nthread = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, 1
    if llama_cpp.llama_model_quantize(sys.argv[1].encode(), question["quantize"].encode(), ctypes.byref(how)):
        sys.exit("llama.cpp cannot quantize the file")
# As many tokens as the longest prompt takes with its continuation; 0: keys and values
# are kept as F32, not F16.
context = max([len(p) for p in question["prompts"]], default=0) + question["new"] + 1
model = llama_cpp.Llama(sys.argv[1], n_ctx=context, n_batch=512, n_threads=1, n_threads_batch=1, type_k=0, type_v=0, verbose=False)
answer = {"ids": [], "gaps": [], "logits": [], "texts": [], "chats": []}


def scores():
    """The logits behind what was read last."""
    return np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(model.ctx, -1), (model.n_vocab(),)).copy()


for prompt in question["prompts"]:
    model.reset()
    model.eval(prompt)
    answer["logits"].append(scores().tolist())
    ids, gaps = [], []
    for _ in range(question["new"]):
        now = scores()
        second, best = np.sort(now)[-2:]
        ids.append(int(now.argmax()))
        gaps.append(float(best - second))
        model.eval(ids[-1:])
    answer["ids"].append(ids)
    answer["gaps"].append(gaps)
for text in question.get("texts", []):
    answer["texts"].append(model.tokenize(text.encode(), add_bos=False, special=False))
for messages in question.get("chats", []):
    form = Jinja2ChatFormatter(model.metadata["tokenizer.chat_template"], eos_token="", bos_token="")
    answer["chats"].append(form(messages=messages).prompt)
answer["begin"] = model.tokenize(b"", add_bos=True, special=False)
answer["bos"], answer["eos"] = model.token_bos(), model.token_eos()
json.dump(answer, sys.stdout)
