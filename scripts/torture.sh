#!/usr/bin/env bash
# The long versions of the tests: hours. STACKSIDE_KILLS says how many kills there are, STACKSIDE_STRIDE at each how many-th
# call the disk fails, STACKSIDE_SEED which of all that. With names (kills, disk, forgeries) only those parts run.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

export STACKSIDE_TORTURE=1

# long NAME OF A TEST
long() { cargo test --locked "${HOST_PACKAGES[@]}" --test "$1"; }

kills() {
  say "kills at random moments"
  cargo build --locked "${HOST_PACKAGES[@]}" --bins
  STACKSIDE_KILLS=${STACKSIDE_KILLS:-5000} long random_kill
}

disk() {
  say "a disk that fails below SQLite"
  STACKSIDE_STRIDE=${STACKSIDE_STRIDE:-20} long disk
}

forgeries() {
  say "10 000 forged exports"
  cargo build --locked "${HOST_PACKAGES[@]}" --bins
  long verify
}

parts=("$@")
[ $# -gt 0 ] || parts=(kills disk forgeries)
scripts/setup.sh test
for part in "${parts[@]}"; do
  case $part in
    kills | disk | forgeries) "$part" ;;
    *) die "usage: scripts/torture.sh [kills|disk|forgeries]..." ;;
  esac
done
