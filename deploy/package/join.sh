#!/bin/sh
# Checks the pieces of a packaged kmerflow that lie beside this script, and unpacks them.
# usage: join.sh [FOLDER]   (default: the current folder; makes FOLDER/kmerflow)
set -eu
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
folder=${1:-.}
mkdir -p "$folder"
(cd "$here" && sha256sum --check --quiet "@NAME@.sha256")
cat "$here/@NAME@".[0-9][0-9][0-9] | tar -xzf - -C "$folder"
echo "unpacked: $folder/kmerflow (start $folder/kmerflow/kmerflow)"
