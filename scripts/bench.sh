#!/usr/bin/env bash
# The benchmarks: native ones, and the screens in Chromium. Prints each figure with its target; fails when one is missed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"
scripts/setup.sh test bench

missed=0
say "native"
cargo bench --locked -q -p stackside-core --bench judge || missed=1
cargo bench --locked -q -p stackside-device --bench verify || missed=1
cargo bench --locked -q -p stackside-device --bench photo || missed=1
cargo bench --locked -q -p stackside-tests --bench store || missed=1
cargo bench --locked -q -p stackside-tests --bench due || missed=1
cargo build --locked -q --release -p stackside-server --bins
cargo bench --locked -q -p stackside-tests --bench sync || missed=1

say "screens, in Chromium slowed down four times"
scripts/build-ui.sh
cargo build --locked -q "${HOST_PACKAGES[@]}" --bins
STACKSIDE_CHROMIUM=$(chromium_path)
export STACKSIDE_CHROMIUM
node tests/journey/bench.mjs || missed=1
[ "$missed" = 0 ] || die "a target is missed"
