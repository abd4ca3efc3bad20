#!/usr/bin/env bash
# Puts annotated genomes together for finetune-coding.yaml: what the model learns from (train-*) and what its checkpoint and calibration
# are chosen on (valid-*), of other genera. Genera of the files in genbank/ that are in neither are for measuring:
#   Mycobacterium, Chlamydia, Portiera, Methanosarcina, phage T4 and phages of Yersinia.
# Genera that recipes/make-groups.sh holds out are not trained on here either. Where a genome has no annotation, Prodigal's
# prediction (prodigal, Debian package) stands in; predictions with a confidence under 90 % count as unclear, as pseudogenes do.
# usage: make-coding.sh FOLDER_OF_GENOMES OUT
set -euo pipefail
genomes=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# Keeps the locations of features, whether they are pseudogenes, and the bases.
without_qualifiers() {
  awk '/^(FT|  )   [^ ]/ { print; location = 1; next }
    /^(FT|  )                   \// { location = 0; if ($0 ~ /\/pseudo/) print; next }
    /^(FT|  )                   / { if (location) print; next }
    { location = 0; print }'
}
annotated() { # NAME PATTERN: records of genbank/ whose files match
  (cd "$genomes/genbank" && printf '%s\n' *.gbk.gz *.embl.gz | grep -E "^($2)" | LC_ALL=C sort) >"$out/$1.list"
  (cd "$genomes/genbank" && xargs zcat <"$out/$1.list") | without_qualifiers | gzip -n -9 >"$out/$1.gbk.gz"
}
predicted() { # NAME PATTERN: genomes whose files match
  (cd "$genomes" && printf '%s\n' *.fa.gz | grep -E "^($2)" | LC_ALL=C sort) >"$out/$1.list"
  : >"$work/gff"
  while read -r file; do
    zcat "$genomes/$file" >"$work/fa"
    prodigal -q -f gff -p single -i "$work/fa" -o "$work/genes" </dev/null
    awk -F '\t' -v OFS='\t' '/^#/ { next }
      { match($9, /conf=[0-9.]+/); confidence = substr($9, RSTART + 5, RLENGTH - 5) + 0
        print $1, "prodigal", "CDS", $4, $5, ".", $7, 0, confidence < 90 ? "pseudo=true" : "." }' "$work/genes" >>"$work/gff"
  done <"$out/$1.list"
  gzip -n -9 <"$work/gff" >"$out/$1.gff.gz"
  (cd "$genomes" && xargs zcat <"$out/$1.list") | gzip -n -9 >"$out/$1.fa.gz"
}

annotated train-bacteria 'bacteria_(Acaryochloris|Leptospira|Streptococcus|Vibrio)|plasmids_Yersinia'
annotated train-mycoplasmas 'bacteria_Mycoplasmoides' # UGA is a codon here
annotated train-phages 'phages_(Enterobacteria|Escherichia-phage_(ECML|HK578|vB-Eco)|Microviridae|Sodalis|Staphylococcus)'
predicted train-gc-high 'bacteria_(Acidobacterium|Deinococcus|Frateuria|Olsenella|Pseudomonas|Rothia)'
predicted train-gc-middle 'bacteria_(Aquifex|Bartonella|Legionella|Salmonella|Thermodesulfatator|WOR-1)'
predicted train-gc-low 'bacteria_(Blochmannia|Sulcia|Wigglesworthia)'
predicted train-archaea 'archaea_(Bathyarchaeota|Mancarchaeum|Methanobacterium)'
predicted valid-microbes 'archaea_Acidilobus|bacteria_(Akkermansia|Caulobacter|Corynebacterium_diphtheriae|Fervidobacterium|Listeria)'
annotated valid-phages 'phages_Leuconostoc'
wc -l "$out"/*.list
