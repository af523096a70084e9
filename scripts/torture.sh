#!/usr/bin/env bash
# The long versions of the tests: hours. STACKSIDE_KILLS says how many kills there are, STACKSIDE_OPERATIONS how many operations
# over a bad network, STACKSIDE_SEED which.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"
scripts/setup.sh test

export STACKSIDE_TORTURE=1
say "kills at random moments"
cargo build --locked "${HOST_PACKAGES[@]}" --bins
STACKSIDE_KILLS=${STACKSIDE_KILLS:-5000} cargo test --locked "${HOST_PACKAGES[@]}" --test random_kill

say "a network that lies"
STACKSIDE_PHOTO_BYTES=${STACKSIDE_PHOTO_BYTES:-5000000} cargo test --locked "${HOST_PACKAGES[@]}" --test cut -- --nocapture
STACKSIDE_TABLETS=${STACKSIDE_TABLETS:-50} cargo test --locked "${HOST_PACKAGES[@]}" --test many -- --nocapture
STACKSIDE_OPERATIONS=${STACKSIDE_OPERATIONS:-100000} cargo test --locked "${HOST_PACKAGES[@]}" --test chaos -- --nocapture
