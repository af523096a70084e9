#!/usr/bin/env bash
# All tests. With CI=true the checks come first.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

if [ "${CI:-}" = true ]; then scripts/check.sh; fi
scripts/setup.sh test
scripts/build-ui.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The gate says the same each time; `make torture` goes where chance leads.
export STACKSIDE_SEED="${STACKSIDE_SEED:-1}"

say "building"
cargo build --locked "${HOST_PACKAGES[@]}" --bins
if has cargo-nextest; then
  cargo test --locked -q --doc "${HOST_PACKAGES[@]}" | tee -a "$log"
  cargo nextest run --locked "${HOST_PACKAGES[@]}" 2>&1 | tee -a "$log"
else
  cargo test --locked "${HOST_PACKAGES[@]}" | tee -a "$log"
fi
STACKSIDE_CHROMIUM=$(chromium_path)
export STACKSIDE_CHROMIUM
for journey in tus journey review bad-days faults photos forms types window; do
  say "journey: $journey"
  node "tests/journey/$journey.mjs" 2>&1 | tee -a "$log"
done

# The lines of cargo test, nextest and the journeys alike say "N passed".
passed=$(grep -oE '\b[0-9]+ passed' "$log" | awk '{ n += $1 } END { print n + 0 }')
printf '%s passed, 0 failed\n' "$passed"
