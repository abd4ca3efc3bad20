"""The Python way of what the job does: reads from a FASTQ file, transformers' tokenizer, PyTorch, calls.

Needs torch, transformers, onnx and numpy. The weights are those of the model bundle, taken out of its ONNX graph and put
into transformers' BertModel; the golden reads of the bundle are checked first.

    python annotate.py BUNDLE reads.fastq.gz [--threads 2] [--batch 64] [--seconds 30] [--flush-denormals]

Prints one JSON object; rates are per second of wall time from the first record to the last call, loading left out.
"""
import argparse, gzip, itertools, json, tempfile, time, os
import numpy as np, onnx, torch
from onnx import numpy_helper
from transformers import BertConfig, BertModel, BertTokenizerFast

parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("reads")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--seconds", type=float, default=30)
parser.add_argument("--flush-denormals", action="store_true", help="torch.set_flush_denormal, which is off by default")
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.set_flush_denormal(args.flush_denormals)

contract = json.load(open(os.path.join(args.bundle, "contract.json")))
weights = {t.name: numpy_helper.to_array(t) for t in onnx.load(os.path.join(args.bundle, "model.onnx")).graph.initializer}
k, window, stride = contract["k"], contract["windowBases"], contract["windowStrideBases"]

words = weights["bert.embeddings.word_embeddings.weight"]
kmers = ["".join(p) for p in itertools.product("ATCG", repeat=k)]
with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as vocabulary:
    vocabulary.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + kmers))
tokenizer = BertTokenizerFast(vocabulary.name, do_lower_case=False)

layers = 1 + max(int(n.split(".")[3]) for n in weights if n.startswith("bert.encoder.layer."))
hidden = words.shape[1]
model = BertModel(
    BertConfig(
        vocab_size=len(words), hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=4,
        intermediate_size=weights["bert.encoder.layer.0.intermediate.dense.bias"].shape[0],
        max_position_embeddings=contract["maxTokens"], layer_norm_eps=1e-12),
    add_pooling_layer=False).eval()
state = model.state_dict()
given = {"embeddings.word_embeddings.weight": words,
         "embeddings.position_embeddings.weight": weights["bert.embeddings.positions_and_type"],
         "embeddings.token_type_embeddings.weight": np.zeros((2, hidden), np.float32)}
for name, value in weights.items():
    if not name.startswith("bert.") or name[5:] in given or "positions_and_type" in name:
        continue
    own = name[5:]
    if ".qkv." in own:
        parts = np.split(value, 3, axis=-1)
        for part, which in zip(parts, ("query", "key", "value")):
            given[own.replace("qkv", which)] = part.T if part.ndim == 2 else part
    else:
        given[own] = value.T if value.ndim == 2 and own.endswith("dense.weight") else value
model.load_state_dict({n: torch.tensor(np.ascontiguousarray(given[n])) for n in state if n in given}, strict=False)
missing = [n for n in state if n not in given and not n.endswith("_ids")]
assert not missing, missing
classifier = torch.tensor(weights["classifier.weight"]), torch.tensor(weights["classifier.bias"])
complement = str.maketrans("ACGT", "TGCA")


def strand_logits(batch):
    ids, mask = batch["input_ids"], batch["attention_mask"]
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    tokens = mask.clone()
    tokens[:, 0] = 0
    tokens[torch.arange(len(ids)), mask.sum(1) - 1] = 0  # [CLS] and [SEP]
    return POOL(states, mask, tokens) @ classifier[0] + classifier[1]


def mean_of_tokens(states, mask, tokens):
    return (states * tokens[..., None]).sum(1) / tokens.sum(1, keepdim=True)


def mean_of_all(states, mask, tokens):
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def text(bases):
    return " ".join(bases[i:i + k] for i in range(len(bases) - k + 1))


@torch.no_grad()
def logits(windows):
    forward = tokenizer([text(w) for w in windows], padding=True, return_tensors="pt")
    other = tokenizer([text(w.translate(complement)[::-1]) for w in windows], padding=True, return_tensors="pt")
    return (strand_logits(forward) + strand_logits(other)) / 2


golden = json.load(open(os.path.join(args.bundle, "golden.json")))
wanted = torch.tensor([g["logits"] for g in golden])
for POOL in (mean_of_tokens, mean_of_all):
    off = (logits([g["bases"] for g in golden]) - wanted).abs().max().item()
    if off < 1e-3:
        break
assert off < 1e-3, f"Expected the bundle's golden logits, got some that are {off} off"


def fastq(path):
    with gzip.open(path, "rt") as lines:
        while True:
            name = lines.readline()
            if not name:
                return
            bases = lines.readline().rstrip("\n")
            lines.readline()
            lines.readline()
            yield name[1:].split()[0], bases.upper()


def windows_of(bases):
    if len(bases) <= window:
        return [bases]
    starts = list(range(0, len(bases) - window + 1, stride))
    if starts[-1] + window < len(bases):
        starts.append(len(bases) - window)
    return [bases[s:s + window] for s in starts]


def run(limit):
    reads = scored = bases_done = 0
    waiting, begun = [], time.perf_counter()
    sums = {}
    for name, bases in itertools.chain.from_iterable(itertools.repeat(fastq(args.reads), 1)):
        for w in windows_of(bases):
            waiting.append((name, w))
        reads += 1
        bases_done += len(bases)
        while len(waiting) >= args.batch:
            part, waiting = waiting[:args.batch], waiting[args.batch:]
            for (n, _), row in zip(part, torch.log_softmax(logits([w for _, w in part]), 1).numpy()):
                sums[n] = sums.get(n, 0) + row
            scored += len(part)
        if time.perf_counter() - begun > limit:
            break
    calls = {n: contract["labels"][int(s.argmax())]["name"] for n, s in sums.items()}
    seconds = time.perf_counter() - begun
    return dict(reads=reads, windows=scored, bases=bases_done, seconds=round(seconds, 2), calls=len(calls),
                windowsPerSecond=round(scored / seconds, 1), goldenOff=off)


run(2)
print(json.dumps(run(args.seconds)))
