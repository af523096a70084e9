#!/usr/bin/env bash
# The long versions of the tests: hours. Each knob has a default: STACKSIDE_KILLS how many kills there are, STACKSIDE_STRIDE
# at each how many-th call the disk fails, STACKSIDE_OPERATIONS how many operations go over a bad network,
# STACKSIDE_FUZZ_SECONDS how long each fuzz target runs, STACKSIDE_EXAMPLES how many requests each call of the API gets,
# STACKSIDE_SEED which of all that. With names (kills, disk, forgeries, network, fuzz, api) only those parts run.
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

# A server with the demo city and a device; what tests/api/hooks.py wants to know of them stands in the environment.
api_server() {
  local data=$1 listen=127.0.0.1:8791 code body
  local server=("$CARGO_TARGET_DIR/debug/stackside-server" --data "$data")
  "${server[@]}" keys new >/dev/null && "${server[@]}" import demo >/dev/null || return
  "${server[@]}" serve --listen "$listen" >"$data/log" 2>&1 &
  export STACKSIDE_SERVER="http://$listen" STACKSIDE_PUBLIC_KEY STACKSIDE_TOKEN
  curl -fs --retry 50 --retry-connrefused --retry-delay 1 -o /dev/null "$STACKSIDE_SERVER/api/v1/health" || return
  # The server's own key is one that it takes; nothing is signed with it here.
  STACKSIDE_PUBLIC_KEY=$("${server[@]}" keys show) || return
  code=$("${server[@]}" code enrol --operator demo-operator) || return
  printf -v body '{"code":"%s","device":"%s","public_key":"%s","model":"","app_version":"0.1.0"}' \
    "$code" "$(cat /proc/sys/kernel/random/uuid)" "$STACKSIDE_PUBLIC_KEY"
  STACKSIDE_TOKEN=$(curl -fs -d "$body" "$STACKSIDE_SERVER/api/v1/enrol" | sed 's/.*"token":"\([^"]*\)".*/\1/')
}

api() (
  scripts/setup.sh api
  data=$(mktemp -d)
  trap 'kill %1 && wait || true; rm -rf "$data"' EXIT
  api_server "$data" || die "no server to ask: $(tail -n 3 "$data/log")"
  say "requests that nobody sends, to the device API"
  "$STACKSIDE_TOOLS/python/bin/schemathesis" --config-file tests/api/schemathesis.toml run \
    "$STACKSIDE_SERVER/api/v1/openapi.json" -H "Authorization: Bearer $STACKSIDE_TOKEN" \
    --seed "${STACKSIDE_SEED:-1}" --max-examples "${STACKSIDE_EXAMPLES:-300}" || die "the device API is not as it says"
  if grep -F panicked "$data/log"; then die "the server panicked: see above"; fi
)

parts=("$@")
[ $# -gt 0 ] || parts=(kills disk forgeries network fuzz api)
scripts/setup.sh test
cargo build --locked "${HOST_PACKAGES[@]}" --bins
for part in "${parts[@]}"; do
  case $part in
    kills | disk | forgeries | network | fuzz | api) "$part" ;;
    *) die "usage: scripts/torture.sh [kills|disk|forgeries|network|fuzz|api]..." ;;
  esac
done
