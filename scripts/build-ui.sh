#!/usr/bin/env bash
# Builds the screens into src-ui/dist, if anything they are made of has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

# Two at once, say make run beside make test, would sweep each other's work away.
if has flock; then
  exec 9>"$STACKSIDE_CACHE/ui.lock"
  flock 9
fi

stamp=src-ui/dist/.stamp
if [ -f "$stamp" ] && [ -z "$(find Cargo.toml Cargo.lock src-core src-ui -newer "$stamp" \
  -not -path src-ui -not -path 'src-ui/dist*' -print -quit)" ]; then
  exit 0
fi

say "building the screens (a few minutes the first time)"
# Taken before the build, so that what is saved meanwhile counts as newer.
next=$(mktemp)
# Trunk's --offline, which keeps it from fetching other tools, holds for its cargo too.
with_wasm cargo fetch --locked -q --target "$WASM_TARGET" ||
  die "could not fetch the screens' crates: is there a network, and is Cargo.lock up to date?"
# Trunk stops at NO_COLOR=1: it wants true or false there.
(cd src-ui && with_wasm env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build --release --locked --offline) ||
  die "the screens do not build: see above, then run make ui"
mv "$next" "$stamp"
