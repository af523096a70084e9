.PHONY: run test check bench torture demo ui fmt clean-demo

run:
	@scripts/run.sh

test:
	@scripts/test.sh

check:
	@scripts/check.sh

bench:
	@scripts/bench.sh

# or only a part of it: make torture ARGS=forgeries
torture:
	@scripts/torture.sh $(ARGS)

# make demo ARGS="--tamper", or in short: make demo TAMPER=1
demo:
	@scripts/setup.sh demo >&2 && . scripts/env.sh && \
	cargo build --locked -p stackside-tests -p stackside-server -p stackside-device \
	  --features stackside-device/host --bins && \
	"$$CARGO_TARGET_DIR/debug/demo" $(if $(TAMPER),--tamper) $(ARGS)

ui:
	@scripts/setup.sh run && scripts/build-ui.sh

fmt:
	@. scripts/env.sh && cargo fmt --all

clean-demo:
	@. scripts/env.sh && rm -rf "$$STACKSIDE_CACHE/demo"

demo fmt clean-demo: SHELL := /bin/bash
