#!/usr/bin/env bash
# The long versions of the tests: hours. STACKSIDE_KILLS says how many kills there are, STACKSIDE_SEED which.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"
scripts/setup.sh test

export STACKSIDE_TORTURE=1
say "kills at random moments"
cargo build --locked "${HOST_PACKAGES[@]}" --bins
STACKSIDE_KILLS=${STACKSIDE_KILLS:-5000} cargo test --locked "${HOST_PACKAGES[@]}" --test random_kill
