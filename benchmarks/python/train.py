"""A pretraining step in Python: what ./kmerflow bench training measures in Java, with the same weights and the same batch.

Needs torch, transformers and safetensors.

    ./kmerflow bench training --write DIR
    python train.py DIR [--threads 2] [--warm-up 20] [--steps 100] [--fused]

transformers' BertForMaskedLM with PyTorch's scaled_dot_product_attention; the head runs at the masked positions alone, as on
the Java side (transformers would run it everywhere). AdamW as in torch.optim, biases and LayerNorm not decayed, gradients
clipped to norm 1. Prints one JSON object.
"""
import argparse, json, os, time
import torch
from transformers import BertForMaskedLM

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--warm-up", type=int, default=20)
parser.add_argument("--steps", type=int, default=100)
parser.add_argument("--memory-every", type=int, default=100)
parser.add_argument("--fused", action="store_true", help="torch.optim.AdamW(fused=True)")
args = parser.parse_args()
torch.set_num_threads(args.threads)

model = BertForMaskedLM.from_pretrained(args.folder, attn_implementation="sdpa").train()
batch = json.load(open(os.path.join(args.folder, "batch.json")))
ids = torch.tensor(batch["ids"]).view(batch["rows"], batch["width"])
attention_mask = torch.ones_like(ids)
positions = torch.tensor(batch["positions"])
labels = torch.tensor(batch["labels"])

plain = [p for n, p in model.named_parameters() if p.dim() == 1]
decayed = [p for n, p in model.named_parameters() if p.dim() > 1]
optimizer = torch.optim.AdamW(
    [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
    lr=1e-4, betas=(0.9, 0.999), eps=1e-8, fused=args.fused or None)


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


losses, times, memory = [], [], []
for step in range(args.warm_up + args.steps):
    start = time.perf_counter()
    hidden = model.bert(input_ids=ids, attention_mask=attention_mask).last_hidden_state
    logits = model.cls(hidden.flatten(0, 1)[positions])
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
    if step >= args.warm_up:
        times.append(time.perf_counter() - start)
    if (step + 1) % args.memory_every == 0:
        memory.append({"step": step + 1, "residentMiB": resident()})

times.sort()
at = lambda share: times[round(share * (len(times) - 1))] * 1e3
print(json.dumps({
    "pytorch": torch.__version__, "parameters": sum(p.numel() for p in model.parameters()), "threads": args.threads,
    "rows": batch["rows"], "tokens": batch["width"], "maskedTokens": len(labels),
    "millisPerStep": at(0.5), "millisFirstQuartile": at(0.25), "millisThirdQuartile": at(0.75),
    "tokensPerSecond": ids.numel() * 1e3 / at(0.5),
    "firstLosses": losses[:5], "lastLoss": losses[-1], "memory": memory}))
