# shellcheck shell=bash
# Sourced by every script here, and by hand: `. scripts/env.sh`.

STACKSIDE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export STACKSIDE_ROOT
export STACKSIDE_CACHE="${STACKSIDE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stackside}"
export STACKSIDE_TOOLS="$STACKSIDE_CACHE/tools"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$STACKSIDE_CACHE/target}"
# require() looks here; import does not, so the journeys use createRequire.
export NODE_PATH="$STACKSIDE_TOOLS/npm/node_modules"

case ":$PATH:" in
  *":$STACKSIDE_TOOLS/bin:"*) ;;
  *) export PATH="$STACKSIDE_TOOLS/bin:$NODE_PATH/.bin:$PATH" ;;
esac

WASM_TARGET=wasm32-unknown-unknown

say() { printf 'stackside: %s\n' "$*"; }
die() {
  printf 'stackside: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Does this toolchain ("" is the default one) hold a std for wasm that fits it?
wasm_std_in() {
  env ${1:+RUSTUP_TOOLCHAIN="$1"} rustc --target "$WASM_TARGET" --crate-type lib --crate-name probe \
    --emit metadata=- - <<<'' >/dev/null 2>&1
}

# The toolchain for wasm: "" when the default one has the target, "debian" when set-up
# had to take Debian's; fails when neither has it. WASM_TOOLCHAIN overrides the choice.
wasm_toolchain() {
  if [ -n "${WASM_TOOLCHAIN:-}" ]; then
    printf '%s' "$WASM_TOOLCHAIN"
  elif wasm_std_in ""; then
    :
  elif wasm_std_in debian; then
    printf debian
  else
    return 1
  fi
}

# Runs a command with the wasm toolchain. It has a target folder of its own: two
# compilers in one folder would rebuild each other's host crates for ever.
with_wasm() {
  local toolchain
  toolchain=$(wasm_toolchain) || die "no Rust toolchain has $WASM_TARGET: run scripts/setup.sh run"
  # Views whose types are erased: a seventh less to load.
  env ${toolchain:+RUSTUP_TOOLCHAIN="$toolchain"} CARGO_TARGET_DIR="$STACKSIDE_CACHE/target-wasm" \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--cfg erase_components" "$@"
}

chromium_path() {
  local name
  if [ -n "${STACKSIDE_CHROMIUM:-}" ]; then
    printf '%s' "$STACKSIDE_CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome; do
    if has "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# Everything that is compiled for this machine, with the same features everywhere, so that
# lints, tests and the programs share what is built.
# shellcheck disable=SC2034 # used by the scripts
HOST_PACKAGES=(--workspace --exclude stackside-ui --features stackside-device/host)
