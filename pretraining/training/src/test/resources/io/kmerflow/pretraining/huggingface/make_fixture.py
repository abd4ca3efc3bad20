"""Writes masked/, classifier/ and logits.json beside this script with Hugging Face transformers; see README.md."""

import json
import pathlib
import shutil

import torch
import transformers
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

HERE = pathlib.Path(__file__).parent
ROWS = [[2, 17, 66, 4, 40, 9, 3], [2, 5, 68, 33, 3], [2, 1, 4, 4, 21, 50, 61, 7, 12, 3]]
POSITIONS = [[0, 3], [1, 2], [2, 2], [2, 3], [2, 8]]  # (row, token)

config = BertConfig(
    vocab_size=69, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24,
    max_position_embeddings=16, initializer_range=0.2, num_labels=3, attn_implementation="eager",
)


def make(kind, seed):
    """A model whose biases and LayerNorms are not at their neutral start either."""
    torch.manual_seed(seed)
    model = kind(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def padded():
    width = max(map(len, ROWS))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in ROWS])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ROWS])
    return {"input_ids": ids, "attention_mask": mask}


def save(model, name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    for file in folder.iterdir():
        if file.name not in ("config.json", "model.safetensors"):
            file.unlink()


masked, classifier = make(BertForMaskedLM, 1), make(BertForSequenceClassification, 2)
save(masked, "masked")
save(classifier, "classifier")
with torch.no_grad():
    tokens = masked(**padded()).logits
    classes = classifier(**padded()).logits
(HERE / "logits.json").write_text(json.dumps({
    "transformers": transformers.__version__,
    "torch": torch.__version__,
    "rows": ROWS,
    "positions": POSITIONS,
    "tokenLogits": [[round(v, 7) for v in tokens[r, t].tolist()] for r, t in POSITIONS],
    "classLogits": [[round(v, 7) for v in row] for row in classes.tolist()],
}) + "\n")
