#!/usr/bin/env bash
# Builds the screens into src-ui/dist, if anything they are made of has changed. What was built once from the same content
# is taken from the cache: to cargo, which goes by time, a fresh checkout is all new.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

DIST=src-ui/dist
CACHE="$STACKSIDE_CACHE/ui"
KEPT=4

# Two at once, say make run beside make test, would sweep each other's work away.
if has flock; then
  exec 9>"$STACKSIDE_CACHE/ui.lock"
  flock 9
fi

sum=(sha256sum)
has sha256sum || sum=(shasum -a 256)

# The hash of everything that the screens are made of and with.
content() {
  {
    find Cargo.toml Cargo.lock scripts/build-ui.sh scripts/env.sh src-core src-ui -type f -not -path "$DIST/*" \
      -not -path 'src-core/tests/*' -not -path 'src-core/benches/*' -print0 | LC_ALL=C sort -z | xargs -0 "${sum[@]}"
    with_wasm rustc -vV
    trunk --version
    wasm-bindgen --version
    wasm-opt --version
    printf '%s\n' "${RUSTFLAGS:-}"
  } | "${sum[@]}" | cut -c1-32
}

key=$(content)
if [ "$(cat "$DIST/.key" 2>/dev/null)" = "$key" ]; then exit 0; fi

if [ -f "$CACHE/$key/.key" ]; then
  say "the screens were built before: taken from $CACHE"
  rm -rf "$DIST"
  cp -R "$CACHE/$key" "$DIST"
  touch "$CACHE/$key"
  exit 0
fi

say "building the screens (a few minutes the first time)"
rm -f "$DIST/.key"
# Trunk's --offline, which keeps it from fetching other tools, holds for its cargo too.
with_wasm cargo fetch --locked -q --target "$WASM_TARGET" ||
  die "could not fetch the screens' crates: is there a network, and is Cargo.lock up to date?"
# Trunk stops at NO_COLOR=1: it wants true or false there.
(cd src-ui && with_wasm env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build --release --locked --offline) ||
  die "the screens do not build: see above, then run make ui"

# Functions that are much alike pack better side by side.
for module in "$DIST"/*.wasm; do
  wasm-opt --reorder-functions-by-name --strip-debug --strip-producers "$module" -o "$module"
done

# What was saved meanwhile may be in what was built, or not: it is built again next time.
if [ "$(content)" != "$key" ]; then exit 0; fi
printf '%s\n' "$key" >"$DIST/.key"
mkdir -p "$CACHE"
rm -rf "$CACHE/new"
cp -R "$DIST" "$CACHE/new"
mv "$CACHE/new" "$CACHE/$key"
# shellcheck disable=SC2012 # names are hashes
ls -t "$CACHE" | tail -n +$((KEPT + 1)) | while read -r old; do rm -rf "${CACHE:?}/$old"; done
