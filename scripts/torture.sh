#!/usr/bin/env bash
# The long versions of the tests: hours. STACKSIDE_KILLS says how many kills there are, STACKSIDE_SEED which. With names
# (kills, forgeries) only those parts run.
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

forgeries() {
  say "10 000 forged exports"
  cargo build --locked "${HOST_PACKAGES[@]}" --bins
  long verify
}

parts=("$@")
[ $# -gt 0 ] || parts=(kills forgeries)
scripts/setup.sh test
for part in "${parts[@]}"; do
  case $part in
    kills | forgeries) "$part" ;;
    *) die "usage: scripts/torture.sh [kills|forgeries]..." ;;
  esac
done
