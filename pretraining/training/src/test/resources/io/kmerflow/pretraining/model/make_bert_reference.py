"""Writes bert-reference.json: logits of a small BERT in plain PyTorch, to compare the Java encoder with.

Needs torch alone: python make_bert_reference.py > bert-reference.json
Parameter number p of the sorted names has values 0.1 * sin(0.7 * j + 1.3 * p), plus 1 for LayerNorm weights.
"""
import json
import math

import torch
import torch.nn.functional as F

V, H, L, HEADS, FF, POS, LABELS, EPS = 69, 16, 2, 4, 32, 24, 3, 1e-12


def shapes():
    s = {
        "bert.embeddings.word_embeddings.weight": (V, H),
        "bert.embeddings.position_embeddings.weight": (POS, H),
        "bert.embeddings.token_type_embeddings.weight": (2, H),
        "bert.embeddings.LayerNorm.weight": (H,),
        "bert.embeddings.LayerNorm.bias": (H,),
        "bert.pooler.dense.weight": (H, H),
        "bert.pooler.dense.bias": (H,),
        "classifier.weight": (LABELS, H),
        "classifier.bias": (LABELS,),
        "cls.predictions.bias": (V,),
        "cls.predictions.transform.dense.weight": (H, H),
        "cls.predictions.transform.dense.bias": (H,),
        "cls.predictions.transform.LayerNorm.weight": (H,),
        "cls.predictions.transform.LayerNorm.bias": (H,),
    }
    for i in range(L):
        at = f"bert.encoder.layer.{i}."
        for part in ("query", "key", "value"):
            s[at + f"attention.self.{part}.weight"] = (H, H)
            s[at + f"attention.self.{part}.bias"] = (H,)
        s[at + "attention.output.dense.weight"] = (H, H)
        s[at + "attention.output.dense.bias"] = (H,)
        s[at + "intermediate.dense.weight"] = (FF, H)
        s[at + "intermediate.dense.bias"] = (FF,)
        s[at + "output.dense.weight"] = (H, FF)
        s[at + "output.dense.bias"] = (H,)
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            s[at + norm + ".weight"] = (H,)
            s[at + norm + ".bias"] = (H,)
    return s


def weights():
    w = {}
    for p, (name, shape) in enumerate(sorted(shapes().items())):
        size = math.prod(shape)
        values = [0.1 * math.sin(0.7 * j + 1.3 * p) for j in range(size)]
        if name.endswith("LayerNorm.weight"):
            values = [1 + v for v in values]
        w[name] = torch.tensor(values, dtype=torch.float32).reshape(shape).requires_grad_(True)
    return w


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def norm(w, name, x):
    return F.layer_norm(x, (H,), w[name + ".weight"], w[name + ".bias"], EPS)


def encode(w, ids, mask):
    b, s = ids.shape
    x = (
        w["bert.embeddings.word_embeddings.weight"][ids]
        + w["bert.embeddings.position_embeddings.weight"][:s]
        + w["bert.embeddings.token_type_embeddings.weight"][0]
    )
    x = norm(w, "bert.embeddings.LayerNorm", x)
    for i in range(L):
        at = f"bert.encoder.layer.{i}."
        q, k, v = (
            linear(w, at + f"attention.self.{part}", x).view(b, s, HEADS, H // HEADS).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(H // HEADS)
        scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, s, H)
        x = norm(w, at + "attention.output.LayerNorm", linear(w, at + "attention.output.dense", mixed) + x)
        inner = F.gelu(linear(w, at + "intermediate.dense", x))
        x = norm(w, at + "output.LayerNorm", linear(w, at + "output.dense", inner) + x)
    return x


def main():
    w = weights()
    rows = [[2, 5, 17, 33, 68, 4, 21, 9, 40, 3], [2, 60, 7, 1, 12, 3]]
    width = max(len(r) for r in rows)
    ids = torch.tensor([r + [0] * (width - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (width - len(r)) for r in rows])
    hidden = encode(w, ids, mask)
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    pooled = torch.tanh(linear(w, "bert.pooler.dense", hidden[:, 0]))
    positions, labels = [3, 5, 12], [33, 11, 8]
    masked = hidden.reshape(-1, H)[positions]
    transformed = norm(
        w, "cls.predictions.transform.LayerNorm", F.gelu(linear(w, "cls.predictions.transform.dense", masked))
    )
    tokens = F.linear(transformed, w["bert.embeddings.word_embeddings.weight"], w["cls.predictions.bias"])
    loss = F.cross_entropy(tokens, torch.tensor(labels))
    loss.backward()
    used = [p.grad for p in w.values() if p.grad is not None]
    print(
        json.dumps(
            {
                "rows": rows,
                "meanLogits": linear(w, "classifier", mean).tolist(),
                "clsLogits": linear(w, "classifier", pooled).tolist(),
                "positions": positions,
                "labels": labels,
                "tokenLogits": tokens.tolist(),
                "loss": loss.item(),
                "gradientNorm": torch.sqrt(sum((g**2).sum() for g in used)).item(),
            }
        )
    )


main()
