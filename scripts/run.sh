#!/usr/bin/env bash
# The demo: a server with a demo city, and the app, enrolled there. A window if there is
# a display, otherwise a page for the browser.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$STACKSIDE_ROOT"

SERVER_ADDRESS=127.0.0.1:8790
HOST_ADDRESS=127.0.0.1:8780
DEMO="$STACKSIDE_CACHE/demo"
SERVER_DATA="$DEMO/server"
DEVICE_DATA="$DEMO/device"
BIN="$CARGO_TARGET_DIR/debug"
GPX="$STACKSIDE_ROOT/demo/walk-to-stack.gpx"

window=
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then window=1; fi

free_port() {
  if (exec 3<>"/dev/tcp/${1%:*}/${1#*:}") 2>/dev/null; then
    die "$1 is in use: end the program that listens there (another make run?) and try again"
  fi
}
free_port "$SERVER_ADDRESS"
if [ -z "$window" ]; then free_port "$HOST_ADDRESS"; fi

scripts/setup.sh run
scripts/build-ui.sh
packages=(-p stackside-server -p stackside-device --features stackside-device/host)
if [ -n "$window" ]; then packages+=(-p stackside-tauri); fi
say "building (several minutes the first time)"
cargo build --locked "${packages[@]}" --bins || die "the build failed: see above"

server() { "$BIN/stackside-server" --data "$SERVER_DATA" "$@"; }

# once NAME COMMAND...: a step of the demo's set-up that is never repeated
once() {
  local mark="$DEMO/done-$1"
  shift
  [ -e "$mark" ] && return
  "$@" >>"$DEMO/setup.log" || die "the demo's set-up failed: see above; make clean-demo starts it afresh"
  touch "$mark"
}

add_users() {
  local password
  password=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s' "$password" >"$DEMO/password")
  server user add --login demo-admin --role operator_admin --org demo-operator --password-stdin <"$DEMO/password"
}

enrol() {
  local code
  code=$(server code enrol --operator demo-operator) || return
  "$BIN/stackside" enrol --data "$DEVICE_DATA" --server "http://$SERVER_ADDRESS" --code "$code"
}

mkdir -p "$SERVER_DATA" "$DEVICE_DATA"
once keys server keys new
once import server import demo
once users add_users

# Not through the function: that would be a shell of its own, and ending it would leave the server running.
"$BIN/stackside-server" --data "$SERVER_DATA" serve --listen "$SERVER_ADDRESS" >"$DEMO/server.log" 2>&1 &
server_pid=$!
trap 'kill "$server_pid" 2>/dev/null || true; wait "$server_pid" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
for _ in $(seq 150); do
  curl -fs -o /dev/null "http://$SERVER_ADDRESS/api/v1/health" && break
  kill -0 "$server_pid" 2>/dev/null || die "the server stopped: $(tail -n 1 "$DEMO/server.log")"
  sleep 0.1
done

once enrol enrol
code=$(server code person demo-tech-a)

cat <<TEXT

  运维随行 Stackside 演示 / demo

  首次解锁  选 演示·技术员甲，个人码 $code，然后自设密码
  unlock    choose 演示·技术员甲, personal code $code, then set a PIN
  管理端    http://$SERVER_ADDRESS/   账号 demo-admin，密码 $(cat "$DEMO/password")
  portal    http://$SERVER_ADDRESS/   login demo-admin, password $(cat "$DEMO/password")
  结束      Ctrl-C；make clean-demo 清除演示数据
  stop      Ctrl-C; make clean-demo forgets the demo's data

TEXT
if [ -n "$window" ]; then
  say "the app's window opens / 应用窗口即将打开"
  STACKSIDE_DATA="$DEVICE_DATA" STACKSIDE_GPX="$GPX" "$BIN/stackside-tauri"
else
  say "no display: open this address in a browser / 无显示器：请在浏览器中打开下面的地址"
  STACKSIDE_LOG="${STACKSIDE_LOG:-warn}" "$BIN/stackside-host" --data "$DEVICE_DATA" --gpx "$GPX" --ui src-ui/dist --listen "$HOST_ADDRESS"
fi
