#!/usr/bin/env bash
# Puts genomes of other organisms together, one FASTA file a group, for pretrain-encoder-4.yaml and finetune-species-3.yaml. Whole genera of
# every large group are never trained on: they are in the files held-*.fa.gz, for choosing settings.
# usage: make-groups.sh FOLDER_OF_GENOMES OUT
set -euo pipefail
genomes=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
held='Pectobacterium|Listeria|Neisseria|Corynebacterium|Porphyromonas|Chlamydia|Caulobacter|Fervidobacterium|Akkermansia|Methanosarcina'
held="$held|Acidilobus|Aspergillus|Cyanidioschyzon|Cryptosporidium|Quercus|Bos_taurus|Danio|Yersinia-phage|Escherichia-phage_T4"
held="$held|Leuconostoc-phage|Orthoebolavirus|Mastadenovirus|Enterovirus"
names() { # PATTERN
  (cd "$genomes" && printf '%s\n' *.fa.gz | grep -E "^($1)" | LC_ALL=C sort)
}
write() { # NAME, file names on standard input
  cat >"$out/$1.list"
  # One file of Vibrio vulnificus has the word ORIGIN before its first base.
  (cd "$genomes" && xargs zcat <"$out/$1.list") | sed 's/^ORIGIN//' | gzip -n -6 >"$out/$1.fa.gz"
}
group() { # NAME PATTERN
  names "$2" | grep -vE "_($held)" | write "$1"
}
held() { # NAME PATTERN
  names "$2" | grep -E "_($held)" | write "held-$1"
}
microbes='bacteria_|archaea_'
animals='vertebrates_'
eukaryotes='(algae|fungi|insects|worms|protists)_|plants_Arabidopsis_thaliana-1pct'
small='(phages|viruses|plasmids|mitochondria|spike-ins|vectors)_|plants_.*(chloroplast|mitochondrion)'
group bacteria 'bacteria_'
group archaea 'archaea_'
group mouse 'vertebrates_Mus'
group vertebrates 'vertebrates_(Canis|Ornithorhynchus|Oryctolagus|Xenopus)'
group eukaryotes "$eukaryotes"
group small "$small"
held microbes "$microbes"
held vertebrates "$animals"
held eukaryotes "$eukaryotes"
held small "$small"
wc -l "$out"/*.list
