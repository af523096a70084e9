#!/usr/bin/env bash
# Formatting, lints, docs, the walls between the crates, licences.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"
scripts/setup.sh check

# part NAME COMMAND...
part() {
  local name=$1 start=$SECONDS
  shift
  "$@" || die "check failed: $name"
  say "check: $name ok ($((SECONDS - start)) s)"
}

# wall PACKAGE FORBIDDEN-REGEX: names of dependencies, for all targets
wall() {
  local found
  found=$(cargo tree --locked -p "$1" -e normal --target all --prefix none -f '{p}') || return
  found=$(awk '{ print $1 }' <<<"$found" | sort -u | grep -Ex "$2") || return 0
  # shellcheck disable=SC2086,SC2116 # one line
  say "$1 must not depend on: $(echo $found)"
  return 1
}

docs() {
  RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --features stackside-device/host \
    -p stackside-core -p stackside-device -p stackside-server
}

part formatting cargo fmt --all --check
part "walls of stackside-core" wall stackside-core '(rusqlite|reqwest|tokio|tauri|image)(-.*)?'
part "walls of stackside-ui" wall stackside-ui stackside-device
part "walls of stackside-server" wall stackside-server stackside-device
part "bans, licences, sources" cargo deny --log-level error --locked check --hide-inclusion-graph bans licenses sources
if has shellcheck; then part "shell scripts" shellcheck -x -P SCRIPTDIR scripts/*.sh .ci/run; fi
part "lints for wasm" with_wasm cargo clippy --locked --target "$WASM_TARGET" \
  -p stackside-core -p stackside-ui -- -D warnings
# The shell takes the built screens in when it is compiled.
scripts/build-ui.sh
part lints cargo clippy --locked "${HOST_PACKAGES[@]}" --all-targets -- -D warnings
part documentation docs
