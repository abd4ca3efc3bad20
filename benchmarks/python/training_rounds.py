"""Java's training step against Python's, in turn, so that a drift of the machine meets both.

    python training_rounds.py [--rounds 5] [--threads 2] [--kmerflow ./kmerflow] [-- options of bench training]

Both processes get the environment that ./kmerflow sets for itself (allocator and OpenMP), so that the difference is not
theirs. Prints each round and the median ratio of Java's median step to Python's.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--warm-up", type=int, default=20)
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--kmerflow", default=os.path.join(os.path.dirname(__file__), "../../kmerflow"))
parser.add_argument("--python-options", default="", help="of train.py, such as --fused")
parser.add_argument("model", nargs="*", help="options of bench training, after --")
args = parser.parse_args()
environment = dict(os.environ, OMP_WAIT_POLICY="PASSIVE", MALLOC_MMAP_THRESHOLD_="4294967296",
                   MALLOC_TRIM_THRESHOLD_="8589934592", MALLOC_TOP_PAD_="268435456")
common = ["--threads", str(args.threads), "--warm-up", str(args.warm_up), "--steps", str(args.steps)]


def run(command):
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout) if done.stdout.strip() else None


with tempfile.TemporaryDirectory() as folder:
    java = [args.kmerflow, "bench", "training", *args.model]
    run([*java, "--write", folder + "/model"])
    python = [sys.executable, os.path.join(os.path.dirname(__file__), "train.py"), folder + "/model"]
    ratios = []
    for number in range(args.rounds):
        ours = run([*java, "--json", *common])
        theirs = run([*python, *common, *args.python_options.split()])
        ratios.append(ours["millisPerStep"] / theirs["millisPerStep"])
        if number == 0:
            print(f"{ours['parameters']:,} and {theirs['parameters']:,} parameters, PyTorch {ours['pytorch']} and"
                  f" {theirs['pytorch']}, first losses {ours['firstLosses'][:3]} and {theirs['firstLosses'][:3]}")
        print(f"java {ours['millisPerStep']:.1f} ms (quartiles {ours['millisFirstQuartile']:.1f},"
              f" {ours['millisThirdQuartile']:.1f})  python {theirs['millisPerStep']:.1f} ms"
              f" ({theirs['millisFirstQuartile']:.1f}, {theirs['millisThirdQuartile']:.1f})  ratio {ratios[-1]:.3f}",
              flush=True)
print(f"median ratio {statistics.median(ratios):.3f} of {len(ratios)} rounds, {min(ratios):.3f} to {max(ratios):.3f}")
