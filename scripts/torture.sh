#!/usr/bin/env bash
# The long versions of the tests: hours. Each knob has a default: STACKSIDE_KILLS how many kills there are, STACKSIDE_STRIDE
# at each how many-th call the disk fails, STACKSIDE_OPERATIONS how many operations go over a bad network,
# STACKSIDE_FUZZ_SECONDS how long each fuzz target runs, STACKSIDE_SEED which of all that. With names (kills, disk, forgeries,
# network, fuzz) only those parts run.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

export STACKSIDE_TORTURE=1

# long NAME OF A TEST
long() { cargo test --locked "${HOST_PACKAGES[@]}" --test "$1" -- --nocapture; }

kills() {
  say "kills at random moments"
  STACKSIDE_KILLS=${STACKSIDE_KILLS:-5000} long random_kill
}

disk() {
  say "a disk that fails below SQLite"
  STACKSIDE_STRIDE=${STACKSIDE_STRIDE:-20} long disk
}

forgeries() {
  say "10 000 forged exports"
  long verify
}

network() {
  say "a network that lies"
  STACKSIDE_PHOTO_BYTES=${STACKSIDE_PHOTO_BYTES:-5000000} long cut
  STACKSIDE_TABLETS=${STACKSIDE_TABLETS:-50} long many
  STACKSIDE_OPERATIONS=${STACKSIDE_OPERATIONS:-100000} long chaos
}

# The compiler's sanitizer and coverage are not stable, but are there in the stable one.
fuzz_target() {
  local target=$1 grown="$STACKSIDE_CACHE/fuzz/$1"
  shift
  mkdir -p "$grown"
  say "fuzzing $target for ${STACKSIDE_FUZZ_SECONDS:-600} s"
  RUSTC_BOOTSTRAP=1 cargo fuzz run --target-dir "$STACKSIDE_CACHE/target-fuzz" "$target" "$grown" "$@" -- \
    -max_total_time="${STACKSIDE_FUZZ_SECONDS:-600}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
}

fuzz() {
  scripts/setup.sh fuzz
  fuzz_target entry fuzz/seeds/entry
  fuzz_target answers fuzz/seeds/answers
  fuzz_target form src-core/forms src-core/rulebooks
  fuzz_target photo fuzz/seeds/photo
  fuzz_target plate fuzz/seeds/plate
  fuzz_target export fuzz/seeds/export
}

parts=("$@")
[ $# -gt 0 ] || parts=(kills disk forgeries network fuzz)
scripts/setup.sh test
cargo build --locked "${HOST_PACKAGES[@]}" --bins
for part in "${parts[@]}"; do
  case $part in
    kills | disk | forgeries | network | fuzz) "$part" ;;
    *) die "usage: scripts/torture.sh [kills|disk|forgeries|network|fuzz]..." ;;
  esac
done
