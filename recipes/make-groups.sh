#!/usr/bin/env bash
# Puts genomes of other organisms together, one FASTA file a group, for pretrain-encoder-4.yaml. Whole genera of every large group stay out:
# they are for choosing settings and are never trained on.
# usage: make-groups.sh FOLDER_OF_GENOMES OUT
set -euo pipefail
genomes=$1
out=$2
held='Pectobacterium|Listeria|Neisseria|Corynebacterium|Porphyromonas|Chlamydia|Caulobacter|Fervidobacterium|Akkermansia|Methanosarcina'
held="$held|Acidilobus|Aspergillus|Cyanidioschyzon|Cryptosporidium|Quercus|Bos_taurus|Danio|Yersinia-phage|Escherichia-phage_T4"
held="$held|Leuconostoc-phage|Orthoebolavirus|Mastadenovirus|Enterovirus"
mkdir -p "$out"
group() { # NAME PATTERN
  (cd "$genomes" && printf '%s\n' *.fa.gz | grep -E "^($2)" | grep -vE "_($held)" | LC_ALL=C sort) >"$out/$1.list"
  # One file of Vibrio vulnificus has the word ORIGIN before its first base.
  (cd "$genomes" && xargs zcat <"$out/$1.list") | sed 's/^ORIGIN//' | gzip -n -6 >"$out/$1.fa.gz"
}
group bacteria 'bacteria_'
group archaea 'archaea_'
group mouse 'vertebrates_Mus'
group vertebrates 'vertebrates_(Canis|Ornithorhynchus|Oryctolagus|Xenopus)'
group eukaryotes '(algae|fungi|insects|worms|protists)_|plants_Arabidopsis_thaliana-1pct'
group small '(phages|viruses|plasmids|mitochondria|spike-ins|vectors)_|plants_.*(chloroplast|mitochondrion)'
wc -l "$out"/*.list
