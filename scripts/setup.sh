#!/usr/bin/env bash
# Installs what `make demo`, `make run`, `make test`, `make bench` or `make check` needs and is not there yet.
# Usage: scripts/setup.sh [demo|run|test|bench|check|fuzz|api]...
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

TRUNK_VERSION=0.21.14
BINARYEN_VERSION=132.0.0
PLAYWRIGHT_VERSION=1.65.1
AXE_VERSION=4.14.0
SHARP_VERSION=0.35.5
# Both ends of tus as others wrote them.
TUS_CLIENT_VERSION=4.3.1
TUS_SERVER_VERSION=2.4.5
TUS_STORE_VERSION=2.1.1
# What make bench compares with.
POUCHDB_VERSION=9.0.0
EXPRESS_POUCHDB_VERSION=4.2.0
DENY_VERSION=0.20.2
FUZZ_VERSION=0.13.2
SCHEMATHESIS_VERSION=4.32.5
# The command-line tool must be exactly the library's version.
BINDGEN_VERSION=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/"/, "", $3); print $3 }' \
  "$STACKSIDE_ROOT/Cargo.lock" 2>/dev/null || true)
BINDGEN_VERSION=${BINDGEN_VERSION:-0.2.130}

LOG="$STACKSIDE_CACHE/setup.log"
mkdir -p "$STACKSIDE_TOOLS/bin" "$STACKSIDE_TOOLS/npm"

# install NAME MINUTES ADVICE COMMAND...
install() {
  local name=$1 minutes=$2 advice=$3 start=$SECONDS
  shift 3
  say "installing $name (about $minutes, once; log: $LOG)"
  printf '\n== %s: %s\n' "$name" "$*" >>"$LOG"
  if ! "$@" >>"$LOG" 2>&1; then
    tail -n 15 "$LOG" >&2
    die "could not install $name: $advice"
  fi
  say "$name is there after $((SECONDS - start)) s"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_missing() {
  local there
  there=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p') || true
  printf '%s\n' "$@" | grep -vxF -e "$there" | tr '\n' ' ' || true
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -q "$@"
}

apt_install() {
  # Old lists name versions that are gone, and an old Rust for wasm.
  apt_get update && apt_get install -y --no-install-recommends "$@"
}

packages() {
  local missing
  missing=$(apt_missing "$@")
  missing=${missing% }
  [ -z "$missing" ] && return
  if [ "$(id -u)" != 0 ] && ! has sudo; then
    die "not root and no sudo; missing packages: $missing"
  fi
  # shellcheck disable=SC2086 # a list of names
  install "Debian packages ($missing)" "3 minutes" \
    "run as root: apt-get update && apt-get install -y $missing" apt_install $missing
}

system_libraries() {
  if has apt-get; then
    packages build-essential pkg-config libssl-dev libwebkit2gtk-4.1-dev librsvg2-dev
    return
  fi
  local missing=""
  has cc || missing="$missing, a C compiler"
  if [ "$(uname)" = Linux ]; then
    pkg-config --exists webkit2gtk-4.1 2>/dev/null || missing="$missing, WebKitGTK 4.1 with headers"
    pkg-config --exists librsvg-2.0 2>/dev/null || missing="$missing, librsvg with headers"
    pkg-config --exists libcrypto 2>/dev/null || missing="$missing, OpenSSL's libcrypto with headers (for SQLCipher)"
  fi
  [ -z "$missing" ] || die "this system has no apt; please install: ${missing#, }"
}

test_programs() {
  if has apt-get; then
    local browser=chromium
    # Ubuntu's package of that name is only a link to the snap.
    if chromium_path >/dev/null; then browser=; fi
    # shellcheck disable=SC2086 # empty or one name
    packages webkit2gtk-driver xvfb xauth dbus fonts-noto-cjk $browser
  fi
  local missing=""
  chromium_path >/dev/null || missing="$missing, chromium"
  if [ "$(uname)" = Linux ]; then
    for program in WebKitWebDriver Xvfb dbus-run-session; do
      has "$program" || missing="$missing, $program"
    done
  fi
  [ -z "$missing" ] || die "please install and put on PATH: ${missing#, }"
}

required_programs() {
  local program
  for program in cargo node npm git curl; do
    has "$program" || die "$program is missing: please install it (Rust through rustup)"
  done
}

# Debian's Rust comes without std for wasm, but with its source.
debian_wasm_std() {
  local work libdir
  rustup toolchain link debian /usr || return
  libdir=$(rustc +debian --print target-libdir --target "$WASM_TARGET") || return
  work=$(mktemp -d) || return
  (
    set -e
    cd "$work"
    mkdir src
    printf '#![no_std]\n' >src/lib.rs
    cat >Cargo.toml <<'TOML'
[package]
name = "stackside-empty"
version = "0.0.0"
edition = "2024"
[profile.release]
panic = "abort"
TOML
    # Without bitcode in std the screens' profile, which links with lto, fails.
    RUSTFLAGS="-C embed-bitcode=yes" CARGO_TARGET_DIR="$work/target" RUSTC_BOOTSTRAP=1 cargo +debian build --release \
      -Zbuild-std=std,panic_abort,proc_macro --target "$WASM_TARGET"
    rm -f "target/$WASM_TARGET/release/deps/"libstackside_empty*
    as_root mkdir -p "$libdir"
    as_root rm -f "$libdir/"*.rlib
    as_root cp "target/$WASM_TARGET/release/deps/"*.rlib "$libdir/"
  ) || return
  # What was compiled against another std would not be compiled again.
  rm -rf "$work" "$STACKSIDE_CACHE/target-wasm"
}

rust_for_wasm() {
  local toolchain
  if toolchain=$(wasm_toolchain) && wasm_std_in "$toolchain"; then return; fi
  # Set by hand, to try the way that a machine without the download has to go.
  if has rustup && [ "${WASM_TOOLCHAIN:-}" != debian ]; then
    say "installing Rust's $WASM_TARGET target (about 1 minute, once)"
    if rustup target add "$WASM_TARGET" >>"$LOG" 2>&1 && wasm_std_in ""; then return; fi
    say "rustup could not fetch the target: taking Debian's Rust for it"
  fi
  if ! has rustup || ! has apt-get || ! apt-cache show rustc-web >/dev/null 2>&1; then
    die "Rust's $WASM_TARGET target is missing: run rustup target add $WASM_TARGET"
  fi
  packages rustc-web cargo-web rust-web-src rust-web-llvm lld-22
  install "std for $WASM_TARGET" "1 minute" "run rustup target add $WASM_TARGET with a network" \
    debian_wasm_std
}

# The tools run for seconds only: light optimisation halves the time to compile them.
cargo_install() {
  local crate=$1 version=$2
  shift 2
  if has cargo-binstall &&
    cargo binstall --no-confirm --disable-strategies compile --root "$STACKSIDE_TOOLS" "$crate@$version"; then
    return
  fi
  CARGO_TARGET_DIR="$STACKSIDE_TOOLS/build" \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_DEBUG=0 \
    cargo install --root "$STACKSIDE_TOOLS" "$crate" --version "$version" "$@"
}

# cargo_tool CRATE VERSION MINUTES PROGRAM-AND-ARGS CARGO-ARGS...
cargo_tool() {
  local crate=$1 version=$2 minutes=$3 probe=$4
  shift 4
  $probe 2>/dev/null | grep -qwF "$version" && return
  install "$crate $version" "$minutes" "see $LOG, then run: cargo install $crate --version $version" \
    cargo_install "$crate" "$version" "$@"
}

# npm_tool NAME VERSION MINUTES
npm_tool() {
  local name=$1 version=$2 minutes=$3 manifest="$STACKSIDE_TOOLS/npm/node_modules/$1/package.json"
  grep -qsF "\"version\": \"$version\"" "$manifest" && return
  install "$name $version" "$minutes" "see $LOG; npm must reach its registry" \
    npm install --prefix "$STACKSIDE_TOOLS/npm" --no-audit --no-fund --no-update-notifier --save-exact "$name@$version"
}

setup_demo() {
  has cargo || die "cargo is missing: please install Rust through rustup"
  if has apt-get; then packages build-essential pkg-config libssl-dev; fi
  has cc || die "a C compiler is missing: please install one"
}

setup_run() {
  required_programs
  system_libraries
  rust_for_wasm
  npm_tool binaryen "$BINARYEN_VERSION" "1 minute"
  cargo_tool wasm-bindgen-cli "$BINDGEN_VERSION" "3 minutes" "wasm-bindgen --version"
  cargo_tool trunk "$TRUNK_VERSION" "7 minutes" "trunk --version" --locked
}

setup_test() {
  setup_run
  test_programs
  npm_tool playwright-core "$PLAYWRIGHT_VERSION" "1 minute"
  npm_tool @axe-core/playwright "$AXE_VERSION" "1 minute"
  npm_tool tus-js-client "$TUS_CLIENT_VERSION" "1 minute"
  npm_tool @tus/server "$TUS_SERVER_VERSION" "1 minute"
  npm_tool @tus/file-store "$TUS_STORE_VERSION" "1 minute"
}

# What our speed is measured against.
setup_bench() {
  npm_tool pouchdb-node "$POUCHDB_VERSION" "1 minute"
  npm_tool express-pouchdb "$EXPRESS_POUCHDB_VERSION" "1 minute"
  npm_tool sharp "$SHARP_VERSION" "1 minute"
}

setup_check() {
  setup_run
  if [ "$(wasm_toolchain)" = debian ]; then packages rust-web-clippy; fi
  if has apt-get; then packages shellcheck; fi
  cargo_tool cargo-deny "$DENY_VERSION" "5 minutes" "cargo-deny --version" --locked
}

setup_fuzz() {
  has cargo || die "cargo is missing: please install Rust through rustup"
  if has apt-get; then packages build-essential pkg-config libssl-dev; fi
  cargo_tool cargo-fuzz "$FUZZ_VERSION" "1 minute" "cargo-fuzz --version"
}

schemathesis_there() {
  rm -rf "$STACKSIDE_TOOLS/python"
  python3 -m venv "$STACKSIDE_TOOLS/python" &&
    "$STACKSIDE_TOOLS/python/bin/pip" install --disable-pip-version-check "schemathesis==$SCHEMATHESIS_VERSION"
}

setup_api() {
  if has apt-get; then packages python3 python3-venv curl; fi
  "$STACKSIDE_TOOLS/python/bin/schemathesis" --version 2>/dev/null | grep -qwF "$SCHEMATHESIS_VERSION" && return
  install "schemathesis $SCHEMATHESIS_VERSION" "1 minute" "see $LOG; pip must reach its registry" schemathesis_there
}

for part in "${@:-run}"; do
  case $part in
    demo | run | test | bench | check | fuzz | api) "setup_$part" ;;
    *) die "usage: scripts/setup.sh [demo|run|test|bench|check|fuzz|api]..." ;;
  esac
done
rm -rf "$STACKSIDE_TOOLS/build"
